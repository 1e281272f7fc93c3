import { logGamma } from './log-gamma.ts'

const PRECISION = 1e-16
const TINY = 1e-300

/**
 * Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (DLMF 8.17.22).
 * Relative error about 1e-13 for small a and b; it grows with them, to about 1e-6 at 1e9.
 *
 * @param x - in [0, 1]
 * @param a - ≥ 0.5
 * @param b - ≥ 0.5
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  // The fraction converges fast below the mean of the distribution; above it, the mirrored one does.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(logFront) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(logFront) * betaFraction(1 - x, b, a)) / b
}

function betaFraction(x: number, a: number, b: number): number {
  // It takes O(√max(a, b)) steps.
  const stepLimit = 1000 + 20 * Math.sqrt(Math.max(a, b))
  let numerator = 1
  let denominator = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let fraction = denominator
  const advance = (coefficient: number): number => {
    denominator = 1 / awayFromZero(1 + coefficient * denominator)
    numerator = awayFromZero(1 + coefficient / numerator)
    fraction *= denominator * numerator
    return denominator * numerator
  }
  for (let step = 1; step <= stepLimit; step++) {
    const even = a + 2 * step
    advance((step * (b - step) * x) / ((even - 1) * even))
    const change = advance((-(a + step) * (a + b + step) * x) / (even * (even + 1)))
    if (Math.abs(change - 1) < PRECISION) break
  }
  return fraction
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}
