// Lanczos' approximation with g = 7 and nine terms (Godfrey 2001): relative error about 1e-15 for x > 0.
const LANCZOS_G = 7
const LANCZOS_FIRST = 0.99999999999980993
const LANCZOS_TERMS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x ≥ 0.5. */
export function logGamma(x: number): number {
  const shifted = x - 1
  const series = LANCZOS_TERMS.reduce((sum, term, index) => sum + term / (shifted + index + 1), LANCZOS_FIRST)
  const base = shifted + LANCZOS_G + 0.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series)
}
