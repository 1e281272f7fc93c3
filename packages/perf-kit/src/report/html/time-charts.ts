import type { Series, Unit } from '../../run/index.ts'
import { formatLasting } from '../elapsed.ts'
import { formatQuantity } from '../format-quantity.ts'
import { seriesLabel } from '../series-label.ts'
import { highestOf } from '../sparkline.ts'
import { linearAxis, logAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import type { ChartLine, XAxis } from './chart-spec.ts'
import type { LineColour } from './palette.ts'
import { capitalised } from './sentence.ts'
import { sameClock, type TimePoints, timePoints } from './time-points.ts'
import { timeTable } from './time-table.ts'

interface LineLook {
  readonly name: string
  readonly colour: LineColour
  readonly dash?: readonly number[]
  readonly widthPx?: number
  readonly isFilled?: boolean
}

const THROUGHPUT: readonly LineLook[] = [
  { name: 'succeeded', colour: 'blue', widthPx: 2, isFilled: true },
  { name: 'plannedRate', colour: 'grey', dash: [6, 4] },
  { name: 'clients', colour: 'grey', dash: [6, 4] },
  { name: 'failed', colour: 'orange', widthPx: 2 },
  { name: 'notSent', colour: 'pink', dash: [2, 3], widthPx: 2 },
]
/** These are left out when there was none all the time, and the words say so. */
const WORTH_A_LINE_WHEN_SOME = new Set(['failed', 'notSent'])

const RESPONSE: readonly LineLook[] = [
  { name: 'responseTimeP50', colour: 'blue', widthPx: 2 },
  { name: 'responseTimeP99', colour: 'orange' },
  { name: 'responseTimeMax', colour: 'grey', dash: [2, 3] },
]

const TICKS_OF_LOW_CHART = 2

/** Failures of less than this share of what succeeded are a line on the ground. */
const VISIBLE_SHARE_RATIO = 0.2

/** How much was asked for, and what became of it. */
export function throughputChart(series: readonly Series[], id: string, group: string): Chart | undefined {
  const known = sameClock(pick(series, THROUGHPUT))
  if (known === undefined) return undefined
  const points = timePoints(known)
  const shown = THROUGHPUT.filter(({ name }) => points.values.has(name)).filter(
    ({ name }) => !WORTH_A_LINE_WHEN_SOME.has(name) || hasSome(known, name),
  )
  const rates = known.filter(({ unit }) => unit === 'perSec')
  const clients = known.find(({ name }) => name === 'clients')
  // Clients that stay as many need no scale: the words say how many.
  const right = clients === undefined || isSteady(clients) ? undefined : linearAxis(highest([clients]), 'count')
  const lines = shown
    .filter(({ name }) => name !== 'clients' || right !== undefined)
    .map((look) => toLine(look, points, known, look.name === 'clients'))
  return {
    spec: {
      id,
      group,
      isLow: false,
      x: timeAxis(points),
      y: linearAxis(highest(rates), 'perSec'),
      ...(right === undefined ? {} : { right }),
      lines,
      at: points.at,
      atLabels: points.labels,
    },
    title: 'Throughput over time',
    summary: throughputSummary(known),
    remarks: thinningRemark(points),
    table: timeTable(known),
  }
}

/** What did not succeed on a scale of its own, where it would not be seen beside what did. */
export function failureChart(series: readonly Series[], id: string, group: string): Chart | undefined {
  const looks = THROUGHPUT.filter(({ name }) => WORTH_A_LINE_WHEN_SOME.has(name))
  const known = sameClock(pick(series, looks).filter((each) => hasSome([each], each.name)))
  const succeeded = series.find(({ name }) => name === 'succeeded')
  if (known === undefined || succeeded === undefined) return undefined
  if (highest(known) >= VISIBLE_SHARE_RATIO * highest([succeeded])) return undefined
  const points = timePoints(known)
  const lines = looks
    .filter(({ name }) => points.values.has(name))
    .map((look) => toLine({ ...look, isFilled: true }, points, known, false))
  return {
    spec: {
      id,
      group,
      isLow: true,
      x: timeAxis(points),
      y: linearAxis(highest(known), 'perSec', TICKS_OF_LOW_CHART),
      lines,
      at: points.at,
      atLabels: points.labels,
    },
    title: 'Only what did not succeed',
    summary: 'The same, on a scale of its own.',
    remarks: [],
    table: timeTable(known),
  }
}

/** How long answers took, of all that came in during each second. */
export function responseChart(series: readonly Series[], id: string, group: string): Chart | undefined {
  const known = sameClock(pick(series, RESPONSE))
  const positive = (known ?? []).flatMap(({ values }) => values).filter((value) => value !== null && value > 0)
  if (known === undefined || positive.length === 0) return undefined
  const points = timePoints(known)
  const lines = RESPONSE.filter(({ name }) => points.values.has(name)).map((look) => toLine(look, points, known, false))
  return {
    spec: {
      id,
      group,
      isLow: false,
      x: timeAxis(points),
      y: logAxis(lowest(known), highest(known), 'ns'),
      lines,
      at: points.at,
      atLabels: points.labels,
    },
    title: 'Response time over time',
    summary: responseSummary(known),
    remarks: ['Logarithmic scale.', ...thinningRemark(points)],
    table: timeTable(known),
  }
}

function pick(series: readonly Series[], looks: readonly LineLook[]): Series[] {
  return looks.flatMap(({ name }) => series.find((each) => each.name === name) ?? [])
}

function toLine(look: LineLook, points: TimePoints, series: readonly Series[], isRight: boolean): ChartLine {
  const unit = series.find(({ name }) => name === look.name)?.unit ?? 'count'
  const values = points.values.get(look.name) ?? []
  return {
    label: seriesLabel(look.name),
    colour: look.colour,
    dash: look.dash ?? [],
    widthPx: look.widthPx ?? 1.5,
    isFilled: look.isFilled === true,
    isStepped: true,
    isRight,
    values,
    texts: values.map((value) => formatValue(value, unit)),
  }
}

function formatValue(value: number | null, unit: Unit): string {
  return value === null ? '—' : formatQuantity(value, unit)
}

function timeAxis({ at }: TimePoints): XAxis {
  return { isLog: false, from: at[0] ?? 0, to: at.at(-1) ?? 1 }
}

function hasSome(series: readonly Series[], name: string): boolean {
  const found = series.find((each) => each.name === name)
  return found?.values.some((value) => value !== null && value !== 0) === true
}

function isSteady({ values }: Series): boolean {
  return values.every((value) => value === values[0])
}

function highest(series: readonly Series[]): number {
  return highestOf(series.map(({ values }) => highestOf(values))) ?? 0
}

function lowest(series: readonly Series[]): number {
  const values = series.flatMap((each) => each.values).filter((value) => value !== null && value > 0)
  return -(highestOf(values.map((value) => (value === null ? null : -value))) ?? -1)
}

function throughputSummary(series: readonly Series[]): string {
  const succeeded = series.find(({ name }) => name === 'succeeded')
  const clients = series.find(({ name }) => name === 'clients')
  const steadyClients = clients !== undefined && isSteady(clients) ? clients.values[0] : undefined
  const among = steadyClients === undefined ? '' : `${formatValue(steadyClients ?? null, 'count')} clients; `
  const failures = ['failed', 'notSent']
    .filter((name) => series.some((each) => each.name === name))
    .map((name) => {
      const [none, some] = name === 'failed' ? ['nothing failed', 'failed'] : ['everything was sent', 'were not sent']
      const most = highestOf(series.find((each) => each.name === name)?.values ?? [])
      return most === null || most === 0 ? none : `at most ${formatQuantity(most, 'perSec')} ${some}`
    })
  const range = succeeded === undefined ? 'successes were not recorded' : `${rangeOf(succeeded)} succeeded`
  return `${capitalised([`${among}${range}`, ...failures].join(', '))}.`
}

function responseSummary(series: readonly Series[]): string {
  const parts = series.map(
    (each) => `${seriesLabel(each.name).replace('response time', '').replace(',', '').trim()} ${rangeOf(each)}`,
  )
  return `${parts.join(', ')}.`
}

function rangeOf({ values, unit }: Series): string {
  const most = highestOf(values)
  const least = highestOf(values.map((value) => (value === null ? null : -value)))
  if (most === null || least === null) return 'nothing'
  const [from, to] = [formatQuantity(-least, unit), formatQuantity(most, unit)]
  return from === to ? to : `${from} to ${to}`
}

function thinningRemark({ thinnedToNs }: TimePoints): string[] {
  if (thinnedToNs === undefined) return []
  return [
    `This run has more seconds than a chart has points: of each ${formatLasting(thinnedToNs)} the lowest and the highest value are drawn.`,
  ]
}
