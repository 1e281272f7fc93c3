import { PerfKitError } from '../errors/index.ts'
import { judgeCollected } from './collected-judgement.ts'
import { type GrowthJudgement, type GrowthRule, judgeGrowth } from './growth-judgement.ts'
import { short } from './growth-words.ts'
import type { SeenValue } from './lowest-rows.ts'
import { type MemoryRecord, pointsOf } from './memory-record.ts'
import { judgedByQuiet } from './quiet-change.ts'
import type { GrowthClock, Per, RequestClock } from './request-clock.ts'
import { judgedWithGarbage } from './resident-break.ts'
import { MUCH_GARBAGE_BYTES, type Signal, type SignalName } from './signals.ts'

const NS_PER_SEC = 1e9
const SEC_PER_HOUR = 3600
const BYTES_PER_MB = 1e6
/** Half of the smallest leak that anybody would look for: an object without properties has 16 bytes, and what refers to it 8. */
const LEAST: Readonly<Record<Signal['unit'], Readonly<Record<Per, number>>>> = {
  bytes: { request: 8, second: 1000 },
  count: { request: 1e-4, second: 0.01 },
}
/** What is resident goes up and down by whole pages, with what the allocator and the system do: so many times as much counts there. */
const RESIDENT_TIMES = 8
/** What grows a second is seldom known so well within minutes as what grows a request: so many times as much is still steady. */
const STEADY_TIMES = 4
/** Of the time, that a signal has to be seen for before it is called steady. */
const SEEN_RATIO = 3 / 4
/** Times the usual distance of samples: longer, and nobody has looked. What takes long to count is counted every other time or so. */
const GAP_TIMES = 5

export interface LeastGrowth {
  /** slower growth of memory is none, for each request, or each second where nobody counts them; of resident memory, eight times as much. Default 8 and 1000 */
  readonly leastBytes?: number
  /** the same of sockets and what else is counted; default 0.0001 and 0.01 */
  readonly leastCount?: number
  /** where requests are counted: slower growth of memory a second is none either, however few bytes a request that is. Default 1000: 3.6 MB an hour */
  readonly leastBytesPerSec?: number
  /** the same of sockets and what else is counted; default 0.01 */
  readonly leastCountPerSec?: number
}

/** Whether one kind of memory, or of what is counted, grows for ever. */
export interface SignalVerdict extends GrowthJudgement {
  readonly signal: SignalName
  readonly unit: Signal['unit']
  /** what `each` is for */
  readonly per: Per
  /** how much it has grown an hour, also while nothing was asked: MB of memory are 10⁶ bytes of these */
  readonly perHour?: number
  /** how much it may have grown an hour at most: the upper end of the interval of 95 % */
  readonly mostPerHour?: number
  /** the time that was judged: the warm-up, and growth that has ended, are left out */
  readonly judgedNs?: number
  /** of an inconclusive one: a run as long as this would do, as far as can be told */
  readonly enoughNs?: number
}

/** @throws {PerfKitError} `OUT_OF_RANGE` */
export function requireBounds({ leastBytes, leastCount, leastBytesPerSec, leastCountPerSec }: LeastGrowth): void {
  for (const [name, bound] of Object.entries({ leastBytes, leastCount, leastBytesPerSec, leastCountPerSec })) {
    if (bound === undefined || (Number.isFinite(bound) && bound > 0)) continue
    throw new PerfKitError('OUT_OF_RANGE', `${name} ${bound} bounds no growth`, { remedy: 'Give a number above 0.' })
  }
}

interface Clocks {
  /** unless nobody counts requests */
  readonly requests: RequestClock | undefined
  readonly seconds: GrowthClock
}

/**
 * By both clocks: what each request leaves, and what leaves something whether anything is asked or not, such as a timer. It leaks if it does by either, and is
 * steady by both only.
 */
export function judgeSignal(signal: Signal, record: MemoryRecord, clocks: Clocks, least: LeastGrowth): SignalVerdict {
  const seen = record.seen(signal.name)
  if (seen.length === 0) return notSeen(signal, clocks)
  const bySecond = judgedBy(clocks.seconds, signal, record, seen, ruleOf(signal, 'second', record, clocks, least))
  const byRequest =
    clocks.requests && judgedBy(clocks.requests, signal, record, seen, ruleOf(signal, 'request', record, clocks, least))
  const both = byRequest === undefined ? [bySecond] : [byRequest, bySecond]
  const found = (['leaking', 'inconclusive'] as const).flatMap((state) => both.filter((each) => each.state === state))
  const [told = bySecond] = [...found, ...both]
  const judged = judgedOfAll(told, signal, record, seen, clocks)
  const perSec = perSecondOf(told, bySecond, clocks)
  const hourly = perSec === undefined ? {} : { perHour: perSec * SEC_PER_HOUR }
  const most = bySecond.each === undefined ? {} : { mostPerHour: bySecond.each.high * SEC_PER_HOUR }
  const judgedNs = bySecond.over === undefined ? {} : { judgedNs: bySecond.over * NS_PER_SEC }
  const enough = judged.timesAsLong === undefined ? {} : { enoughNs: judged.timesAsLong * record.lastedNs }
  return {
    signal: signal.name,
    unit: signal.unit,
    per: told === byRequest ? 'request' : 'second',
    ...judged,
    because: judged.because === told.because ? withHours(judged, perSec, bySecond, signal) : judged.because,
    ...hourly,
    ...most,
    ...judgedNs,
    ...enough,
  }
}

