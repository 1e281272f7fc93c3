import type { Metric, RunNote, Series, Unit } from '../run/index.ts'
import type { LeftFiles } from './left-files.ts'
import type { LoadResult } from './load-result.ts'
import { meanInterval } from './seconds-interval.ts'
import type { TargetSecond } from './target-seconds.ts'

const NS_PER_SEC = 1e9
/** Samples that begin later than this share of the counted part do not tell what its requests cost. */
const LATE_RATIO = 0.05
/** A share of less time is mostly chance. */
const EARLY_NS = 5e6
const SHORTEST_NS = 0.1e9
/** V8 works harder and harder from there on, and gives up at the end of it. */
const NEAR_LIMIT_RATIO = 0.9
const BYTES_PER_MIB = 2 ** 20

/** What `TargetSeconds` knows when a load has ended. */
export interface TargetFigures {
  readonly all: readonly TargetSecond[]
  readonly fromNs: number
  readonly others: number
  readonly child: string | undefined
  readonly wasLost: boolean
  readonly leftFiles: LeftFiles | undefined
  /** what V8 lets the old generation of its heap grow to */
  readonly oldLimitBytes?: number
}

type OwnSeries = Omit<Series, 'subject'>
type OwnMetric = Omit<Metric, 'subject'>

/** What is shown of a second, over time and as a whole. */
const PROPERTIES: readonly {
  readonly name: string
  readonly unit: Unit
  readonly of: (second: TargetSecond) => number
}[] = [
  { name: 'targetRss', unit: 'bytes', of: ({ memory }) => memory.rssBytes },
  { name: 'targetHeapUsed', unit: 'bytes', of: ({ memory }) => memory.heapUsedBytes },
  { name: 'targetCpu', unit: 'ratio', of: (second) => second.cpuNs / lengthNs(second) },
  { name: 'targetLoopBusy', unit: 'ratio', of: ({ busyRatio }) => busyRatio },
  { name: 'targetGcShare', unit: 'ratio', of: (second) => second.gcNs / lengthNs(second) },
]

/** A percentile of one second; the mean of such means nothing, so as a whole they are no metrics. */
const OVER_TIME_ONLY: typeof PROPERTIES = [
  { name: 'targetLoopDelayP99', unit: 'ns', of: ({ delayP99Ns }) => delayP99Ns },
  { name: 'targetLoopDelayMax', unit: 'ns', of: ({ delayMaxNs }) => delayMaxNs },
]

/** How the target's process was, second by second; memory as it was at each one's end. */
export function targetSeries(result: LoadResult, target: TargetFigures | undefined): OwnSeries[] {
  if (target === undefined || target.all.length === 0) return []
  const { fromNs } = target
  const endNs = result.plan.warmupNs + result.measuredNs
  const count = Math.ceil((endNs - fromNs) / NS_PER_SEC)
  if (!(count > 0)) return []
  let next = 0
  const seconds = Array.from({ length: count }, (_, index) => {
    const beginNs = fromNs + index * NS_PER_SEC
    const middleNs = (beginNs + Math.min(beginNs + NS_PER_SEC, endNs)) / 2
    while ((target.all[next]?.toNs ?? Number.POSITIVE_INFINITY) <= middleNs) next++
    const second = target.all[next]
    return second !== undefined && second.fromNs <= middleNs ? second : undefined
  })
  return [...PROPERTIES, ...OVER_TIME_ONLY].map(({ name, unit, of }) => ({
    name,
    unit,
    fromNs,
    everyNs: NS_PER_SEC,
    values: seconds.map((second) => (second === undefined ? null : of(second))),
  }))
}

/** What its process was like in the counted part, and what a request cost it. None of it gates: how steady it is has to be seen yet. */
export function targetMetrics(result: LoadResult, target: TargetFigures | undefined): OwnMetric[] {
  const counted = countedSeconds(result, target)
  const [first, last] = [counted[0], counted.at(-1)]
  if (target === undefined || first === undefined || last === undefined) return []
  const wholes = PROPERTIES.flatMap(({ name, unit, of }) => {
    const values = counted.map(of)
    return [
      metric(`${name}Mean`, unit, weightedMean(counted, of), values),
      metric(`${name}Max`, unit, highest(values), values),
    ]
  })
  const single = (name: string, unit: Unit, value: number): OwnMetric => metric(name, unit, value, [value])
  const longestGcs = counted.map(({ longestGcNs }) => longestGcNs)
  const delays = counted.map(({ delayMaxNs }) => delayMaxNs)
  return [
    ...cpuPerRequest(result, target),
    ...wholes,
    single('targetRssStart', 'bytes', first.memoryBefore.rssBytes),
    single('targetRssEnd', 'bytes', last.memory.rssBytes),
    single('targetHeapUsedStart', 'bytes', first.memoryBefore.heapUsedBytes),
    single('targetHeapUsedEnd', 'bytes', last.memory.heapUsedBytes),
    single('targetLoopDelayP99', 'ns', last.delaySoFarP99Ns),
    metric('targetLoopDelayMax', 'ns', highest(delays), delays),
    metric('targetGcPauseMax', 'ns', highest(longestGcs), longestGcs),
    ...(target.leftFiles === undefined ? [] : [single('targetFilesLeft', 'count', target.leftFiles.count)]),
  ]
}

