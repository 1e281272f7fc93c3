import { outOfRange, requirePoints } from './sample-checks.ts'

/** Every pair of points makes a slope: at 4000 points there are 8 million of them: 64 MB, and a second to sort them (measured). */
const MOST_POINTS = 4000
/** of a standard normal distribution, from −this to this */
const COVERAGE_95 = 1.959963984540054

/**
 * Theil–Sen slope: the median of the slopes between any two points (Sen 1968). Up to 29 % of wild points don't spoil it.
 *
 * @param xs - finite, 2 to 4000 of them, at least two different ones; not mutated
 * @param ys - finite, as many; not mutated
 * @returns in y's unit per x's unit
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function theilSenSlope(xs: readonly number[], ys: readonly number[]): number {
  return middleOf(sortedSlopes(xs, ys))
}

export interface SlopeInterval {
  /** the median of the slopes */
  readonly slope: number
  readonly low: number
  readonly high: number
}

/**
 * The same with an interval of 95 % (Sen 1968): as many slopes lie beyond each end as Kendall's score varies by.
 *
 * @param varianceFactor - 1 for independent ys; of `mannKendall` for others
 * @throws {PerfKitError} as `theilSenSlope`
 */
export function theilSenInterval(xs: readonly number[], ys: readonly number[], varianceFactor = 1): SlopeInterval {
  const slopes = sortedSlopes(xs, ys)
  const spread = COVERAGE_95 * Math.sqrt(varianceFactor * scoreVariance(xs, ys))
  const at = (index: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, index))] ?? Number.NaN
  return {
    slope: middleOf(slopes),
    low: at(Math.round((slopes.length - spread) / 2) - 1),
    high: at(Math.round((slopes.length + spread) / 2)),
  }
}

function sortedSlopes(xs: readonly number[], ys: readonly number[]): Float64Array {
  requirePoints(xs, ys)
  if (xs.length > MOST_POINTS) {
    throw outOfRange(
      `${xs.length} points make too many slopes; ${MOST_POINTS} are the most`,
      'Thin the series first: take the median of each stretch of neighbouring points.',
    )
  }
  return slopesBetween(xs, ys).sort()
}

/** Of Kendall’s score of independent values (Kendall 1975); equal ones, of either list, make it smaller. */
export function scoreVariance(...lists: readonly (readonly number[])[]): number {
  const term = (count: number): number => count * (count - 1) * (2 * count + 5)
  const ties = lists.flatMap((list) => [...Map.groupBy(list, (value) => value).values()].map(({ length }) => length))
  return (term(lists[0]?.length ?? 0) - ties.reduce((sum, count) => sum + term(count), 0)) / 18
}

function slopesBetween(xs: readonly number[], ys: readonly number[]): Float64Array {
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2)
  let count = 0
  for (const [later, x] of xs.entries()) {
    const y = ys[later] ?? Number.NaN
    for (let earlier = 0; earlier < later; earlier++) {
      const run = x - (xs[earlier] ?? Number.NaN)
      if (run !== 0) slopes[count++] = (y - (ys[earlier] ?? Number.NaN)) / run
    }
  }
  return slopes.subarray(0, count)
}

function middleOf(sorted: Float64Array): number {
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.ceil(sorted.length / 2) - 1
  return ((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2
}
