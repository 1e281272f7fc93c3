import { budgetName } from '../config/index.ts'
import { type LoadResult, ownLimits } from '../load/index.ts'
import { type Budget, countBeyond, type TrialVerdict } from '../run/index.ts'
import { median, shareWithin } from '../stats/index.ts'
import { lateTogether } from './late-together.ts'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
/** docs/methodology.md: what succeeded in its time, of what was offered. */
const ACHIEVED_RATIO = 0.99
/** Requests on their way when the counting begins are others than those when it ends, and some more or fewer. */
const EDGE_REQUESTS = 2
/** Fewer answers have no middle to speak of, and a shorter rise is none. */
const FEWEST_OF_THIRD = 5
const LEAST_RISE_NS = 5 * NS_PER_MS
/** As probable as this, it was kept; as improbable, it was broken; between them there were too few requests to tell. */
const MET_FROM = 0.9
const BROKEN_TO = 1 - MET_FROM
/** The generator's lateness shows where a request is sent, and again where its answer is read. */
const LATE_TWICE = 2
/**
 * What comes so late comes together with what is due then: a bunch that nobody asked for, and that a target may refuse. At low
 * rates it takes more: the time in which others are due.
 */
const BUNCHED_FROM_NS = 2 * NS_PER_MS
const BUNCHED_REQUESTS = 2
/** With more of them, what succeeded says what bunches made of the target. */
const MOST_BUNCHED_RATIO = 0.02
/** What comes of less is no shortage that would tell of a capacity. */
const SHORT_RATIO = 0.99
/** Connections, or places under way, are all taken when what is asked, times how long an answer takes, is about as many (Little's law). */
const BUSY_PLACES = 0.9
/** A target that takes so much longer than for a single client is what keeps the connections busy. */
const SLOWER_FACTOR = 3

export interface Judgement {
  readonly verdict: TrialVerdict
  /** how probable it is that the objective was kept */
  readonly metRatio: number
  /** why it was not met */
  readonly reasons: readonly string[]
  /** whether less succeeded than was offered, and that because of the target */
  readonly isShort: boolean
}

interface Criterion {
  readonly metRatio: number
  /** the same, had the generator been punctual */
  readonly punctualRatio: number
  readonly reason: string
}

/** How far the generator was from what it should have done. */
interface Lateness {
  /** what it adds to an answer's time */
  readonly addsNs: number
  /** requests that came in bunches, as far as requests failed */
  readonly forgiven: number
}

/**
 * Whether a target kept to an objective, and whose fault it was when it did not. What was met was met, however late the generator came: that makes
 * answers later and never earlier. What was broken counts against the target only if it still is when twice the generator's own
 * lateness is taken off and a failure for each request that came late, if the generator could open the connections it needed, and
 * if there were enough of them.
 *
 * @param idleServiceNs - how long the target takes for one client alone
 */
export function judgeTrial(result: LoadResult, objective: readonly Budget[], idleServiceNs: number): Judgement {
  const { sendLag } = result.times
  const fromNs = (BUNCHED_REQUESTS * NS_PER_SEC) / Math.max(1, offeredPerSec(result))
  const bunched = countBeyond(sendLag, Math.max(BUNCHED_FROM_NS, fromNs))
  const lateness: Lateness = {
    addsNs: LATE_TWICE * sendLag.getValueAtPercentile(99),
    forgiven: Math.min(result.failed, bunched),
  }
  const criteria = [
    ...objective.map((budget) =>
      budget.quantileRatio === undefined ? ofErrors(result, budget, lateness) : ofQuantile(result, budget, lateness),
    ),
    ofGoodput(result, objective, lateness),
  ]
  const metRatio = least(criteria.map((criterion) => criterion.metRatio))
  if (metRatio >= MET_FROM) return { verdict: 'met', metRatio, reasons: [], isShort: false }
  const broken = criteria.filter((criterion) => criterion.metRatio < MET_FROM).map(({ reason }) => reason)
  const unusable = (why: string): Judgement => ({
    verdict: 'unusable',
    metRatio: 0.5,
    reasons: [why, ...broken],
    isShort: false,
  })
  const [own] = ownLimits(result.outcomes)
  if (own !== undefined) return unusable(own)
  const punctualRatio = least(criteria.map((criterion) => criterion.punctualRatio))
  if (punctualRatio >= MET_FROM) return unusable(cameLate(result))
  const lacking = lacksPlaces(result, idleServiceNs)
  if (lacking !== undefined) return unusable(lacking)
  return {
    verdict: punctualRatio <= BROKEN_TO ? 'broken' : 'undecided',
    metRatio: punctualRatio,
    reasons:
      punctualRatio <= BROKEN_TO
        ? broken
        : [`too few requests to tell (${result.finished}, and those that are late together count once)`, ...broken],
    isShort:
      result.goodputPerSec < SHORT_RATIO * offeredPerSec(result) && bunched <= MOST_BUNCHED_RATIO * result.offered,
  }
}

