import { sortAscending } from './quantile.ts'
import { dealtStatisticDistribution } from './rank-sum-null.ts'
import { requireFinite, requireSample } from './sample-checks.ts'
import { exactTails, normalTails, type TailProbabilities } from './tails.ts'

/** The exact distribution takes O(n⁴) steps (measured: 6 ms at 50 × 50, 40 ms at 70 × 70, 200 ms at 100 × 100). */
export const EXACT_RANK_SUM_PAIRS = 5000

export interface RankSumResult extends TailProbabilities {
  readonly nLeft: number
  readonly nRight: number
  /** Mann–Whitney U: how many pairs have right > left + shift, ties counted as half. */
  readonly statistic: number
  readonly method: 'exact' | 'normal'
}

/**
 * Mann–Whitney U test, also called Wilcoxon's rank-sum test: does one of two independent samples lie above the other?
 * Exact, conditional on the ties at hand, up to 5000 pairs of values; beyond that the normal approximation with
 * corrections for ties and continuity.
 *
 * `pGreater` is the one-sided p-value for "right lies above left + shift", `pLess` for "right lies below left + shift".
 *
 * @param left - finite, n ≥ 1, any order; not mutated
 * @param right - finite, n ≥ 1, any order; not mutated
 * @param options - `shift`: in the unit of the values
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`
 */
export function rankSumTest(
  left: readonly number[],
  right: readonly number[],
  { shift = 0 }: { readonly shift?: number } = {},
): RankSumResult {
  requireSample(left, 'left')
  requireSample(right, 'right')
  requireFinite(shift, 'shift')
  const groups = poolByValue(
    left,
    right.map((value) => value - shift),
  )
  const doubledStatistic = countDoubledPairs(groups)
  const sizes = groups.map((group) => group.left + group.right)
  const nLeft = left.length
  const nRight = right.length
  const statistic = doubledStatistic / 2
  const counts = { nLeft, nRight, statistic }
  if (nLeft * nRight > EXACT_RANK_SUM_PAIRS) {
    const sd = statisticSd(nLeft, nRight, sizes)
    return { ...counts, method: 'normal', ...normalTails(statistic, (nLeft * nRight) / 2, sd) }
  }
  return { ...counts, method: 'exact', ...exactTails(statisticDistribution(nLeft, nRight, sizes), doubledStatistic) }
}

/**
 * P(2 U = u) at index u when left and right are alike.
 *
 * @param groupSizes - numbers of equal values in the pooled samples, ascending by value; all 1 without ties
 */
export function statisticDistribution(nLeft: number, nRight: number, groupSizes: readonly number[]): Float64Array {
  if (nLeft * nRight > REMEMBERED_RANK_SUM_PAIRS) return computeDistribution(nLeft, nRight, groupSizes)
  // A store of thousands of metrics has few different sizes, and few patterns of ties: bytes are alike in most forks.
  const ties = groupSizes.length === nLeft + nRight ? '' : groupSizes.join(' ')
  const key = `${nLeft} ${nRight} ${ties}`
  const known = distributions.get(key)
  if (known !== undefined) return known
  const computed = computeDistribution(nLeft, nRight, groupSizes)
  if (distributions.size < MOST_REMEMBERED) distributions.set(key, computed)
  return computed
}

/** 20 against 20, and so many of them: what is remembered stays below 14 MB, cumulated copies too. */
const REMEMBERED_RANK_SUM_PAIRS = 400
const MOST_REMEMBERED = 1000
const distributions = new Map<string, Float64Array>()

function computeDistribution(nLeft: number, nRight: number, groupSizes: readonly number[]): Float64Array {
  if (nRight <= nLeft) return dealtStatisticDistribution(groupSizes, nRight)
  return dealtStatisticDistribution(groupSizes, nLeft).reverse()
}

/** Standard deviation of U, lessened by ties (Lehmann 1975, §1.4). */
export function statisticSd(nLeft: number, nRight: number, groupSizes: readonly number[]): number {
  const total = nLeft + nRight
  const tieSum = groupSizes.reduce((sum, size) => sum + size ** 3 - size, 0)
  const perPair = (total + 1 - tieSum / (total * (total - 1))) / 12
  return Math.sqrt(nLeft * nRight * perPair)
}

interface TieGroup {
  readonly left: number
  readonly right: number
}

/** How many values of each side are equal, ascending by value. */
function poolByValue(left: readonly number[], right: readonly number[]): TieGroup[] {
  const leftAscending = sortAscending(left)
  const rightAscending = sortAscending(right)
  const groups: TieGroup[] = []
  let leftEnd = 0
  let rightEnd = 0
  while (leftEnd < left.length || rightEnd < right.length) {
    const value = Math.min(leftAscending[leftEnd] ?? Infinity, rightAscending[rightEnd] ?? Infinity)
    const leftStart = leftEnd
    const rightStart = rightEnd
    while (leftAscending[leftEnd] === value) leftEnd++
    while (rightAscending[rightEnd] === value) rightEnd++
    groups.push({ left: leftEnd - leftStart, right: rightEnd - rightStart })
  }
  return groups
}

function countDoubledPairs(groups: readonly TieGroup[]): number {
  let leftBelow = 0
  let doubled = 0
  for (const group of groups) {
    doubled += group.right * (2 * leftBelow + group.left)
    leftBelow += group.left
  }
  return doubled
}
