const SUB_BUCKET_BITS = 11
const SUB_BUCKETS = 2 ** SUB_BUCKET_BITS
const HALF = SUB_BUCKETS / 2
const HALF_BITS = SUB_BUCKET_BITS - 1
/** An hour in ns needs 42 bits. What is longer counts as an hour: no one waits for it. */
const VALUE_BITS = 42
const LARGEST = 2 ** VALUE_BITS - 1
const EXPONENTS = VALUE_BITS - SUB_BUCKET_BITS + 1

/**
 * Counts of values in the buckets of an HDR histogram with three significant digits (Tene's layout: linear within a
 * power of two), for the moment of recording: one addition a value, no memory that grows, and a cheap hand-over of what
 * was counted since the last one, which the other side adds to a real HDR histogram without loss.
 */
export class ValueCounts {
  readonly #counts = new Uint32Array((EXPONENTS + 1) * HALF)
  #lowest = this.#counts.length
  #highest = -1
  #total = 0

  get total(): number {
    return this.#total
  }

  /** @param value - from 0 to 2⁴²−1 (for ns: 73 minutes); what lies outside counts as the nearest of these */
  add(value: number): void {
    const index = indexOf(value)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total++
    if (index < this.#lowest) this.#lowest = index
    if (index > this.#highest) this.#highest = index
  }

  /** @returns value and count in turn, ascending, of all since the last call; a value stands for its bucket's lowest */
  drain(): Float64Array {
    const pairs: number[] = []
    for (let index = this.#lowest; index <= this.#highest; index++) {
      const count = this.#counts[index] ?? 0
      if (count === 0) continue
      pairs.push(lowestOf(index), count)
      this.#counts[index] = 0
    }
    this.#lowest = this.#counts.length
    this.#highest = -1
    this.#total = 0
    return Float64Array.from(pairs)
  }
}

function indexOf(value: number): number {
  // A clock that is read on two threads may step back by some ns.
  if (!(value > 0)) return 0
  const whole = value < LARGEST ? Math.floor(value) : LARGEST
  if (whole < SUB_BUCKETS) return whole
  const high = Math.floor(whole / 2 ** 32)
  const bits = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(whole)
  const exponent = bits - SUB_BUCKET_BITS
  return (exponent << HALF_BITS) + Math.floor(whole / 2 ** exponent)
}

function lowestOf(index: number): number {
  if (index < SUB_BUCKETS) return index
  const exponent = (index >> HALF_BITS) - 1
  return (index - (exponent << HALF_BITS)) * 2 ** exponent
}
