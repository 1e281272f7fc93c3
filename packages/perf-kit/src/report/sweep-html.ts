import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { withDamageTold } from './decode-histogram.ts'

/**
 * A sweep's Run as a page: one file, which asks nobody for anything. What makes it is loaded when it is first asked for.
 *
 * @param comparison - of repetitions with the baseline
 */
export async function renderSweepHtml(run: Run, comparison?: Comparison): Promise<string> {
  const { sweepPage } = await import('./html/sweep-page.ts')
  return await sweepPage(withDamageTold(run).run, comparison)
}
