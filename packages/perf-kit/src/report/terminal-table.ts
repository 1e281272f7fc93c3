import { styleText } from 'node:util'
import type { VerdictState } from '../baseline/index.ts'
import { none, type ReportRow } from './report-rows.ts'
import { type Cell, type Column, narrowestWidth, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { type VerdictDetail, verdictWords } from './verdict-words.ts'
import { visibleText } from './visible-text.ts'

type ColumnName = 'benchmark' | 'median' | 'interval' | 'p99' | 'opsPerSec' | 'bytesPerOp' | 'distribution' | 'verdict'

interface Layout {
  readonly columns: readonly ColumnName[]
  readonly detail: VerdictDetail
  /** names are shortened down to this before anything else is given up */
  readonly nameWidth: number
}

const ALL: readonly ColumnName[] = [
  'benchmark',
  'median',
  'interval',
  'p99',
  'opsPerSec',
  'bytesPerOp',
  'distribution',
  'verdict',
]

/** From everything to the least that is still an answer; the first that fits is taken. */
const LAYOUTS: readonly Layout[] = [
  { columns: ALL, detail: 'full', nameWidth: 24 },
  { columns: without('distribution'), detail: 'full', nameWidth: 24 },
  { columns: without('distribution', 'opsPerSec'), detail: 'full', nameWidth: 24 },
  { columns: without('distribution', 'opsPerSec'), detail: 'brief', nameWidth: 22 },
  { columns: without('distribution', 'opsPerSec', 'p99'), detail: 'brief', nameWidth: 20 },
  { columns: without('distribution', 'opsPerSec', 'p99', 'bytesPerOp'), detail: 'brief', nameWidth: 16 },
  { columns: ['benchmark', 'median', 'verdict'], detail: 'brief', nameWidth: 12 },
  { columns: ['benchmark', 'median', 'verdict'], detail: 'short', nameWidth: 6 },
]

function without(...dropped: readonly ColumnName[]): ColumnName[] {
  return ALL.filter((name) => !dropped.includes(name))
}

const HEADERS: Readonly<Record<Exclude<ColumnName, 'interval'>, string>> = {
  benchmark: 'benchmark',
  median: 'median',
  p99: 'p99',
  opsPerSec: 'ops/s',
  bytesPerOp: 'B/op',
  distribution: 'distribution',
  verdict: 'verdict',
}

const COLOURS = {
  passed: 'green',
  regressed: 'red',
  improved: 'cyan',
  inconclusive: 'yellow',
} as const satisfies Record<VerdictState, string>

/** A suite's table, as much of it as the width can hold. */
export function terminalTable(rows: readonly ReportRow[], options: TerminalOptions): string[] {
  const judged = rows.some(({ verdicts, added }) => verdicts.length > 0 || added)
  const candidates = LAYOUTS.map((layout) => toColumns(rows, layout, judged, options))
  const fitting =
    candidates.find((columns) => narrowestWidth(columns) <= options.widthColumns) ?? candidates.at(-1) ?? []
  const [header = '', ...lines] = renderTable(fitting, options.widthColumns, options.unicode ? '…' : '..')
  return [options.colour ? styleText('bold', header, { validateStream: false }) : header, ...lines]
}

/** Each verdict after a row's first gets a line of its own below it. */
function toColumns(rows: readonly ReportRow[], layout: Layout, judged: boolean, options: TerminalOptions): Column[] {
  const names = judged ? layout.columns : layout.columns.filter((name) => name !== 'verdict')
  return names.map((name) => ({
    header: name === 'interval' ? (options.unicode ? '±' : '+-') : HEADERS[name],
    align: name === 'benchmark' || name === 'distribution' || name === 'verdict' ? 'left' : 'right',
    ...(name === 'benchmark' ? { shrinkTo: layout.nameWidth } : {}),
    cells: rows.flatMap((row) => cellsOf(row, name, layout.detail, options)),
  }))
}

function cellsOf(row: ReportRow, column: ColumnName, detail: VerdictDetail, options: TerminalOptions): Cell[] {
  if (column === 'verdict') return verdictCells(row, detail, options)
  const text = column === 'benchmark' ? visibleText(row.name) : row[column]
  const blanks = Array.from({ length: Math.max(0, row.verdicts.length - 1) }, () => ({ text: '' }))
  return [{ text }, ...blanks]
}

function verdictCells(
  { verdicts, added }: ReportRow,
  detail: VerdictDetail,
  { colour, unicode }: TerminalOptions,
): Cell[] {
  if (verdicts.length === 0) return [{ text: added ? 'new' : none({ unicode }) }]
  return verdicts.map(({ verdict, label }) => {
    const text = verdictWords(verdict, { unicode, detail, ...(label === undefined ? {} : { label }) })
    const paint = (plain: string) => styleText(COLOURS[verdict.state], plain, { validateStream: false })
    return colour ? { text, paint } : { text }
  })
}
