import { doubledMidranks } from './midranks.ts'
import { requireFinite, requireSample } from './sample-checks.ts'
import { coinSumDistribution } from './signed-rank-null.ts'
import { exactTails, normalTails, type TailProbabilities } from './tails.ts'

/** The exact distribution takes O(n³) steps (measured: 30 ms at this size, 50 ms with ties). */
export const EXACT_SIGNED_RANK_COUNT = 500

export interface SignedRankResult extends TailProbabilities {
  readonly n: number
  /** Sum of the ranks of the positive differences. */
  readonly statistic: number
  readonly method: 'exact' | 'normal'
}

/**
 * Wilcoxon's signed-rank test (1945): do the differences lie around `shift`? It assumes that they are independent and,
 * if they do, symmetric around it. Ties share midranks; zeros take part in the ranking and then drop out (Pratt 1959).
 * p-values are exact, conditional on the ties and zeros at hand, up to n = 500;
 * beyond that they are the normal approximation's, with corrections for ties and continuity.
 *
 * `pGreater` is the one-sided p-value for "the location lies above `shift`", `pLess` for "below"; each is
 * at least 2^-n, so ten differences are the fewest that can reach 0.001.
 *
 * @param differences - finite, n ≥ 1, any order; not mutated
 * @param options - `shift`: in the unit of the differences
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`
 */
export function signedRankTest(
  differences: readonly number[],
  { shift = 0 }: { readonly shift?: number } = {},
): SignedRankResult {
  requireSample(differences, 'differences')
  requireFinite(shift, 'shift')
  const shifted = differences.map((difference) => difference - shift)
  const ranks = doubledMidranks(shifted.map(Math.abs))
  const positiveSum = sum(ranks.filter((_, index) => (shifted[index] ?? 0) > 0))
  const signedRanks = ranks.filter((_, index) => shifted[index] !== 0)
  const n = differences.length
  const statistic = positiveSum / 2
  if (n > EXACT_SIGNED_RANK_COUNT) {
    return { n, statistic, method: 'normal', ...approximateTails(signedRanks, statistic) }
  }
  // Without ties every doubled rank is even, and half the table will do.
  const unit = signedRanks.every((rank) => rank % 2 === 0) ? 2 : 1
  const mass = coinSumDistribution(signedRanks.map((rank) => rank / unit))
  return { n, statistic, method: 'exact', ...exactTails(mass, positiveSum / unit) }
}

function approximateTails(doubledRanks: readonly number[], statistic: number): TailProbabilities {
  const variance = sum(doubledRanks.map((rank) => (rank / 2) ** 2)) / 4
  return normalTails(statistic, sum(doubledRanks) / 4, Math.sqrt(variance))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
