import type { Run } from '../run/index.ts'
import { withDamageTold } from './decode-histogram.ts'

/** A sweep's Run as a page: one file, which asks nobody for anything. What makes it is loaded when it is first asked for. */
export async function renderSweepHtml(run: Run): Promise<string> {
  const { sweepPage } = await import('./html/sweep-page.ts')
  return await sweepPage(withDamageTold(run).run)
}
