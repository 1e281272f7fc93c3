import { styleText } from 'node:util'
import type { VerdictState } from '../baseline/index.ts'
import { none, type ReportRow } from './report-rows.ts'
import { withoutKeys } from './short-names.ts'
import { type Cell, type Column, narrowestWidth, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { type VerdictDetail, verdictWords } from './verdict-words.ts'
import { visibleText } from './visible-text.ts'

type ColumnName = 'benchmark' | 'median' | 'interval' | 'p99' | 'opsPerSec' | 'bytesPerOp' | 'distribution' | 'verdict'

interface Layout {
  readonly columns: readonly ColumnName[]
  readonly detail: VerdictDetail
  /** names are shortened down to this before another column is given up */
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
  const columns = fittingColumns(rows, options)
  const [header = '', ...lines] = renderTable(columns, options.widthColumns, options.unicode ? '…' : '..')
  return [options.colour ? styleText('bold', header, { validateStream: false }) : header, ...lines]
}

/** Of each layout first with whole names, then without their keys, then cut. */
function fittingColumns(rows: readonly ReportRow[], options: TerminalOptions): Column[] {
  const whole = rows.map(({ name }) => visibleText(name))
  const short = withoutKeys(whole)
  let narrowest: Column[] = []
  for (const layout of LAYOUTS) {
    for (const [names, shrinkTo] of [[whole], [short], [short, layout.nameWidth]] as const) {
      narrowest = toColumns(rows, names, shrinkTo, layout, options)
      if (narrowestWidth(narrowest) <= options.widthColumns) return narrowest
    }
  }
  return narrowest
}

function toColumns(
  rows: readonly ReportRow[],
  rowNames: readonly string[],
  shrinkTo: number | undefined,
  { columns, detail }: Layout,
  options: TerminalOptions,
): Column[] {
  return columns
    .filter((name) => tellsAnything(name, rows, options))
    .map((name) => ({
      header: name === 'interval' ? (options.unicode ? '±' : '+-') : HEADERS[name],
      align: name === 'benchmark' || name === 'distribution' || name === 'verdict' ? 'left' : 'right',
      ...(name === 'benchmark' && shrinkTo !== undefined ? { shrinkTo } : {}),
      cells: rows.flatMap((row, index) =>
        name === 'verdict'
          ? verdictCells(row, detail, options)
          : [{ text: name === 'benchmark' ? (rowNames[index] ?? '') : row[name] }, ...blanksBelow(row)],
      ),
    }))
}

/** A column of nothing but dashes is left out; the footnotes say why there is nothing. */
function tellsAnything(column: ColumnName, rows: readonly ReportRow[], { unicode }: TerminalOptions): boolean {
  if (column === 'verdict') return rows.some(({ verdicts, added }) => verdicts.length > 0 || added)
  return column === 'benchmark' || rows.some((row) => row[column] !== '' && row[column] !== none({ unicode }))
}

/** Each verdict after a row's first gets a line of its own below it. */
function blanksBelow({ verdicts }: ReportRow): Cell[] {
  return Array.from({ length: Math.max(0, verdicts.length - 1) }, () => ({ text: '' }))
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
