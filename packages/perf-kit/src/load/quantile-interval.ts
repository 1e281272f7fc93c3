import type { Histogram } from 'hdr-histogram-js'
import type { Interval } from '../run/index.ts'

/** Two-sided 95 % of the normal distribution. */
const Z_95 = 1.959964
const COVERAGE_RATIO = 0.95

/**
 * Confidence interval of a quantile between two order statistics, by the normal approximation of the binomial (Conover 1999,
 * §3.2). It takes values as independent; requests that wait behind the same pause are not, so that it is rather too narrow.
 *
 * @param quantileRatio - in (0, 1)
 * @returns `undefined` when there are too few values to have one beyond the quantile on both sides
 */
export function quantileInterval(histogram: Histogram, quantileRatio: number): Interval | undefined {
  const count = histogram.totalCount
  const halfWidth = Z_95 * Math.sqrt(count * quantileRatio * (1 - quantileRatio))
  const lowRank = Math.floor(count * quantileRatio - halfWidth)
  const highRank = Math.ceil(count * quantileRatio + halfWidth) + 1
  if (lowRank < 1 || highRank > count) return undefined
  return {
    low: histogram.getValueAtPercentile((100 * lowRank) / count),
    high: histogram.getValueAtPercentile((100 * highRank) / count),
    coverageRatio: COVERAGE_RATIO,
  }
}
