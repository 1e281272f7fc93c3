import type { Series } from '../../run/index.ts'
import { formatQuantity } from '../format-quantity.ts'
import { highestOf } from '../sparkline.ts'
import { linearAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import { capitalised } from './sentence.ts'
import { highestIn, type LineLook, pickSeries, rangeOf, timeChart } from './time-chart.ts'

const ASKED: readonly LineLook[] = [
  { name: 'succeeded', colour: 'blue', widthPx: 2, isFilled: true },
  { name: 'plannedRate', colour: 'grey', dash: [6, 4] },
  { name: 'clients', colour: 'grey', dash: [6, 4], isRight: true },
]
/** Left out when there was none all the time, and the words say so. */
const LOST: readonly LineLook[] = [
  { name: 'failed', colour: 'orange', widthPx: 2 },
  { name: 'notSent', colour: 'pink', dash: [2, 3], widthPx: 2 },
]

/** Failures of less than this share of what succeeded are a line on the ground. */
const VISIBLE_SHARE_RATIO = 0.2
const TICKS_OF_LOW_CHART = 2

/** How much was asked for, and what became of it. */
export function throughputChart(series: readonly Series[], id: string, group: string): Chart | undefined {
  const known = pickSeries(series, [...ASKED, ...LOST])
  if (known === undefined) return undefined
  const clients = known.find(({ name }) => name === 'clients')
  // Clients that stay as many need no scale: the words say how many.
  const right = clients === undefined || isSteady(clients) ? undefined : linearAxis(highestIn([clients]), 'count')
  const rates = known.filter(({ unit }) => unit === 'perSec')
  return timeChart(known, {
    id,
    group,
    title: 'Throughput over time',
    summary: summaryOf(known),
    remarks: beginsLater(known) ? ['The warm-up is left blank: it is not counted.'] : [],
    y: linearAxis(highestIn(rates), 'perSec'),
    ...(right === undefined ? {} : { right }),
    looks: [...ASKED.filter(({ isRight }) => isRight !== true || right !== undefined), ...lost(known)],
  })
}

/** What did not succeed on a scale of its own, where it would not be seen beside what did. */
export function failureChart(series: readonly Series[], id: string, group: string): Chart | undefined {
  const looks = lost(series)
  const known = pickSeries(series, looks)
  const succeeded = series.filter(({ name }) => name === 'succeeded')
  if (known === undefined || highestIn(known) >= VISIBLE_SHARE_RATIO * highestIn(succeeded)) return undefined
  return timeChart(known, {
    id,
    group,
    title: 'Only what did not succeed',
    summary: 'The same, on a scale of its own.',
    isLow: true,
    y: linearAxis(highestIn(known), 'perSec', TICKS_OF_LOW_CHART),
    looks: looks.map((look) => ({ ...look, isFilled: true })),
  })
}

function lost(series: readonly Series[]): LineLook[] {
  return LOST.filter((look) => series.some(({ name, values }) => name === look.name && (highestOf(values) ?? 0) > 0))
}

function beginsLater(series: readonly Series[]): boolean {
  const succeeded = series.find(({ name }) => name === 'succeeded')?.values ?? []
  return succeeded[0] === null && succeeded.some((value) => value !== null)
}

/** Between repetitions there is nothing, which is no change. */
function isSteady({ values }: Series): boolean {
  return values.every((value) => value === null || value === values[0])
}

function summaryOf(series: readonly Series[]): string {
  const find = (name: string): Series | undefined => series.find((each) => each.name === name)
  const [succeeded, clients] = [find('succeeded'), find('clients')]
  const [among] = clients !== undefined && isSteady(clients) ? clients.values : []
  const parts = [
    succeeded === undefined ? [] : [`${rangeOf(succeeded)} succeeded`],
    lostWords(find('failed'), 'failed'),
    lostWords(find('notSent'), 'were not sent'),
  ].flat()
  const clientWords = typeof among === 'number' ? [`${formatQuantity(among, 'count')} clients`] : []
  return `${capitalised([...clientWords, parts.join(', ')].join(': '))}.`
}

/** Of nothing nothing is said: what failed after the schedule, or without a time, is in no second. */
function lostWords(series: Series | undefined, what: string): string[] {
  const most = series === undefined ? 0 : (highestOf(series.values) ?? 0)
  return series === undefined || most === 0 ? [] : [`at most ${formatQuantity(most, series.unit)} ${what}`]
}
