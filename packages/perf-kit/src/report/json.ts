import type { Run } from '../run/index.ts'
import type { LoadReport } from './load-report.ts'
import type { BenchReport } from './report-document.ts'

/** The result for programs; each says by its `schema` what it is. Ends with a line break. */
export function renderJson(document: BenchReport | LoadReport | Run): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
