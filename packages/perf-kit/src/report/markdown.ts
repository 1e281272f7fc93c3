import type { Run } from '../run/index.ts'
import { codeCell, escapeMarkdown, markdownList } from './markdown-text.ts'
import { reportNotes } from './notes.ts'
import { type BenchReport, comparisonOf } from './report-document.ts'
import { none, type ReportRow, reportRows } from './report-rows.ts'
import { summaryLines } from './summary.ts'
import { verdictWords } from './verdict-words.ts'

const UNICODE = { unicode: true }

/** The report as GitHub-flavoured Markdown, for comments and job summaries. Ends with a line break. */
export function renderMarkdown(report: BenchReport): string {
  const { warnings, footnotes, failures } = reportNotes(report)
  const [result = '', ...advice] = summaryLines(report)
  const sections = [
    [`**${escapeMarkdown(result)}**`, ...advice.map((line) => `\n${escapeMarkdown(line)}`)],
    ...report.runs.filter(({ metrics }) => metrics.length > 0).map((run) => suiteSection(report, run)),
    markdownList(
      'Failures',
      failures.map(({ subject, message, remedy }) => `${subject}: ${message}${remedy && ` — ${remedy}`}`),
    ),
    markdownList('Warnings', warnings),
    markdownList('Notes', footnotes),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function suiteSection(report: BenchReport, run: Run): string[] {
  const variant = run.configuration === 'default' ? '' : ` · ${run.configuration}`
  const rows = reportRows(run, comparisonOf(report, run), UNICODE)
  return [
    `### ${escapeMarkdown(`${run.suite}${variant}`)}`,
    '',
    '| benchmark | median | ± | p99 | ops/s | B/op | distribution | verdict |',
    '|:---|---:|---:|---:|---:|---:|:---|:---|',
    ...rows.map(tableLine),
  ]
}

function tableLine(row: ReportRow): string {
  const figures = [row.median, row.interval, row.p99, row.opsPerSec, row.bytesPerOp]
  return `| ${[escapeMarkdown(row.name), ...figures, codeCell(row.distribution), escapeMarkdown(verdictCell(row))].join(' | ')} |`
}

function verdictCell({ verdicts, added }: ReportRow): string {
  if (verdicts.length === 0) return added ? 'new' : none(UNICODE)
  return verdicts
    .map(({ verdict, label }) =>
      verdictWords(verdict, { ...UNICODE, detail: 'full', ...(label === undefined ? {} : { label }) }),
    )
    .join('; ')
}
