import { styleText } from 'node:util'
import { explainOutcome } from '../protocol/index.ts'
import { type Metric, partOf, type Run } from '../run/index.ts'
import { distributionValues } from './distribution.ts'
import { formatQuantity, formatSpread } from './format-quantity.ts'
import { histogramBlocks } from './histogram-blocks.ts'
import { mcpLines } from './mcp-lines.ts'
import { partTable } from './part-table.ts'
import { type Cell, type Column, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

interface RowFacts {
  readonly name: string
  readonly label: string
}

/** What users wait for first, and what explains it below. */
const TIMES: readonly RowFacts[] = [
  { name: 'responseTime', label: 'response time' },
  { name: 'responseTimeOk', label: '  of successes' },
  { name: 'serviceTime', label: 'service time' },
  { name: 'connectTime', label: 'connect' },
  { name: 'sessionOpenTime', label: 'session open' },
  { name: 'sendLag', label: 'send lag (ours)' },
]
const QUANTILES = ['P50', 'P90', 'P99', 'P999'] as const
const HEADERS: Readonly<Record<(typeof QUANTILES)[number], string>> = {
  P50: 'p50',
  P90: 'p90',
  P99: 'p99',
  P999: 'p99.9',
}
const OUTCOME = 'outcome '

/** A load's Run for people at a terminal. Ends with a line break. */
export function renderLoadTerminal(run: Run, options: TerminalOptions): string {
  const sections = run.metrics.length === 0 ? [] : subjects(run).map((subject) => subjectSection(run, subject, options))
  const doubts = run.validity.reasons.flatMap((reason) => hanging('!', reason, options))
  const notes = run.warnings.flatMap(({ message }) => hanging(options.unicode ? '—' : '-', message, options))
  const state = run.validity.state === 'valid' ? [] : [`${run.validity.state}:`, ...doubts]
  return `${[...sections, notes, state]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** A sign, and text that wraps beside it. */
function hanging(sign: string, text: string, { widthColumns }: TerminalOptions): string[] {
  return wrapText(visibleText(text), widthColumns - 2).map((line, index) => `${index === 0 ? sign : ' '} ${line}`)
}

/** Parts are shown with their whole. */
function subjects({ metrics }: Run): string[] {
  const all = [...new Set(metrics.map(({ subject }) => subject))]
  return all.filter((subject) => !all.some((whole) => partOf(whole, subject) !== undefined))
}

function subjectSection(run: Run, subject: string, options: TerminalOptions): string[] {
  const own = run.metrics.filter((metric) => metric.subject === subject)
  const find = (name: string): Metric | undefined => own.find((metric) => metric.name === name)
  const title = visibleText(subject)
  return [
    options.colour ? styleText(['bold', 'underline'], title, { validateStream: false }) : title,
    ...rateLines(find, options),
    '',
    ...timeTable(find, options),
    '',
    ...partTable(run, subject, options),
    ...mcpLines(run, subject, options),
    ...outcomeLines(own, options),
  ]
}

function rateLines(find: (name: string) => Metric | undefined, { unicode }: TerminalOptions): string[] {
  const goodput = find('goodput')
  if (goodput === undefined) return []
  const shown = formatQuantity(goodput.value, 'perSec', { unicode })
  const dropped = find('notSentRatio')?.value ?? 0
  return [
    `${shown} succeeded ${formatSpread(goodput.value, goodput.interval, { unicode })}`,
    ...(dropped > 0 ? [`${formatQuantity(dropped, 'ratio', { unicode })} were due and not sent`] : []),
  ]
}

function timeTable(find: (name: string) => Metric | undefined, options: TerminalOptions): string[] {
  const { unicode, widthColumns } = options
  // Of a load in which nothing failed, successes are all there is.
  const rows = TIMES.filter(({ name }) => find(name) !== undefined).filter(
    ({ name }) => name !== 'responseTimeOk' || countOf(find('responseTimeOk')) !== countOf(find('responseTime')),
  )
  const column = (header: string, cellOf: (row: RowFacts) => Cell): Column => ({
    header,
    align: 'right',
    cells: rows.map(cellOf),
  })
  const columns: Column[] = [
    { header: '', align: 'left', cells: rows.map(({ label }) => ({ text: label })) },
    ...QUANTILES.map((suffix) =>
      column(HEADERS[suffix], ({ name }) => ({ text: quantity(find(`${name}${suffix}`), { unicode }) })),
    ),
    {
      header: '',
      align: 'left',
      cells: rows.map(({ name }) => {
        const metric = find(name)
        return { text: metric === undefined ? '' : histogramBlocks(distributionValues(metric), { unicode }) }
      }),
    },
  ]
  return renderTable(columns, widthColumns, unicode ? '…' : '..')
}

function countOf(metric: Metric | undefined): number {
  return metric?.evidence.kind === 'histogram' ? metric.evidence.count : 0
}

function quantity(metric: Metric | undefined, style: { readonly unicode: boolean }): string {
  return metric === undefined ? '' : formatQuantity(metric.value, metric.unit, style)
}

function outcomeLines(metrics: readonly Metric[], { colour, unicode }: TerminalOptions): string[] {
  return metrics
    .filter(({ name }) => name.startsWith(OUTCOME))
    .map(({ name, value, better }) => {
      const outcome = name.slice(OUTCOME.length)
      const meaning = explainOutcome(outcome)
      const line = `${value.toLocaleString('en-US')} ${unicode ? '×' : 'x'} ${visibleText(outcome)}${meaning === undefined ? '' : ` (${meaning})`}`
      return colour && better === 'lower' ? styleText('red', line, { validateStream: false }) : line
    })
}
