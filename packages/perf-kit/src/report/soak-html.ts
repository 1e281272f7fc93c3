import type { Run } from '../run/index.ts'
import { withDamageTold } from './decode-histogram.ts'

/** A soak's Run as a page: one file, which asks nobody for anything. What makes it is loaded when it is first asked for. */
export async function renderSoakHtml(run: Run): Promise<string> {
  const { soakPage } = await import('./html/soak-page.ts')
  return await soakPage(withDamageTold(run).run)
}
