import type { GrowthPoint } from './growth-points.ts'
import { LowestRows, type SeenValue } from './lowest-rows.ts'
import type { MemorySample } from './memory-sample.ts'
import type { GrowthClock } from './request-clock.ts'
import { RequestKnots } from './request-knots.ts'
import { COLLECTED, type Reading, SAMPLED, type SignalName } from './signals.ts'

const COLLECTED_NAMES = COLLECTED.map(({ name }) => name)
const NAMES: readonly SignalName[] = [...COLLECTED_NAMES, ...SAMPLED.map(({ name }) => name)]

/** What a verdict needs of all samples of a process, in a MB, however many there are. */
export class MemoryRecord {
  readonly requests = new RequestKnots()
  readonly #seen = new LowestRows(NAMES.length)
  readonly #left = new LowestRows(COLLECTED_NAMES.length)
  #samples = 0
  #inside = 0
  #fromNs = 0
  #toNs = 0
  #hasWorkers = false

  get samples(): number {
    return this.#samples
  }

  get fromNs(): number {
    return this.#fromNs
  }

  get lastedNs(): number {
    return this.#toNs - this.#fromNs
  }

  /** Of the samples, those in which the process has told of itself. */
  get insideRatio(): number {
    return this.#samples === 0 ? 0 : this.#inside / this.#samples
  }

  /** Whether it has had worker threads, whose heaps are in its resident memory only. */
  get hasWorkers(): boolean {
    return this.#hasWorkers
  }

  /** @param sample - not before the last one; of the same process */
  add(sample: MemorySample): void {
    if (this.#samples === 0) this.#fromNs = sample.atNs
    this.#samples++
    this.#toNs = sample.atNs
    this.requests.add(sample)
    const { inside } = sample
    if (inside !== null) {
      this.#inside++
      this.#hasWorkers ||= inside.workers > 0
      // Those before the first sample are of another watch.
      for (const { endNs, ...reading } of inside.collections) {
        if (endNs >= this.#fromNs) this.#left.add(endNs, collectedValues(reading))
      }
    }
    const held = inside === null ? COLLECTED.map(() => Number.NaN) : collectedValues(inside)
    // What a full collection has left is the lowest until the next one: ArrayBuffers are given back by a thread of V8's, a moment after it.
    this.#left.lowerLast(held)
    this.#seen.add(sample.atNs, [...held, ...SAMPLED.map(({ of }) => of(sample) ?? Number.NaN)])
  }

  /** All that was seen of a signal, garbage included. */
  seen(name: SignalName): readonly SeenValue[] {
    return this.#seen.column(NAMES.indexOf(name))
  }

  /** What full collections have left of one. */
  left(name: SignalName): readonly SeenValue[] {
    return this.#left.column(COLLECTED_NAMES.indexOf(name))
  }
}

/** The lowest of each stretch that lies within what the clock counts. */
export function pointsOf(seen: readonly SeenValue[], clock: GrowthClock): readonly GrowthPoint[] {
  return seen.flatMap(({ fromNs, toNs, lowest }) => {
    const [from, to] = [clock.at(fromNs), clock.at(toNs)]
    return from === undefined || to === undefined ? [] : [{ x: (from + to) / 2, y: lowest }]
  })
}

function collectedValues(reading: Reading): readonly number[] {
  return COLLECTED.map(({ of }) => of(reading))
}
