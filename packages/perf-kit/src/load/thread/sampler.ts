import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { parseServerTiming } from '../../protocol/index.ts'
import type { SampleColumns } from '../request-sample.ts'

/** A server names a handful of things; one that makes up a new name a request shall not fill our memory. */
const MOST_NAMES = 16
const OTHERS = 'others'
const FIRST_CAPACITY = 1024
/** 2³² ÷ the golden ratio (Knuth, vol. 3, §6.4). */
const GOLDEN_RATIO_BITS = 0x9e3779b1

/** What is noted of a request that was drawn. */
export interface RequestTimes {
  readonly intendedNs: number
  readonly takenNs: number
  readonly sentNs: number
  readonly headNs: number
  readonly endNs: number
}

/**
 * A sample in which each answered request is as likely to be as any other, in memory that does not grow with their number
 * (reservoir sampling, algorithm L; Li 1994: how many are passed over is drawn, and not each of them). What a server says of its own time is read for those that are drawn only.
 */
export class Sampler {
  readonly #size: number
  readonly #uniform: () => number
  readonly #columns: Record<keyof RequestTimes, Column>
  readonly #timings = new Map<string, Column>()
  #seen = 0
  #kept = 0
  /** the number of the request that is drawn next, once all places are taken */
  #next: number
  #weight = 1

  /** @param size - requests kept at most */
  constructor(size: number, seed: number) {
    this.#size = size
    // Small seeds that follow each other begin alike: spread over all bits, they do not.
    const random = xoroshiro128plus(Math.imul(seed + 1, GOLDEN_RATIO_BITS))
    // Never 0, whose logarithm is no number.
    this.#uniform = () => 1 - uniformFloat64(random)
    this.#next = size - 1
    this.#passOver()
    const column = (): Column => new Column(size)
    this.#columns = {
      intendedNs: column(),
      takenNs: column(),
      sentNs: column(),
      headNs: column(),
      endNs: column(),
    }
  }

  /** Of each answer, when its head is there. @returns the place for it; −1 when it was not drawn */
  draw(): number {
    const number = this.#seen++
    if (number < this.#size) return this.#kept++
    if (number < this.#next) return -1
    this.#passOver()
    return Math.min(this.#size - 1, Math.floor(this.#uniform() * this.#size))
  }

  #passOver(): void {
    this.#weight *= Math.exp(Math.log(this.#uniform()) / this.#size)
    this.#next += 1 + Math.floor(Math.log(this.#uniform()) / Math.log1p(-this.#weight))
  }

  /** @param serverTiming - the header's value; `undefined` when there is none */
  put(place: number, times: RequestTimes, serverTiming: string | undefined): void {
    this.#columns.intendedNs.set(place, times.intendedNs)
    this.#columns.takenNs.set(place, times.takenNs)
    this.#columns.sentNs.set(place, times.sentNs)
    this.#columns.headNs.set(place, times.headNs)
    this.#columns.endNs.set(place, times.endNs)
    // Another request may have been here before.
    for (const timing of this.#timings.values()) timing.set(place, Number.NaN)
    if (serverTiming === undefined) return
    for (const [name, durationNs] of parseServerTiming(serverTiming)) {
      const timing = this.#timing(name)
      const before = timing.get(place)
      timing.set(place, Number.isNaN(before) ? durationNs : before + durationNs)
    }
  }

  /** What was there is no longer one of all: the request that took its place is not told of. */
  clear(place: number): void {
    this.#columns.endNs.set(place, Number.NaN)
  }

  /** @param clockOffsetNs - from this thread's clock to the one that all share */
  columns(clockOffsetNs: number): SampleColumns {
    const { intendedNs, takenNs, sentNs, headNs, endNs } = this.#columns
    const count = this.#kept
    // An answer that was drawn and never became whole has left a place empty.
    const whole = [...Array(count).keys()].filter((place) => !Number.isNaN(endNs.get(place)))
    const taken = (column: Column, addNs: number): Float64Array =>
      Float64Array.from(whole, (place) => column.get(place) + addNs)
    return {
      drawnFrom: this.#seen,
      intendedNs: taken(intendedNs, clockOffsetNs),
      takenNs: taken(takenNs, clockOffsetNs),
      sentNs: taken(sentNs, clockOffsetNs),
      headNs: taken(headNs, clockOffsetNs),
      endNs: taken(endNs, clockOffsetNs),
      timings: Object.fromEntries([...this.#timings].map(([name, column]) => [name, taken(column, 0)])),
    }
  }

  #timing(name: string): Column {
    const known = this.#timings.get(name)
    if (known !== undefined) return known
    const kept = this.#timings.size < MOST_NAMES ? name : OTHERS
    const column = this.#timings.get(kept) ?? new Column(this.#size)
    this.#timings.set(kept, column)
    return column
  }
}

/** Numbers by place, NaN where there is none yet; as long as the places in use. */
class Column {
  readonly #most: number
  #values: Float64Array

  constructor(most: number) {
    this.#most = most
    this.#values = new Float64Array(Math.min(FIRST_CAPACITY, most)).fill(Number.NaN)
  }

  get(place: number): number {
    return this.#values[place] ?? Number.NaN
  }

  set(place: number, value: number): void {
    if (place >= this.#values.length) this.#grow(place)
    this.#values[place] = value
  }

  #grow(place: number): void {
    const longer = new Float64Array(Math.min(this.#most, Math.max(2 * this.#values.length, place + 1))).fill(Number.NaN)
    longer.set(this.#values)
    this.#values = longer
  }
}
