import { incompleteBeta } from './incomplete-beta.ts'

/** P(T ≤ t) of Student's distribution, by the incomplete beta function (DLMF 8.17; Abramowitz & Stegun 26.7.1). */
function studentCdf(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  return t < 0 ? tail : 1 - tail
}

const WIDEST = 1e6

/**
 * Quantile of Student's distribution, by bisection to the last digit.
 *
 * @param ratio - in [0.5, 1)
 * @param degrees - of freedom, ≥ 1
 */
export function studentQuantile(ratio: number, degrees: number): number {
  let low = 0
  let high = WIDEST
  let middle = 0.5 * WIDEST
  while (middle > low && middle < high) {
    if (studentCdf(middle, degrees) < ratio) low = middle
    else high = middle
    middle = (low + high) / 2
  }
  return high
}
