import { incompleteBeta } from './incomplete-beta.ts'

/**
 * P(F ≥ f) of Fisher's distribution, by the incomplete beta function (DLMF 8.17; Abramowitz & Stegun 26.6.2).
 *
 * @param f - ≥ 0; may be infinite
 * @param upper - degrees of freedom of the numerator, ≥ 1
 * @param lower - of the denominator, ≥ 1
 */
export function fTail(f: number, upper: number, lower: number): number {
  return f === Number.POSITIVE_INFINITY ? 0 : incompleteBeta(lower / (lower + upper * f), lower / 2, upper / 2)
}