export function offeredPerSec({ offered, measuredNs }: LoadResult): number {
  return measuredNs === 0 ? 0 : (offered * NS_PER_SEC) / measuredNs
}

/** What was never sent has had no answer in time either. What was late together tells as much as fewer. */
function ofQuantile(result: LoadResult, budget: Budget, { addsNs }: Lateness): Criterion {
  const { response, finished, dropped } = result
  const { quantileRatio = 0.5, limit } = budget
  const of = finished + dropped
  const untold = of - response.totalCount
  const together = lateTogether(result, limit)
  const within = (limitNs: number): number =>
    shareWithin((countBeyond(response, limitNs) + untold) / together, of / together, 1 - quantileRatio)
  const seen = response.getValueAtPercentile(100 * quantileRatio) / NS_PER_MS
  return {
    metRatio: within(limit),
    punctualRatio: within(limit + addsNs),
    reason: `${budgetName(budget)} was ${Number(seen.toPrecision(3))} ms, of ${limit / NS_PER_MS} ms allowed`,
  }
}

function ofErrors({ failed, finished }: LoadResult, { limit }: Budget, { forgiven }: Lateness): Criterion {
  return {
    metRatio: shareWithin(failed, finished, limit),
    punctualRatio: shareWithin(failed - forgiven, finished, limit),
    reason: `${percent(failed / Math.max(1, finished))} failed, of ${percent(limit)} allowed`,
  }
}

/**
 * A target that falls behind answers later and later, whatever the limits: it shows here first. What was answered too late for its
 * time, by a target that did not become slower from the beginning to the end, was held up at the end and is no shortage.
 */
function ofGoodput(result: LoadResult, objective: readonly Budget[], { addsNs, forgiven }: Lateness): Criterion {
  const { offered, succeededInWindow, responseOk, measuredNs } = result
  const allowedErrors = objective.find(({ quantileRatio }) => quantileRatio === undefined)?.limit ?? 0
  const shareOf = (count: number): number => (count + EDGE_REQUESTS) / Math.max(1, offered)
  const achieved = shareOf(succeededInWindow)
  const needed = ACHIEVED_RATIO * (1 - allowedErrors)
  const isHeldUp = achieved < needed && shareOf(responseOk.totalCount) >= needed && !fallsBehind(result)
  return {
    metRatio: Number(achieved >= needed || isHeldUp),
    punctualRatio: Number(
      isHeldUp || achieved + forgiven / Math.max(1, offered) >= needed - addsNs / Math.max(1, measuredNs),
    ),
    reason: `${percent(succeededInWindow / Math.max(1, offered))} of what was offered succeeded in its time, and ${percent(needed)} has to`,
  }
}

/** Whether answers of the last third took longer than those of the first, by as much as a queue that grows by a hundredth. */
function fallsBehind({ sample, measuredNs }: LoadResult): boolean {
  const third = Math.floor(sample.length / 3)
  if (third < FEWEST_OF_THIRD) return true
  const times = sample
    .toSorted((left, right) => left.intendedNs - right.intendedNs)
    .map(({ intendedNs, endNs }) => endNs - intendedNs)
  const riseNs = median(times.slice(-third)) - median(times.slice(0, third))
  return riseNs > Math.max(LEAST_RISE_NS, (2 / 3) * measuredNs * (1 - ACHIEVED_RATIO))
}

function cameLate({ times }: LoadResult): string {
  const lateMs = times.sendLag.getValueAtPercentile(99) / NS_PER_MS
  return `the generator came late to what was due (p99 ${lateMs.toFixed(1)} ms): without that the objective may have been kept`
}

/** @returns which of the generator's own bounds was reached while the target was as quick as for one client alone */
function lacksPlaces(
  { plan, times, perConnection, offered, measuredNs }: LoadResult,
  idleServiceNs: number,
): string | undefined {
  const { traffic } = plan
  if (traffic.loop === 'closed' || times.service.totalCount === 0) return undefined
  const busy = (times.service.mean * offered) / Math.max(1, measuredNs)
  if (times.service.getValueAtPercentile(50) > SLOWER_FACTOR * idleServiceNs) return undefined
  const { maxConnections, maxInFlight } = traffic
  const asQuick = 'while the target answered as quickly as it answers one client alone'
  if (busy >= BUSY_PLACES * maxConnections * perConnection) {
    return `all ${maxConnections.toLocaleString('en-US')} connections were busy ${asQuick}`
  }
  if (busy < BUSY_PLACES * maxInFlight) return undefined
  return `${maxInFlight.toLocaleString('en-US')} requests were under way, and more were not sent, ${asQuick}`
}

function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(3))} %`
}

function least(values: readonly number[]): number {
  return Math.min(...values)
}
