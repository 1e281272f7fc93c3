import type { BenchReport } from './report-document.ts'

/** The report for programs; `benchReportSchema` describes it. Ends with a line break. */
export function renderJson(report: BenchReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}
