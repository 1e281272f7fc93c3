import type { Run } from '../run/index.ts'
import { reportNotes } from './notes.ts'
import { type BenchReport, comparisonOf } from './report-document.ts'
import { none, type ReportRow, reportRows } from './report-rows.ts'
import { summaryLines } from './summary.ts'
import { verdictWords } from './verdict-words.ts'
import { visibleText } from './visible-text.ts'

const UNICODE = { unicode: true }

/** The report as GitHub-flavoured Markdown, for comments and job summaries. Ends with a line break. */
export function renderMarkdown(report: BenchReport): string {
  const { warnings, footnotes, failures } = reportNotes(report)
  const [result = '', ...advice] = summaryLines(report)
  const sections = [
    [`**${escapeMarkdown(result)}**`, ...advice.map((line) => `\n${escapeMarkdown(line)}`)],
    ...report.runs.filter(({ metrics }) => metrics.length > 0).map((run) => suiteSection(report, run)),
    list(
      'Failures',
      failures.map(({ subject, message, remedy }) => `${subject}: ${message}${remedy && ` — ${remedy}`}`),
    ),
    list('Warnings', warnings),
    list('Notes', footnotes),
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
  const shape = row.distribution.trim() === '' ? '' : `<code>${row.distribution.replaceAll(' ', '&nbsp;')}</code>`
  const figures = [row.median, row.interval, row.p99, row.opsPerSec, row.bytesPerOp]
  return `| ${[escapeMarkdown(row.name), ...figures, shape, escapeMarkdown(verdictCell(row))].join(' | ')} |`
}

function verdictCell({ verdicts, added }: ReportRow): string {
  if (verdicts.length === 0) return added ? 'new' : none(UNICODE)
  return verdicts
    .map(({ verdict, label }) =>
      verdictWords(verdict, { ...UNICODE, detail: 'full', ...(label === undefined ? {} : { label }) }),
    )
    .join('; ')
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return []
  return [`#### ${title}`, '', ...items.map((item) => `- ${escapeMarkdown(item.replaceAll('\n', ' '))}`)]
}

/** Everything that could end a cell, start markup, mention somebody or load a picture becomes plain text. */
function escapeMarkdown(text: string): string {
  return (
    visibleText(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_{}[\]|~!$]/g, (character) => `\\${character}`)
      // GitHub looks for @names and #numbers after it has rendered the text, so that escaping them does not help.
      .replaceAll(/[@#]/g, (character) => `${character}&#8203;`)
  )
}
