import type { LoadOptions, LoadResult, StartedTarget } from '../load/index.ts'
import type { Budget, CapacityTrial, Run } from '../run/index.ts'

/** What is asked, of whom, and what it has to keep to. */
export interface CapacityOptions
  extends Omit<LoadOptions, 'loop' | 'phases' | 'spikes' | 'thinkNs' | 'warmupNs' | 'maxInFlight' | 'onSecond'> {
  /** limits of response time's quantiles and of the share of errors, at least one; `parseObjective` reads `p99<200ms,errors<0.1%` */
  readonly objective: readonly Budget[]
  /** how narrow the interval has to be: 0.03 for 3 %, which is the default */
  readonly precisionRatio?: number
  /** of the whole search, after which no trial begins; default 2 min */
  readonly maxDurationNs?: number
  /** of a trial, its warm-up not counted; default 5 s. Rates of few requests take longer, up to three times this */
  readonly trialNs?: number
  /** of a trial, before it counts; default a fifth of it, from 0.2 s to 2 s */
  readonly warmupNs?: number
  /** default: found out with 50 clients that ask as fast as they can */
  readonly startRatePerSec?: number
  /** default: what the generator will send at most */
  readonly maxRatePerSec?: number
  /** that which finds out where to begin included; default 12 */
  readonly mostTrials?: number
  /** of a request; default 5 s, or ten times the longest limit: what is later than that has failed */
  readonly timeoutNs?: number
  /** what was started to be measured: looked into at each trial, if it has an agent */
  readonly target?: StartedTarget
  /** default: `capacity` */
  readonly suite?: string
  /** which variant of the suite; default: `default` */
  readonly configuration?: string
  readonly source?: Run['source']
  readonly onProgress?: (progress: CapacityProgress) => void
  /** told of each trial when it has ended */
  readonly onTrial?: (trial: CapacityTrial) => void
}

export interface CapacityProgress {
  readonly phase: CapacityTrial['phase']
  /** null for clients */
  readonly ratePerSec: number | null
  /** of the trial, from 1 */
  readonly number: number
  /** grows as answers come in */
  readonly result: LoadResult
}
