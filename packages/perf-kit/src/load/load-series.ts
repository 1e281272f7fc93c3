import type { Series } from '../run/index.ts'
import { countsFromSending } from './engines/engine-notes.ts'
import type { LoadResult } from './load-result.ts'
import type { LoadSecond } from './load-seconds.ts'
import { Schedule } from './schedule.ts'

const NS_PER_SEC = 1e9
/** A rate of a shorter piece of a second is mostly chance. */
const SHORTEST_NS = 0.2e9

type OwnSeries = Pick<Series, 'name' | 'unit' | 'values'>

/** How the load went, second by second: what was asked for, what came of it, and how long answers took. */
export function loadSeries(result: LoadResult, subject: string): Series[] {
  const { traffic } = result.plan
  const count = Math.ceil((result.plan.warmupNs + result.measuredNs) / NS_PER_SEC)
  const seconds = Array.from({ length: count }, (_, index) => result.seconds[index])
  const perSec = (name: string, of: (second: LoadSecond) => number): OwnSeries => ({
    name,
    unit: 'perSec',
    values: seconds.map((second, index) => rate(second === undefined ? 0 : of(second), coveredNs(result, index))),
  })
  const times = (name: string, of: (times: NonNullable<LoadSecond['times']>) => number): OwnSeries => ({
    name,
    unit: 'ns',
    values: seconds.map((second) => (second?.times === undefined ? null : of(second.times))),
  })
  const level = new Schedule(traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec)
  const planned: OwnSeries = {
    ...(traffic.loop === 'closed'
      ? ({ name: 'clients', unit: 'count' } as const)
      : ({ name: 'plannedRate', unit: 'perSec' } as const)),
    values: seconds.map((_, index) => meanLevel(level, index)),
  }
  const time = countsFromSending(result) ? 'serviceTime' : 'responseTime'
  return [
    planned,
    perSec('succeeded', ({ succeededInWindow }) => succeededInWindow),
    perSec('failed', ({ failed }) => failed),
    perSec('notSent', ({ dropped }) => dropped),
    times(`${time}P50`, ({ p50Ns }) => p50Ns),
    times(`${time}P99`, ({ p99Ns }) => p99Ns),
    times(`${time}Max`, ({ highestNs }) => highestNs),
  ]
    .filter(({ values }) => values.length > 0)
    .map((series) => ({ subject, fromNs: 0, everyNs: NS_PER_SEC, ...series }))
}

/** How much of a second lies in the counted part of the schedule. */
function coveredNs({ plan, measuredNs }: LoadResult, index: number): number {
  const from = Math.max(index * NS_PER_SEC, plan.warmupNs)
  const to = Math.min((index + 1) * NS_PER_SEC, plan.warmupNs + measuredNs)
  return to - from
}

function rate(count: number, lengthNs: number): number | null {
  return lengthNs < SHORTEST_NS ? null : (count * NS_PER_SEC) / lengthNs
}

/** The level in the middle of a second, or of what there is of it. */
function meanLevel(level: Schedule, index: number): number {
  const from = index * NS_PER_SEC
  return level.levelAt((from + Math.min(from + NS_PER_SEC, level.durationNs)) / 2)
}
