import { styleText } from 'node:util'
import type { Run } from '../run/index.ts'
import { reportNotes } from './notes.ts'
import { type BenchReport, comparisonOf } from './report-document.ts'
import { reportRows } from './report-rows.ts'
import { spell } from './spell.ts'
import { summaryLines } from './summary.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { terminalTable } from './terminal-table.ts'
import { wrapText } from './text-width.ts'
import { visibleLines, visibleText } from './visible-text.ts'

/** The report for people at a terminal. Ends with a line break. */
export function renderTerminal(report: BenchReport, options: TerminalOptions): string {
  const { warnings, footnotes, failures } = reportNotes(report)
  const { unicode } = options
  const sections = [
    ...report.runs.filter(({ metrics }) => metrics.length > 0).map((run) => suiteSection(report, run, options)),
    footnotes.flatMap((note) => hanging(unicode ? '—' : '-', note, options)),
    warnings.flatMap((warning) => hanging('!', warning, options)),
    failures.flatMap(({ subject, message, remedy }) => [
      ...hanging(unicode ? '✗' : '!', `${subject}: ${message}`, options),
      ...(remedy === '' ? [] : hanging(' ', remedy, options)),
    ]),
    summaryLines(report).flatMap((line) => wrapText(spell(line, unicode), options.widthColumns, '  ')),
  ]
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${text.join('\n\n')}\n`
}

function suiteSection(report: BenchReport, run: Run, options: TerminalOptions): string[] {
  const { colour, unicode } = options
  const variant = run.configuration === 'default' ? '' : ` ${unicode ? '·' : '-'} ${visibleText(run.configuration)}`
  const title = `${visibleText(run.suite)}${variant}`
  return [
    colour ? styleText(['bold', 'underline'], title, { validateStream: false }) : title,
    ...terminalTable(reportRows(run, comparisonOf(report, run), { unicode }), options),
  ]
}

/** A sign, and text that wraps beside it. */
function hanging(sign: string, text: string, { widthColumns, unicode }: TerminalOptions): string[] {
  const lines = visibleLines(text).flatMap((line) => wrapText(spell(line, unicode), widthColumns - 2))
  return lines.map((line, index) => `${index === 0 ? sign : ' '} ${line}`.trimEnd())
}