function judgedBy(
  clock: GrowthClock,
  signal: Signal,
  record: MemoryRecord,
  seen: readonly SeenValue[],
  rule: GrowthRule,
): GrowthJudgement {
  const points = pointsOf(seen, clock)
  if (signal.kind === 'collected') {
    return judgeCollected({ left: pointsOf(record.left(signal.name), clock), held: points }, rule)
  }
  const judgement = judgeGrowth(points, rule)
  return holdsGarbage(signal, record) ? judgedWithGarbage(judgement, seen, clock, rule.leastInAll) : judgement
}

/** What quiet tells of counts, and that what was not seen is not steady. */
function judgedOfAll(
  judgement: GrowthJudgement,
  { unit, leastInAll }: Signal,
  record: MemoryRecord,
  seen: readonly SeenValue[],
  { requests }: Clocks,
): GrowthJudgement {
  const known =
    unit === 'bytes' || requests === undefined
      ? judgement
      : judgedByQuiet(judgement, seen, record.requests, requests, leastInAll)
  const seenNs = timeSeen(seen, record)
  if (known.state !== 'steady' || seenNs >= SEEN_RATIO * record.lastedNs) return known
  const because = `it was seen for ${Math.round((100 * seenNs) / record.lastedNs)} % of the time only`
  return { ...known, state: 'inconclusive', because }
}

/** Without the times between two values in which it was not seen, such as between two parts of a watch. */
function timeSeen(seen: readonly SeenValue[], { lastedNs, samples }: MemoryRecord): number {
  const longestNs = (GAP_TIMES * lastedNs) / Math.max(1, samples - 1)
  return seen.reduce((sum, { fromNs, toNs }, index) => {
    const gapNs = fromNs - (seen[index - 1]?.toNs ?? fromNs)
    return sum + (toNs - fromNs) + (gapNs <= longestNs ? gapNs : 0)
  }, 0)
}

/** Of a leak by requests that seconds do not show, for there was quiet too: at this load. */
function perSecondOf(told: GrowthJudgement, bySecond: GrowthJudgement, { requests }: Clocks): number | undefined {
  if (told === bySecond || told.state !== 'leaking' || bySecond.state === 'leaking') return bySecond.each?.value
  return told.each === undefined || requests === undefined ? undefined : told.each.value * requests.perSec
}

function notSeen({ name, unit }: Signal, { requests }: Clocks): SignalVerdict {
  return {
    signal: name,
    unit,
    per: requests === undefined ? 'second' : 'request',
    state: 'inconclusive',
    because: 'nobody tells of it',
    points: 0,
  }
}

/** Memory in which garbage lies that no collection of ours tells of: that of a process without an agent, and of heaps of worker threads. */
function holdsGarbage({ name }: Signal, record: MemoryRecord): boolean {
  return name === 'rss' || (name === 'rssResidual' && record.hasWorkers)
}

function ruleOf(signal: Signal, per: Per, record: MemoryRecord, clocks: Clocks, least: LeastGrowth): GrowthRule {
  const { name, unit } = signal
  const times = name === 'rss' || name === 'rssResidual' ? RESIDENT_TIMES : 1
  const ofAll = unit === 'bytes' ? least.leastBytes : least.leastCount
  const ofSeconds = unit === 'bytes' ? least.leastBytesPerSec : least.leastCountPerSec
  const given = per === 'request' ? ofAll : clocks.requests === undefined ? (ofSeconds ?? ofAll) : ofSeconds
  const rate = times * (given ?? LEAST[unit][per])
  return {
    least: rate,
    ...(per === 'second' && clocks.requests !== undefined ? { steadyBelow: STEADY_TIMES * rate } : {}),
    leastInAll: leastInAllOf(signal, record),
    riseAtEnd: signal.leastInAll,
    unit: unit === 'bytes' ? `bytes a ${per}` : `a ${per}`,
  }
}

/** A heap may grow by as much as it has before V8 collects it. */
function leastInAllOf(signal: Signal, record: MemoryRecord): number {
  if (!holdsGarbage(signal, record)) return signal.leastInAll
  return Math.max(MUCH_GARBAGE_BYTES, record.seen(signal.name)[0]?.lowest ?? 0)
}

/** What is little for each request may be much in a day. */
function withHours(
  { state, because }: GrowthJudgement,
  perSec: number | undefined,
  { each }: GrowthJudgement,
  { unit }: Signal,
): string {
  if (state === 'inconclusive' || each === undefined || perSec === undefined) return because
  const hourly = (perSec: number): string => {
    const value = perSec * SEC_PER_HOUR
    return unit === 'bytes' ? `${short(value / BYTES_PER_MB)} MB an hour` : `${short(value)} an hour`
  }
  return state === 'leaking'
    ? `${because}, ${hourly(perSec)}`
    : `${because}, by ${hourly(Math.max(0, each.high))} at most`
}
