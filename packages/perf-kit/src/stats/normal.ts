const SERIES_LIMIT = 3
const FRACTION_DEPTH = 150

/**
 * P(Z ≤ z) for a standard normal Z: Taylor series in the middle (Marsaglia 2004), Laplace's continued fraction in
 * the tails. Relative error below 1e-12, tails included.
 */
export function normalCdf(z: number): number {
  if (z > SERIES_LIMIT) return 1 - upperTail(z)
  return z < -SERIES_LIMIT ? upperTail(-z) : 0.5 + centralMass(z)
}

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
}

function centralMass(z: number): number {
  let term = z
  let sum = z
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return sum * density(z)
}

function upperTail(z: number): number {
  let fraction = z
  for (let depth = FRACTION_DEPTH; depth >= 1; depth--) fraction = z + depth / fraction
  return density(z) / fraction
}
