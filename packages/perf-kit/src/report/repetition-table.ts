import { styleText } from 'node:util'
import type { Comparison, VerdictState } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { type RepetitionRow, type Repetitions, repetitionsOf } from './repetition-rows.ts'
import { type Cell, type Column, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { visibleText } from './visible-text.ts'

/** A part has the name of its tool: it gives way to the figures. */
const SHRINK_TO = 24

const COLOURS = {
  passed: 'green',
  regressed: 'red',
  improved: 'cyan',
  inconclusive: 'yellow',
} as const satisfies Record<VerdictState, string>

/** What is known of each repetition of a subject, and what the baseline says of it. Nothing for what was measured once. */
export function repetitionTable(
  run: Run,
  subject: string,
  options: TerminalOptions,
  comparison?: Comparison,
): string[] {
  const repetitions = repetitionsOf(run, subject, comparison, options)
  return repetitions === undefined ? [] : repetitionLines(repetitions, options)
}

/** The table itself. */
export function repetitionLines({ title, rows }: Repetitions, options: TerminalOptions): string[] {
  const ellipsis = options.unicode ? '…' : '..'
  const columns: Column[] = [
    {
      header: title,
      align: 'left',
      shrinkTo: SHRINK_TO,
      cells: rows.map(({ label }) => ({ text: visibleText(label) })),
    },
    { header: 'median', align: 'right', cells: rows.map(({ median }) => ({ text: median })) },
    { header: `from ${ellipsis} to`, align: 'right', cells: rows.map(({ range }) => ({ text: range })) },
  ]
  const verdicts: Column = { header: 'verdict', align: 'left', cells: rows.map((row) => verdictCell(row, options)) }
  const hasVerdicts = rows.some(({ words }) => words !== '')
  return renderTable(hasVerdicts ? [...columns, verdicts] : columns, options.widthColumns, ellipsis)
}

function verdictCell({ words, verdict }: RepetitionRow, { colour }: TerminalOptions): Cell {
  if (!colour || verdict === undefined) return { text: words }
  return { text: words, paint: (text) => styleText(COLOURS[verdict.state], text, { validateStream: false }) }
}
