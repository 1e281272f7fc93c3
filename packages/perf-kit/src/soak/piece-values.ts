import type { Series } from '../run/index.ts'

const NS_PER_SEC = 1e9
const MINUTE_SEC = 60
/** As many as a chart has room for. */
const MOST_PIECES = 2_400

/** How long each piece of a record is that its charts show: seconds as long as there is room, and then whole minutes. */
function pieceSecOf(axisSec: number): number {
  if (axisSec <= MOST_PIECES) return 1
  return MINUTE_SEC * Math.ceil(axisSec / MINUTE_SEC / MOST_PIECES)
}

/** Of values that come in, one for each piece of the axis, in memory that is as large as a chart. */
export class PieceValues {
  readonly pieceSec: number
  readonly #count: number
  readonly #sums = new Map<string, Float64Array>()
  readonly #numbers = new Map<string, Float64Array>()

  constructor(axisSec: number) {
    this.pieceSec = pieceSecOf(axisSec)
    this.#count = Math.max(1, Math.ceil(axisSec / this.pieceSec))
  }

  pieceOf(at: number): number {
    return Math.min(this.#count - 1, Math.floor(at / this.pieceSec))
  }

  addToMean(name: string, at: number, value: number): void {
    const piece = this.pieceOf(at)
    const [sums, numbers] = this.#of(name)
    const sum = sums[piece] ?? Number.NaN
    sums[piece] = Number.isNaN(sum) ? value : sum + value
    numbers[piece] = (numbers[piece] ?? 0) + 1
  }

  keepLowest(name: string, at: number, value: number): void {
    this.#keep(name, at, value, Math.min)
  }

  keepHighest(name: string, at: number, value: number): void {
    this.#keep(name, at, value, Math.max)
  }

  /** Of the pieces that have any. */
  valuesOf(name: string): number[] {
    return this.#read(name).filter((value) => value !== null)
  }

  /** @returns none where there was nothing to measure all the time */
  series(subject: string, name: string, unit: Series['unit']): Series[] {
    const values = this.#read(name)
    if (values.every((value) => value === null)) return []
    return [{ subject, name, unit, fromNs: 0, everyNs: this.pieceSec * NS_PER_SEC, values }]
  }

  #keep(name: string, at: number, value: number, choose: (left: number, right: number) => number): void {
    const piece = this.pieceOf(at)
    const [kept, numbers] = this.#of(name)
    const known = kept[piece] ?? Number.NaN
    kept[piece] = Number.isNaN(known) ? value : choose(known, value)
    numbers[piece] = 1
  }

  #read(name: string): (number | null)[] {
    const [sums, numbers] = this.#of(name)
    return Array.from(sums, (sum, piece) => (Number.isNaN(sum) ? null : sum / (numbers[piece] ?? 1)))
  }

  #of(name: string): readonly [Float64Array, Float64Array] {
    const sums = this.#sums.get(name) ?? new Float64Array(this.#count).fill(Number.NaN)
    const numbers = this.#numbers.get(name) ?? new Float64Array(this.#count)
    this.#sums.set(name, sums)
    this.#numbers.set(name, numbers)
    return [sums, numbers]
  }
}