/** What readers of these figures have to know. */
export function targetNotes(facts: { readonly target?: TargetFigures; readonly withoutAgent?: string }): RunNote[] {
  const { target, withoutAgent } = facts
  const notes: RunNote[] = []
  if (withoutAgent !== undefined) {
    notes.push({ code: 'NO_AGENT', message: `nothing is known of the inside of the target: ${withoutAgent}` })
  }
  if (target !== undefined && target.others > 0) {
    notes.push({
      code: 'MANY_PROCESSES',
      message: `the target takes requests in ${target.others + 1} processes; what is told of its inside is of one of them (${target.child ?? 'the one that was started'}), and CPU per request is left out`,
    })
  } else if (target?.child !== undefined) {
    notes.push({
      code: 'CHILD_PROCESS',
      message: `what is told of the target’s inside is of its process ${target.child}, which listens where it is driven; the process that was started is another one`,
    })
  }
  if (target?.wasLost === true) {
    notes.push({
      code: 'AGENT_LOST',
      message: 'the agent in the target stopped answering, so that its inside is known of a part of the time only',
    })
  }
  notes.push(...limitNotes(target))
  const { count, allowed } = target?.leftFiles ?? { count: 0, allowed: 0 }
  if (count > allowed) {
    notes.push({
      code: 'FILES_LEFT_OPEN',
      message: `the target has ${count.toLocaleString('en-US')} files open that it had not when the load had begun, sockets among them, seconds after all our connections were closed: it may not close what it opens for a request`,
    })
  }
  return notes
}

function limitNotes(target: TargetFigures | undefined): RunNote[] {
  if (target?.oldLimitBytes === undefined) return []
  const most = highest(target.all.map(({ memory }) => memory.heapUsedBytes))
  if (most < NEAR_LIMIT_RATIO * target.oldLimitBytes) return []
  const [used, limit] = [most, target.oldLimitBytes].map((bytes) => `${Math.round(bytes / BYTES_PER_MIB)} MiB`)
  return [
    {
      code: 'NEAR_HEAP_LIMIT',
      message: `the target’s heap came to ${used}, garbage and what is young included, and V8 ends it when full collections leave ${limit} of it; near that, they take more and more of its time`,
    },
  ]
}

/** User and system time of its process, from the first counted request to the last answer. */
function cpuPerRequest(result: LoadResult, target: TargetFigures): OwnMetric[] {
  const { warmupNs } = result.plan
  // Timers may fire a little before their time.
  const seconds = target.all.filter(({ fromNs }) => fromNs >= warmupNs - EARLY_NS)
  const lateNs = Math.abs((seconds[0]?.fromNs ?? 0) - warmupNs)
  const knowsAll =
    seconds.length > 0 && lateNs <= LATE_RATIO * result.measuredNs && !target.wasLost && target.others === 0
  // A call that was cancelled has cost the target something too.
  const requests = result.finished + result.cancelled
  if (requests === 0 || !knowsAll) return []
  const value = seconds.reduce((sum, { cpuNs }) => sum + cpuNs, 0) / requests
  const perSecond = countedSeconds(result, target).flatMap((second) => {
    const ended = endedDuring(result, second)
    return ended === undefined || ended === 0 ? [] : [second.cpuNs / ended]
  })
  const cost = metric('targetCpuPerRequest', 'ns', value, perSecond.length === 0 ? [value] : perSecond)
  return [perSecond.length < 2 ? cost : { ...cost, interval: meanInterval(value, perSecond) }]
}

/** Requests of the same second of the schedule, when there is one: they are counted from its beginning. */
function endedDuring({ seconds }: LoadResult, { fromNs, toNs }: TargetSecond): number | undefined {
  const index = Math.round(fromNs / NS_PER_SEC)
  const offNs = Math.max(Math.abs(fromNs - index * NS_PER_SEC), Math.abs(toNs - (index + 1) * NS_PER_SEC))
  const second = seconds[index]
  return offNs > LATE_RATIO * NS_PER_SEC || second === undefined ? undefined : second.finished + second.cancelled
}

/** Those of which enough lies in the counted part of the schedule: a stall that goes on beyond its end began within it. */
function countedSeconds({ plan, measuredNs }: LoadResult, target: TargetFigures | undefined): TargetSecond[] {
  const { warmupNs } = plan
  return (target?.all ?? []).filter(({ fromNs, toNs }) => {
    const withinNs = Math.min(toNs, warmupNs + measuredNs) - Math.max(fromNs, warmupNs)
    return withinNs >= SHORTEST_NS
  })
}

function metric(name: string, unit: Unit, value: number, perSecond: readonly number[]): OwnMetric {
  return {
    name,
    unit,
    better: 'lower',
    gates: false,
    value,
    evidence: { kind: 'repetitions', values: [...perSecond] },
  }
}

/** A target that stands still makes one second of several. */
function weightedMean(seconds: readonly TargetSecond[], of: (second: TargetSecond) => number): number {
  const totalNs = seconds.reduce((sum, second) => sum + lengthNs(second), 0)
  return seconds.reduce((sum, second) => sum + of(second) * lengthNs(second), 0) / totalNs
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

function lengthNs({ fromNs, toNs }: TargetSecond): number {
  return toNs - fromNs
}
