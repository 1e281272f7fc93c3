import type { Run } from '../run/index.ts'

/** The Run of a search for a capacity as a page: one file, which asks nobody for anything. What makes it is loaded when it is first asked for. */
export async function renderCapacityHtml(run: Run): Promise<string> {
  const { capacityPage } = await import('./html/capacity-page.ts')
  return await capacityPage(run)
}
