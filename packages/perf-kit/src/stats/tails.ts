import { normalCdf } from './normal.ts'

/** Chances, if nothing had changed, of a statistic at least as extreme as the one seen. */
export interface TailProbabilities {
  readonly pGreater: number
  readonly pLess: number
  /** Twice the smaller tail, at most 1. */
  readonly pTwoSided: number
}

/** Tails of a distribution over 0, 1, 2, …, both including `seen`. */
export function exactTails(mass: Float64Array, seen: number): TailProbabilities {
  return withTwoSided(sumFrom(mass, mass.length - 1, seen), sumFrom(mass, 0, seen))
}

/** Tails of the normal approximation; half a step of the statistic is its continuity correction. */
export function normalTails(seen: number, mean: number, sd: number): TailProbabilities {
  if (sd === 0) return withTwoSided(1, 1)
  return withTwoSided(normalCdf((mean - seen + 0.5) / sd), normalCdf((seen - mean + 0.5) / sd))
}

function withTwoSided(greater: number, less: number): TailProbabilities {
  const pGreater = Math.min(1, greater)
  const pLess = Math.min(1, less)
  return { pGreater, pLess, pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)) }
}

/** From the far end inwards, so that small probabilities are added to small ones. */
function sumFrom(mass: Float64Array, end: number, seen: number): number {
  const step = end > seen ? -1 : 1
  let sum = 0
  for (let index = end; index !== seen + step; index += step) sum += mass[index] ?? 0
  return sum
}
