import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { withDamageTold } from './decode-histogram.ts'

/**
 * A load's Run as a page: one file, which asks nobody for anything and says the same for the same Run. What makes it is loaded
 * when it is first asked for.
 *
 * @param comparison - of repetitions with the baseline
 */
export async function renderLoadHtml(run: Run, comparison?: Comparison): Promise<string> {
  const { loadPage } = await import('./html/load-page.ts')
  return await loadPage(withDamageTold(run).run, comparison)
}
