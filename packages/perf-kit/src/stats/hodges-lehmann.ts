import { normalCdf } from './normal.ts'
import { countSums, kthSmallestSum, medianSum, type PairwiseSums } from './pairwise-sums.ts'
import { sortAscending } from './quantile.ts'
import { EXACT_RANK_SUM_PAIRS, statisticDistribution, statisticSd } from './rank-sum.ts'
import { requireOpenRatio, requireSample } from './sample-checks.ts'
import { EXACT_SIGNED_RANK_COUNT } from './signed-rank.ts'
import { coinSumDistribution } from './signed-rank-null.ts'

export interface EstimateInterval {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** The coverage really reached: below what was asked when there are too few values, 0 for a single one. */
  readonly coverageRatio: number
}

/**
 * Hodges–Lehmann estimate of the centre of differences: the median of all their pairwise means (1963), with the interval of
 * all centres that the signed-rank test does not reject. It assumes independence and symmetry; for normal data it wastes 5 % of
 * the mean's precision, and spikes hardly move it. Coverage is at least `coverageRatio` with ties.
 *
 * @param differences - finite, n ≥ 1, any order; not mutated
 * @param confidenceRatio - in (0, 1)
 * @returns in the unit of the differences
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function hodgesLehmann(differences: readonly number[], confidenceRatio = 0.95): EstimateInterval {
  requireSample(differences, 'differences')
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  const halves = sortAscending(differences.map((difference) => difference / 2))
  return estimateInterval(
    { rows: halves, columns: halves, shape: 'triangle' },
    signedRankCdf(differences.length),
    confidenceRatio,
  )
}

/**
 * Hodges–Lehmann estimate of how far `right` lies above `left`: the median of all differences right − left, with the interval
 * of all shifts that the Mann–Whitney test does not reject. It assumes independent samples that differ by a shift alone.
 * Coverage is at least `coverageRatio` with ties.
 *
 * @param left - finite, n ≥ 1, any order; not mutated
 * @param right - finite, n ≥ 1, any order; not mutated
 * @param confidenceRatio - in (0, 1)
 * @returns in the unit of the values, positive when right is larger
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function hodgesLehmannShift(
  left: readonly number[],
  right: readonly number[],
  confidenceRatio = 0.95,
): EstimateInterval {
  requireSample(left, 'left')
  requireSample(right, 'right')
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  const negatedLeft = sortAscending(left)
    .map((value) => -value)
    .reverse()
  return estimateInterval(
    { rows: sortAscending(right), columns: negatedLeft, shape: 'rectangle' },
    rankSumCdf(left.length, right.length),
    confidenceRatio,
  )
}

/** P(statistic ≤ s) when nothing lies off the centre and there are no ties. */
type Cdf = (statistic: number) => number

/**
 * The rank-th smallest sum exceeds the true centre just when the test's statistic is below rank, and its mirror image likewise;
 * so the widest ranks with P(statistic < rank) ≤ (1 − confidence) / 2 bound the interval (Lehmann 1975, §4.5).
 */
function estimateInterval(sums: PairwiseSums, cdf: Cdf, confidenceRatio: number): EstimateInterval {
  const count = countSums(sums)
  const rank = innermostRank(cdf, count, (1 - confidenceRatio) / 2)
  return {
    estimate: medianSum(sums),
    low: kthSmallestSum(sums, rank),
    high: kthSmallestSum(sums, count + 1 - rank),
    coverageRatio: 1 - 2 * cdf(rank - 1),
  }
}

/** The largest rank that leaves no more than `tailRatio` outside, by bisection; 1 when none does. */
function innermostRank(cdf: Cdf, count: number, tailRatio: number): number {
  let enough = 1
  let tooFar = Math.floor(count / 2) + 1
  while (tooFar - enough > 1) {
    const middle = Math.floor((enough + tooFar) / 2)
    if (cdf(middle - 1) <= tailRatio) enough = middle
    else tooFar = middle
  }
  return enough
}

function signedRankCdf(n: number): Cdf {
  const total = (n * (n + 1)) / 2
  if (n > EXACT_SIGNED_RANK_COUNT) return continuousCdf(total / 2, Math.sqrt((total * (2 * n + 1)) / 12))
  const cumulated = cumulate(coinSumDistribution(Array.from({ length: n }, (_, index) => index + 1)))
  return (statistic) => cumulated[statistic] ?? 1
}

function rankSumCdf(nLeft: number, nRight: number): Cdf {
  const groupSizes = new Array<number>(nLeft + nRight).fill(1)
  if (nLeft * nRight > EXACT_RANK_SUM_PAIRS) {
    return continuousCdf((nLeft * nRight) / 2, statisticSd(nLeft, nRight, groupSizes))
  }
  const cumulated = cumulateOnce(statisticDistribution(nLeft, nRight, groupSizes))
  return (statistic) => cumulated[2 * statistic] ?? 1
}

function continuousCdf(mean: number, sd: number): Cdf {
  return (statistic) => normalCdf((statistic + 0.5 - mean) / sd)
}

/** By distribution: those of rank sums without ties are remembered where they are made. */
const cumulatedByMass = new WeakMap<Float64Array, Float64Array>()

function cumulateOnce(mass: Float64Array): Float64Array {
  const known = cumulatedByMass.get(mass)
  if (known !== undefined) return known
  const cumulated = cumulate(mass)
  cumulatedByMass.set(mass, cumulated)
  return cumulated
}

function cumulate(mass: Float64Array): Float64Array {
  let sum = 0
  return mass.map((probability) => {
    sum += probability
    return sum
  })
}
