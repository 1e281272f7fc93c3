import { fitSum } from './sum-fit.ts'
import { type UslCurve, uslPeak } from './usl-curve.ts'
import type { UslData } from './usl-model.ts'

/** Between places of a peak that are tried first, and as far beyond the highest n as one is looked for. */
const STEP_FACTOR = 2
const FURTHEST_SHARE = 16
/** Of the way between two such places: less moves no end of an interval by a digit that is shown. */
const TOLERANCE = 0.01
/** (√5 − 1) / 2 */
const GOLDEN = 0.618_033_988_749_895

interface Sought {
  readonly sumAt: (place: number) => number
  readonly limit: number
}

/**
 * The least sum of squares of curves that are as high at their peak, wherever that is: from n = 1 on, or nowhere, which is the height
 * that they rise towards.
 *
 * With y = 1/X(peak) and q = 1/peak, the law is n/X(n) = y·n + d·(1 − qn)², where d = 1/λ − σ/λ: for one q a sum with one term, whose
 * coefficient is bounded by σ ≥ 0, that is y ≥ d·(2q − q²).
 */
export class PeakProfile {
  readonly #data: UslData
  readonly #places: readonly number[]
  /** the place at which the last one was best: the next is seldom far */
  #near: number

  /** @param curve - the best of all */
  constructor(data: UslData, curve: UslCurve) {
    this.#data = data
    this.#near = Math.min(1, 1 / uslPeak(curve).n)
    const lowest = 1 / (FURTHEST_SHARE * Math.max(...data.ns))
    const count = Math.ceil(Math.log(1 / lowest) / Math.log(STEP_FACTOR))
    this.#places = [0, ...Array.from({ length: count }, (_, index) => lowest * STEP_FACTOR ** index), 1]
  }

  /** Whether a curve that is no higher and no lower than 1/y has such a sum, or a smaller one. */
  allows(inverse: number, limit: number): boolean {
    const sumAt = (place: number): number => this.#sumAt(inverse, place)
    if (sumAt(this.#near) <= limit) return true
    const sums = this.#places.map(sumAt)
    const best = sums.indexOf(Math.min(...sums))
    if ((sums[best] ?? Number.POSITIVE_INFINITY) <= limit) {
      this.#near = this.#places[best] ?? this.#near
      return true
    }
    return this.#findsBetween(this.#places[Math.max(0, best - 1)] ?? 0, this.#places[best + 1] ?? 1, { sumAt, limit })
  }

  /** By golden section: between two places that are worse than one between them. */
  #findsBetween(low: number, high: number, { sumAt, limit }: Sought): boolean {
    let [from, to] = [low, high]
    let [left, right] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)]
    let [leftSum, rightSum] = [sumAt(left), sumAt(right)]
    const finest = TOLERANCE * (to - from)
    while (to - from > finest && Math.min(leftSum, rightSum) > limit) {
      if (leftSum < rightSum) {
        ;[to, right, rightSum] = [right, left, leftSum]
        left = to - GOLDEN * (to - from)
        leftSum = sumAt(left)
      } else {
        ;[from, left, leftSum] = [left, right, rightSum]
        right = from + GOLDEN * (to - from)
        rightSum = sumAt(right)
      }
    }
    this.#near = leftSum < rightSum ? left : right
    return Math.min(leftSum, rightSum) <= limit
  }

  #sumAt(inverse: number, place: number): number {
    const { ns, xs, errors } = this.#data
    const spent = 2 * place - place ** 2
    const most = spent === 0 ? Number.POSITIVE_INFINITY : inverse / spent
    const values = ns.map((n) => (1 - place * n) ** 2)
    return fitSum(ns, xs, { fixed: ns.map((n) => inverse * n), terms: [{ values, most }] }, errors).sum
  }
}
