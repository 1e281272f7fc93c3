import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { ArrivalKind } from './load-plan.ts'
import type { Schedule } from './schedule.ts'

/** Which of N threads: thread `index` sends arrivals number index, index + N, index + 2N … of the one schedule. */
export interface ThreadShare {
  readonly index: number
  readonly of: number
}

export interface ArrivalOptions {
  readonly kind: ArrivalKind
  /** the same seed gives the same arrivals, however many threads share them */
  readonly seed: number
  readonly share: ThreadShare
}

/** The intended send times of one thread, from an open-loop schedule of rates. */
export class Arrivals {
  readonly #schedule: Schedule
  readonly #share: ThreadShare
  readonly #gap: () => number
  #count: number
  #number = -1

  constructor(schedule: Schedule, { kind, seed, share }: ArrivalOptions) {
    this.#schedule = schedule
    this.#share = share
    const random = xoroshiro128plus(seed)
    // Gaps of a rate of one: exponential ones by inversion, never of zero's logarithm.
    this.#gap = kind === 'constant' ? () => 1 : () => -Math.log(1 - uniformFloat64(random))
    this.#count = kind === 'constant' ? -1 : 0
  }

  /** @returns ns from the schedule's beginning, never less than the time before; `undefined` when there is none left */
  next(): number | undefined {
    const { index, of } = this.#share
    do {
      this.#count += this.#gap()
      this.#number++
    } while (this.#number % of !== index)
    return this.#schedule.timeOf(this.#count)
  }
}
