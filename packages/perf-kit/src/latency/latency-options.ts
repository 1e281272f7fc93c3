import type { LoadOptions, LoadResult, StartedTarget } from '../load/index.ts'
import type { Budget, Run } from '../run/index.ts'

/**
 * At which load latency is measured:
 * - `clients`: a closed loop of so many, each of which waits for its answer
 * - `ratePerSec`: an open loop of so many requests a second, whatever comes back
 * - `capacityRatio`: an open loop at this share of what the target can do, which is measured first
 */
export type LatencyLevel =
  | { readonly clients: number }
  | { readonly ratePerSec: number }
  | { readonly capacityRatio: number }

/** What is asked, of whom, and at which loads. */
export interface LatencyOptions extends Omit<LoadOptions, 'loop' | 'phases' | 'spikes' | 'warmupNs' | 'onSecond'> {
  /** default: 10, 50 and 80 % of the target's capacity */
  readonly levels?: readonly LatencyLevel[]
  /** of each level, its warm-up not counted; default 10 s */
  readonly durationNs?: number
  /** of each level, before it counts; default 2 s */
  readonly warmupNs?: number
  /** of the search for the capacity: clients that ask as fast as they can; default 50 */
  readonly capacityClients?: number
  /** what each level has to keep to */
  readonly budgets?: readonly Budget[]
  /** what was started to be measured: looked into at each level, if it has an agent */
  readonly target?: StartedTarget
  /** default: `latency` */
  readonly suite?: string
  /** which variant of the suite; default: `default` */
  readonly configuration?: string
  /** subjects tell how long levels last too, as those of what is compared have to; default no */
  readonly tellTimes?: boolean
  readonly source?: Run['source']
  readonly onProgress?: (progress: LatencyProgress) => void
}

export interface LatencyProgress {
  /** what is measured at the moment: `50 % of capacity` */
  readonly level: string
  /** from 0 */
  readonly index: number
  /** the search for the capacity among them */
  readonly count: number
  /** grows as answers come in */
  readonly result: LoadResult
}
