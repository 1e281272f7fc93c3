import type { Series, Unit } from '../../run/index.ts'
import { formatLasting } from '../elapsed.ts'
import { formatQuantity } from '../format-quantity.ts'
import { seriesLabel } from '../series-label.ts'
import { highestOf } from '../sparkline.ts'
import type { Chart } from './chart.ts'
import type { ChartLine, YAxis } from './chart-spec.ts'
import type { LineColour } from './palette.ts'
import { sameClock, type TimePoints, timePoints } from './time-points.ts'
import { timeTable } from './time-table.ts'

/** How a series is drawn. */
export interface LineLook {
  readonly name: string
  readonly colour: LineColour
  readonly dash?: readonly number[]
  readonly widthPx?: number
  readonly isFilled?: boolean
  readonly isRight?: boolean
  /** each value is marked, and the line goes on where one is missing: what comes now and then */
  readonly isSparse?: boolean
}

/** Series of one clock: at least one. */
export type KnownSeries = readonly [Series, ...Series[]]

export interface TimeChartParts {
  readonly id: string
  /** charts with the same group share their cursor */
  readonly group: string
  readonly title: string
  readonly summary: string
  readonly remarks?: readonly string[]
  readonly isLow?: boolean
  readonly y: YAxis
  readonly right?: YAxis
  /** those of them that there are are drawn */
  readonly looks: readonly LineLook[]
}

/** The series that these looks are for, as far as there are any and they share a clock. */
export function pickSeries(series: readonly Series[], looks: readonly LineLook[]): KnownSeries | undefined {
  return sameClock(looks.flatMap(({ name }) => series.find((each) => each.name === name) ?? []))
}

export function timeChart(known: KnownSeries, parts: TimeChartParts): Chart {
  const { id, group, title, summary, remarks = [], isLow = false, y, right, looks } = parts
  const points = timePoints(known)
  return {
    spec: {
      id,
      group,
      isLow,
      x: { isLog: false, from: points.at[0] ?? 0, to: points.at.at(-1) ?? 1 },
      y,
      ...(right === undefined ? {} : { right }),
      lines: looks.filter(({ name }) => points.values.has(name)).map((look) => toLine(look, points, known)),
      at: points.at,
      atLabels: points.labels,
    },
    title,
    summary,
    remarks: [...remarks, ...thinningRemark(points)],
    table: timeTable(known),
  }
}

export function highestIn(series: readonly Series[]): number {
  return highestOf(series.map(({ values }) => highestOf(values))) ?? 0
}

/** Of the values above zero, which are those that a logarithmic axis can show. */
export function lowestPositiveIn(series: readonly Series[]): number | undefined {
  const values = series.flatMap((each) => each.values).filter((value) => value !== null && value > 0)
  return lowestOf(values) ?? undefined
}

/** `1.9 ms to 4.2 ms` */
export function rangeOf({ values, unit }: Series): string {
  const [least, most] = [lowestOf(values), highestOf(values)]
  if (most === null || least === null) return 'nothing'
  const [from, to] = [formatQuantity(least, unit), formatQuantity(most, unit)]
  return from === to ? to : `${from} to ${to}`
}

function lowestOf(values: readonly (number | null)[]): number | null {
  return values.reduce((least, value) => (value !== null && (least === null || value < least) ? value : least), null)
}

function toLine(look: LineLook, points: TimePoints, series: readonly Series[]): ChartLine {
  const unit = series.find(({ name }) => name === look.name)?.unit ?? 'count'
  const values = points.values.get(look.name) ?? []
  return {
    label: seriesLabel(look.name),
    colour: look.colour,
    dash: look.dash ?? [],
    widthPx: look.widthPx ?? 1.5,
    isFilled: look.isFilled === true,
    isStepped: look.isSparse !== true,
    ...(look.isSparse === true ? { hasPoints: true, spansGaps: true } : {}),
    isRight: look.isRight === true,
    values,
    texts: values.map((value) => textOf(value, unit)),
  }
}

function textOf(value: number | null, unit: Unit): string {
  return value === null ? '—' : formatQuantity(value, unit)
}

function thinningRemark({ thinnedToNs }: TimePoints): string[] {
  if (thinnedToNs === undefined) return []
  return [
    `This run has more seconds than a chart has points: of each ${formatLasting(thinnedToNs)} the lowest and the highest value are drawn.`,
  ]
}
