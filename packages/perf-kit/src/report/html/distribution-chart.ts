import type { Histogram } from 'hdr-histogram-js'
import { decodeHistogram } from '../decode-histogram.ts'
import { formatQuantity } from '../format-quantity.ts'
import { findTime, type LoadView, type TimeRow } from '../load-view.ts'
import { logAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import type { ChartLine, Tick } from './chart-spec.ts'
import type { LineColour } from './palette.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { capitalised } from './sentence.ts'

const POINTS_PER_DECADE = 40
/** Nothing below is a time of a request over a socket; a send lag of nothing is drawn at the edge. */
const LOWEST_DRAWN_NS = 1_000

interface Drawn {
  readonly row: TimeRow
  readonly histogram: Histogram
  readonly colour: LineColour
  readonly dash: readonly number[]
  readonly widthPx: number
}

const LOOKS = [
  { name: 'responseTime', colour: 'blue', dash: [], widthPx: 2 },
  { name: 'serviceTime', colour: 'green', dash: [7, 4], widthPx: 2 },
  { name: 'sendLag', colour: 'grey', dash: [2, 3], widthPx: 1.5 },
] as const

/**
 * The whole distribution, by percentile (Gil Tene's HDR plot): on an axis of 1/(1 − q) each decade is ten times as rare as the one
 * before it, so that the slowest requests have as much room as all others.
 */
export function distributionChart(view: LoadView, id: string): Chart | undefined {
  const drawn = LOOKS.flatMap(({ name, ...look }): Drawn[] => {
    const row = findTime(view, name)
    const histogram = row === undefined ? undefined : decodeHistogram(row.whole)
    return row === undefined || histogram === undefined ? [] : [{ row, histogram, ...look }]
  })
  const told = withoutTwins(drawn)
  const mostRare = told.shown.reduce((most, { histogram }) => Math.max(most, histogram.totalCount), 0)
  if (mostRare === 0) return undefined
  const at = rarities(told.shown.map(({ histogram }) => histogram.totalCount))
  const lines = told.shown.map((each) => toLine(each, at))
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null))
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const highest = values.reduce((most, value) => Math.max(most, value), LOWEST_DRAWN_NS)
  return {
    spec: {
      id,
      group: id,
      isLow: false,
      x: { isLog: true, from: 1, to: Math.max(10, mostRare), ticks: percentileTicks(mostRare) },
      y: logAxis(lowest, highest, 'ns'),
      lines,
      at,
      atLabels: at.map(rarityLabel),
    },
    title: 'Distribution of times',
    summary: summaryOf(told.shown),
    remarks: [
      'Each step to the right is ten times as rare; the last point is the slowest of all.',
      ...(told.hasTwins ? ['Service time is the same as response time here: no request had to wait to be sent.'] : []),
    ],
    table: percentilePoints(told.shown),
  }
}

/** In a closed loop service time is response time: one line over another shows nothing. */
function withoutTwins(drawn: readonly Drawn[]): { readonly shown: readonly Drawn[]; readonly hasTwins: boolean } {
  const response = drawn.find(({ row }) => row.name === 'responseTime')
  const shown = drawn.filter((each) => each.row.name !== 'serviceTime' || !isSame(each, response))
  return { shown, hasTwins: shown.length < drawn.length }
}

function isSame(left: Drawn, right: Drawn | undefined): boolean {
  const [{ evidence }, other] = [left.row.whole, right?.row.whole.evidence]
  return evidence.kind === 'histogram' && other?.kind === 'histogram' && evidence.data === other.data
}

/** 1/(1 − q) from 1 up to one in all, evenly on a logarithmic axis, and where each distribution ends. */
function rarities(counts: readonly number[]): number[] {
  const mostRare = Math.max(...counts)
  const even = Array.from(
    { length: Math.ceil(Math.log10(mostRare) * POINTS_PER_DECADE) },
    (_, index) => 10 ** (index / POINTS_PER_DECADE),
  )
  return [...new Set([...even.filter((rarity) => rarity < mostRare), ...counts])].toSorted(
    (left, right) => left - right,
  )
}

function toLine({ row, histogram, colour, dash, widthPx }: Drawn, at: readonly number[]): ChartLine {
  const values = at.map((rarity) => valueAt(histogram, rarity))
  return {
    label: row.label,
    colour,
    dash,
    widthPx,
    isFilled: false,
    isStepped: false,
    isRight: false,
    values: values.map((value) => (value === null ? null : Math.max(LOWEST_DRAWN_NS, value))),
    texts: values.map((value) => (value === null ? '—' : formatQuantity(value, 'ns'))),
  }
}

/** @returns null for what is rarer than one of all there were */
function valueAt(histogram: Histogram, rarity: number): number | null {
  if (rarity > histogram.totalCount) return null
  return rarity === histogram.totalCount ? histogram.maxValue : histogram.getValueAtPercentile(100 * (1 - 1 / rarity))
}

/** 50 % lies at 2, 90 % at 10, 99 % at 100 and so on. */
function percentileTicks(mostRare: number): Tick[] {
  const decades = Math.max(1, Math.floor(Math.log10(mostRare)))
  const powers = Array.from({ length: decades }, (_, index) => 10 ** (index + 1))
  return [
    { at: 1, label: '0 %' },
    { at: 2, label: '50 %', isMinor: true },
    ...powers.map((at) => ({ at, label: percentOf(at) })),
  ]
}

/** By its digits: 100·(1 − 1/1000) is no 99.9. */
function percentOf(rarity: number): string {
  return `${Number((100 - 100 / rarity).toPrecision(Math.max(4, Math.ceil(Math.log10(rarity)) + 2)))} %`
}

function rarityLabel(rarity: number): string {
  return rarity === 1 ? 'fastest' : `p${percentOf(rarity).replace(' %', '')}`
}

function summaryOf(drawn: readonly Drawn[]): string {
  const parts = drawn.map(({ row, histogram }) => {
    const [p50, p99] = [50, 99].map((percent) => formatQuantity(histogram.getValueAtPercentile(percent), 'ns'))
    return `${row.label}: half within ${p50}, 99 % within ${p99}, all within ${formatQuantity(histogram.maxValue, 'ns')}`
  })
  return parts.map((part) => `${capitalised(part)}.`).join(' ')
}

/** The same at whole steps, for whom the picture is no help. */
function percentilePoints(drawn: readonly Drawn[]): SafeHtml {
  const most = drawn.reduce((sum, { histogram }) => Math.max(sum, histogram.totalCount), 0)
  const steps = [1, 2, 4, 10, 20, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].filter((rarity) => rarity < most)
  return html`<table>
<caption>Times by percentile; the last row is the slowest of all.</caption>
<thead><tr><th scope="col">percentile</th>${drawn.map(({ row }) => html`<th scope="col" class="number">${row.label}</th>`)}</tr></thead>
<tbody>
${[...steps, Number.POSITIVE_INFINITY].map(
  (rarity) => html`<tr><th scope="row">${Number.isFinite(rarity) ? rarityLabel(rarity) : 'slowest'}</th>${drawn.map(
    ({ histogram }) => html`<td class="number">${cellAt(histogram, rarity)}</td>`,
  )}</tr>
`,
)}</tbody>
</table>`
}

function cellAt(histogram: Histogram, rarity: number): string {
  const value = Number.isFinite(rarity) ? valueAt(histogram, rarity) : histogram.maxValue
  return value === null ? '—' : formatQuantity(value, 'ns')
}
