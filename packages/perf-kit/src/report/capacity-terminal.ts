import { styleText } from 'node:util'
import type { Run } from '../run/index.ts'
import { capacityView, type TrialRow } from './capacity-view.ts'
import { formatLasting } from './elapsed.ts'
import { spell } from './spell.ts'
import { type Cell, type Column, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

/** Below it, why a trial did not count stands on a line of its own. */
const WHY_FROM_COLUMNS = 150
const COLOURS = { met: 'green', broken: 'red', undecided: 'yellow', unusable: 'yellow' } as const

/** The Run of a search for a capacity, for people at a terminal: the answer first, then every trial. Ends with a line break. */
export function renderCapacityTerminal(run: Run, options: TerminalOptions): string {
  const { widthColumns, unicode, colour } = options
  const view = capacityView(run, { unicode })
  const plain = (text: string): string => visibleText(spell(text, unicode))
  const subject = view?.subject ?? run.suite
  const title = visibleText(subject)
  const state =
    run.validity.state === 'valid'
      ? []
      : [`${run.validity.state}:`, ...run.validity.reasons.flatMap((reason) => hanging('!', plain(reason), options))]
  const sections = [
    [
      colour ? styleText(['bold', 'underline'], title, { validateStream: false }) : title,
      ...wrapText(plain(view?.sentence ?? 'nothing was searched for'), widthColumns),
    ],
    view === undefined || view.rows.length === 0 ? [] : trialTable(view.rows, options),
    run.warnings.flatMap(({ message }) => hanging(unicode ? '—' : '-', plain(message), options)),
    state,
    view === undefined ? [] : [costLine(run, view.rows.length)],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function costLine({ durationNs }: Run, trials: number): string {
  return `${trials} ${trials === 1 ? 'trial' : 'trials'} in ${formatLasting(durationNs)}`
}

function trialTable(rows: readonly TrialRow[], options: TerminalOptions): string[] {
  const { widthColumns, unicode, colour } = options
  const column = (header: string, align: Column['align'], textOf: (row: TrialRow) => string): Column => ({
    header,
    align,
    cells: rows.map((row) => ({ text: visibleText(textOf(row)) })),
  })
  const paint = ({ trial: { verdict } }: TrialRow): Pick<Cell, 'paint'> =>
    colour && verdict !== null ? { paint: (text) => styleText(COLOURS[verdict], text, { validateStream: false }) } : {}
  const isWide = widthColumns >= WHY_FROM_COLUMNS
  const [header = '', ...lines] = renderTable(
    [
      column('rate', 'right', ({ asked }) => asked),
      column('offered', 'right', ({ offered }) => offered),
      column('achieved', 'right', ({ achieved }) => achieved),
      column('p50', 'right', ({ p50 }) => p50),
      column('p99', 'right', ({ p99 }) => p99),
      column('errors', 'right', ({ errors }) => errors),
      { header: 'verdict', align: 'left', cells: rows.map((row) => ({ text: row.verdict, ...paint(row) })) },
      ...(isWide ? [{ ...column('', 'left' as const, ({ why }) => why), shrinkTo: 20 }] : []),
    ],
    widthColumns,
    unicode ? '…' : '..',
  )
  const told = lines.flatMap((line, index) => [line, ...(isWide ? [] : whyLines(rows[index], options))])
  return [colour ? styleText('bold', header, { validateStream: false }) : header, ...told]
}

function whyLines(row: TrialRow | undefined, { widthColumns, unicode }: TerminalOptions): string[] {
  if (row === undefined || row.why === '') return []
  return wrapText(visibleText(spell(row.why, unicode)), widthColumns - 4).map((line) => `    ${line}`)
}

/** A sign, and text that wraps beside it. */
function hanging(sign: string, text: string, { widthColumns }: TerminalOptions): string[] {
  return wrapText(text, widthColumns - 2).map((line, index) => `${index === 0 ? sign : ' '} ${line}`)
}
