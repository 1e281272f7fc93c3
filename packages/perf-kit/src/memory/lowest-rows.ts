/** What a value was at least, and at most, in a stretch of time. */
export interface SeenValue {
  readonly fromNs: number
  readonly toNs: number
  readonly lowest: number
  readonly highest: number
}

/** At least a quarter of them for all of the time, of which a verdict makes 32 stretches. */
const MOST_ROWS = 2_048
/** Before a load and after it there are a few seconds of quiet: the first rows and the last stay apart. */
const FIRST_APART = 32
const LAST_APART = 256

/**
 * Several values over time, in so much memory and no more, however long that is: rows that follow each other become one, which is as long as a small part of
 * all. Nothing is lost of what is lowest in a longer stretch, which a verdict goes by. All of the memory is taken at once: who watches itself must not find
 * what watching keeps.
 */
export class LowestRows {
  readonly #width: number
  readonly #fromNs = new Float64Array(MOST_ROWS + 1)
  readonly #toNs = new Float64Array(MOST_ROWS + 1)
  readonly #lowest: Float64Array
  readonly #highest: Float64Array
  #count = 0

  /** @param width - values of a row */
  constructor(width: number) {
    this.#width = width
    this.#lowest = new Float64Array((MOST_ROWS + 1) * width)
    this.#highest = new Float64Array((MOST_ROWS + 1) * width)
  }

  /** One of the values, as far as it is known. */
  column(index: number): readonly SeenValue[] {
    const seen: SeenValue[] = []
    for (let row = 0; row < this.#count; row++) {
      const at = row * this.#width + index
      const [lowest = Number.NaN, highest = Number.NaN] = [this.#lowest[at], this.#highest[at]]
      if (Number.isNaN(lowest)) continue
      seen.push({ fromNs: this.#fromNs[row] ?? 0, toNs: this.#toNs[row] ?? 0, lowest, highest })
    }
    return seen
  }

  /**
   * @param atNs - not before that of the last row
   * @param values - `NaN`: not known
   */
  add(atNs: number, values: readonly number[]): void {
    this.#fromNs[this.#count] = atNs
    this.#toNs[this.#count] = atNs
    this.#lowest.set(values, this.#count * this.#width)
    this.#highest.set(values, this.#count * this.#width)
    if (++this.#count > MOST_ROWS) this.#join()
  }

  /** What the last row is about was seen once more. */
  lowerLast(values: readonly number[]): void {
    if (this.#count === 0) return
    const last = (this.#count - 1) * this.#width
    for (const [index, value] of values.entries()) {
      this.#lowest[last + index] = ofKnown(this.#lowest[last + index], value, Math.min)
    }
  }

  /** Any two neighbours that are left are longer than so much together, so that there are less than half as many as may be. */
  #join(): void {
    const longestNs = (4 * ((this.#toNs[this.#count - 1] ?? 0) - (this.#fromNs[0] ?? 0))) / MOST_ROWS
    const lastApart = this.#count - LAST_APART
    let to = FIRST_APART
    for (let row = FIRST_APART; row < this.#count; row++) {
      const joinedNs = (this.#toNs[row] ?? 0) - (this.#fromNs[to - 1] ?? 0)
      if (row < lastApart && to > FIRST_APART && joinedNs <= longestNs) this.#joinInto(to - 1, row)
      else this.#move(row, to++)
    }
    this.#count = to
  }

  #joinInto(to: number, row: number): void {
    this.#toNs[to] = this.#toNs[row] ?? 0
    for (let index = 0; index < this.#width; index++) {
      const [into, from] = [to * this.#width + index, row * this.#width + index]
      this.#lowest[into] = ofKnown(this.#lowest[into], this.#lowest[from], Math.min)
      this.#highest[into] = ofKnown(this.#highest[into], this.#highest[from], Math.max)
    }
  }

  #move(row: number, to: number): void {
    const [from, until] = [row * this.#width, (row + 1) * this.#width]
    this.#fromNs.copyWithin(to, row, row + 1)
    this.#toNs.copyWithin(to, row, row + 1)
    this.#lowest.copyWithin(to * this.#width, from, until)
    this.#highest.copyWithin(to * this.#width, from, until)
  }
}

/** Of two of which one is not known, the other. */
function ofKnown(left = Number.NaN, right = Number.NaN, of: (left: number, right: number) => number): number {
  if (Number.isNaN(left)) return right
  return Number.isNaN(right) ? left : of(left, right)
}
