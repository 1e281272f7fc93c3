import { PerfKitError } from '../errors/index.ts'
import type { LoadOptions } from '../load/index.ts'
import type { Budget } from '../run/index.ts'
import type { CapacityOptions } from './capacity-options.ts'

const NS_PER_SEC = 1e9
/** The generator's own limit, and a slip of the hand beyond it. */
const MOST_PER_SEC = 1_000_000
const FINEST_RATIO = 0.005
const COARSEST_RATIO = 0.5
const SHORTEST_TRIAL_NS = 0.2e9
const FEWEST_TRIALS = 4
const MOST_TRIALS = 100
/** A rate of fewer requests in a trial is none that a trial could judge. */
const FEWEST_REQUESTS = 20
/** Of what they limit: so many requests, and none of them beyond, begin to tell. */
const REQUESTS_PER_SHARE = 1
const LONGEST_FACTOR = 3
/** What waits for an overloaded target is bounded, so that it has soon worked it off. */
const IN_FLIGHT_NS = NS_PER_SEC
const FEWEST_IN_FLIGHT = 64
const MOST_IN_FLIGHT = 200_000
/** The longest limit, and what the target takes by itself. */
const TIMES_OF_WAIT = 4
const LIMITS_OF_TIMEOUT = 10
const SHORTEST_TIMEOUT_NS = 5 * NS_PER_SEC

/** All that a search has to know, with its defaults. */
export interface CapacitySettings {
  readonly objective: readonly Budget[]
  readonly precisionRatio: number
  readonly maxDurationNs: number
  readonly trialNs: number
  readonly warmupNs: number
  readonly startRatePerSec: number | undefined
  readonly lowestPerSec: number
  readonly highestPerSec: number
  readonly mostTrials: number
  readonly timeoutNs: number
}

/** @throws {PerfKitError} `LOAD_INVALID` with all that is wrong */
export function capacitySettings(options: CapacityOptions): CapacitySettings {
  const { objective, precisionRatio = 0.03, maxDurationNs = 120e9, trialNs = 5e9, mostTrials = 12 } = options
  const { warmupNs = Math.min(2e9, Math.max(0.2e9, trialNs / 5)), startRatePerSec, maxRatePerSec } = options
  const highestPerSec = maxRatePerSec ?? MOST_PER_SEC
  const lowestPerSec = Math.min(
    highestPerSec,
    startRatePerSec ?? highestPerSec,
    (FEWEST_REQUESTS * NS_PER_SEC) / trialNs,
  )
  const checks: readonly (readonly [boolean, string])[] = [
    [objective.length > 0, 'there is no objective: without a limit no rate is too high'],
    [
      objective.every(({ metric, limit }) => (metric === 'responseTime' || metric === 'errorRatio') && limit > 0),
      'an objective limits quantiles of the response time, and errors',
    ],
    [
      precisionRatio >= FINEST_RATIO && precisionRatio <= COARSEST_RATIO,
      `a precision must be from ${100 * FINEST_RATIO} % to ${100 * COARSEST_RATIO} %`,
    ],
    [trialNs >= SHORTEST_TRIAL_NS, `a trial must last ${SHORTEST_TRIAL_NS / 1e6} ms or longer`],
    [warmupNs > 0, 'a trial needs some warm-up, in which its connections are opened'],
    [
      maxDurationNs >= FEWEST_TRIALS * (trialNs + warmupNs),
      `the whole must last as long as ${FEWEST_TRIALS} trials of ${(trialNs + warmupNs) / NS_PER_SEC} s at least`,
    ],
    [highestPerSec > 0 && highestPerSec <= MOST_PER_SEC, `rates must be from above 0 to ${MOST_PER_SEC}/s`],
    [startRatePerSec === undefined || startRatePerSec > 0, 'the first rate must be above 0'],
    [
      startRatePerSec === undefined || startRatePerSec <= highestPerSec,
      `the first rate, ${startRatePerSec}/s, is above the highest, ${highestPerSec}/s`,
    ],
    [
      Number.isInteger(mostTrials) && mostTrials >= FEWEST_TRIALS && mostTrials <= MOST_TRIALS,
      `trials must be a whole number from ${FEWEST_TRIALS} to ${MOST_TRIALS}`,
    ],
  ]
  const problems = checks.filter(([isRight]) => !isRight).map(([, problem]) => problem)
  if (problems.length > 0) {
    throw new PerfKitError('LOAD_INVALID', problems.join('; '), { remedy: 'Correct that; see docs/capacity.md.' })
  }
  const timeoutNs = options.timeoutNs ?? Math.max(SHORTEST_TIMEOUT_NS, LIMITS_OF_TIMEOUT * longestLimitNs(objective))
  return {
    objective,
    precisionRatio,
    maxDurationNs,
    trialNs,
    warmupNs,
    startRatePerSec,
    lowestPerSec,
    highestPerSec,
    mostTrials,
    timeoutNs,
  }
}

/** A trial's counted part: longer at rates of few requests, because a share of them says little. */
export function trialDurationNs({ objective, trialNs }: CapacitySettings, ratePerSec: number, factor: number): number {
  const shares = objective.map(({ quantileRatio, limit }) => (quantileRatio === undefined ? limit : 1 - quantileRatio))
  const requests = REQUESTS_PER_SHARE / Math.min(...shares)
  const neededNs = Math.min(LONGEST_FACTOR * trialNs, (requests / ratePerSec) * NS_PER_SEC)
  return Math.round(Math.max(trialNs, neededNs) * factor)
}

export interface TrialLength {
  readonly ratePerSec: number
  readonly durationNs: number
  /** how long the target takes for one client alone; default 0 */
  readonly idleServiceNs?: number
}

/** The load of a trial. The rate rises while it warms up: connections are opened one after another, and not all at once. */
export function trialLoad(
  { warmupNs, timeoutNs, objective }: CapacitySettings,
  { ratePerSec, durationNs, idleServiceNs = 0 }: TrialLength,
): Pick<LoadOptions, 'loop' | 'phases' | 'warmupNs' | 'timeoutNs' | 'maxInFlight'> {
  const riseNs = Math.round(warmupNs / 2)
  const waitNs = Math.max(IN_FLIGHT_NS, TIMES_OF_WAIT * longestLimitNs(objective), TIMES_OF_WAIT * idleServiceNs)
  const inFlight = Math.ceil((ratePerSec * waitNs) / NS_PER_SEC)
  return {
    loop: 'open',
    phases: [
      { from: ratePerSec / 10, to: ratePerSec, durationNs: riseNs },
      { from: ratePerSec, to: ratePerSec, durationNs: warmupNs - riseNs + durationNs },
    ],
    warmupNs,
    timeoutNs,
    maxInFlight: Math.min(MOST_IN_FLIGHT, Math.max(FEWEST_IN_FLIGHT, inFlight)),
  }
}

/** 0 where only errors are limited. */
function longestLimitNs(objective: readonly Budget[]): number {
  return Math.max(0, ...objective.map(({ quantileRatio, limit }) => (quantileRatio === undefined ? 0 : limit)))
}
