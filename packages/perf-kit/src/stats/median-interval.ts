import { fairCoinCdf } from './binomial.ts'
import { sortAscending } from './quantile.ts'
import { requireOpenRatio } from './sample-checks.ts'

export interface MedianInterval {
  readonly low: number
  readonly high: number
  /** The coverage really reached: below what was asked when there are too few values, 0 for a single one. */
  readonly coverageRatio: number
}

/**
 * Confidence interval of the median between two order statistics (Conover 1999, §3.2). It assumes independent values and
 * nothing of their distribution; coverage is exact for continuous data and at least `coverageRatio` with ties.
 *
 * @param values - finite, n ≥ 1, any order; not mutated
 * @param confidenceRatio - in (0, 1)
 * @returns the narrowest symmetric interval that covers at least `confidenceRatio`, or [min, max] with what it covers
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function medianInterval(values: readonly number[], confidenceRatio = 0.95): MedianInterval {
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  const sorted = sortAscending(values)
  const index = outermostIndex(sorted.length, confidenceRatio)
  return {
    low: sorted[index] ?? Number.NaN,
    high: sorted[sorted.length - 1 - index] ?? Number.NaN,
    coverageRatio: coverageFrom(index, sorted.length),
  }
}

/** The interval from the index-th smallest to the index-th largest misses when at most `index` values lie on one side. */
function coverageFrom(index: number, count: number): number {
  return 1 - 2 * fairCoinCdf(index, count)
}

/** The largest index that still covers enough, by bisection; 0 when none does. */
function outermostIndex(count: number, confidenceRatio: number): number {
  let enough = 0
  let tooFar = Math.ceil(count / 2)
  while (tooFar - enough > 1) {
    const middle = Math.floor((enough + tooFar) / 2)
    if (coverageFrom(middle, count) >= confidenceRatio) enough = middle
    else tooFar = middle
  }
  return enough
}
