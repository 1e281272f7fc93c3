import { incompleteBeta } from './incomplete-beta.ts'

/** Above this, 0.5 ** trials nears the smallest double. */
const SUMMED_TRIALS = 1000

/** P(at most `successes` of `trials`), each with probability `ratio`. */
export function binomialCdf(successes: number, trials: number, ratio: number): number {
  if (successes < 0) return 0
  if (successes >= trials) return 1
  return incompleteBeta(1 - ratio, trials - successes, successes + 1)
}

/** P(at most `heads` of `tosses` of a fair coin): summed, and so exact to the last digits, where that is possible. */
export function fairCoinCdf(heads: number, tosses: number): number {
  if (tosses > SUMMED_TRIALS) return binomialCdf(heads, tosses, 0.5)
  let mass = 0.5 ** tosses
  let sum = 0
  for (let count = 0; count <= Math.min(heads, tosses); count++) {
    sum += mass
    mass = (mass * (tosses - count)) / (count + 1)
  }
  return sum
}
