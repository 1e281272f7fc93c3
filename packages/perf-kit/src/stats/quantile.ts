import { outOfRange, requireSample } from './sample-checks.ts'

/**
 * Quantile by linear interpolation (Hyndman & Fan 1996, type 7): the default of R, NumPy and spreadsheets.
 *
 * @param sorted - ascending, finite, n ≥ 1; not mutated
 * @param ratio - in [0, 1]: 0.99 for p99
 * @returns in the unit of the values
 * @throws {PerfKitError} `EMPTY_SAMPLE` when n = 0, `NOT_FINITE`, `OUT_OF_RANGE` for the ratio or when the values are not ascending
 */
export function quantile(sorted: readonly number[], ratio: number): number {
  requireSample(sorted, 'sorted')
  requireAscending(sorted)
  if (!(ratio >= 0 && ratio <= 1)) {
    throw outOfRange(`quantile ratio ${ratio} is outside [0, 1]`, 'Give the quantile as a ratio: 0.99 for p99, not 99.')
  }
  return interpolate(sorted, ratio)
}

/**
 * Middle value, or the mean of the two middle values.
 *
 * @param values - finite, n ≥ 1, any order; not mutated
 * @returns in the unit of the values
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`
 */
export function median(values: readonly number[]): number {
  return interpolate(sortAscending(values), 0.5)
}

/**
 * Median of the distances from the median, unscaled: multiply by 1.4826 to estimate the standard deviation of normal data.
 *
 * @param values - finite, n ≥ 1, any order; not mutated
 * @returns in the unit of the values
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`
 */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const center = median(values)
  return median(values.map((value) => Math.abs(value - center)))
}

/**
 * A sorted copy. (`Array.prototype.sort` without a comparator sorts numbers as text.)
 *
 * @param values - finite, n ≥ 1, any order; not mutated
 * @returns ascending
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`
 */
export function sortAscending(values: readonly number[]): number[] {
  requireSample(values, 'values')
  // Tests on the same sample sort it again and again.
  if (firstDescent(values) === -1) return values.slice()
  const sorted = Float64Array.from(values).sort()
  // By hand: `Array.from` goes through an iterator, and takes longer than the sorting.
  const copy = new Array<number>(sorted.length)
  for (let index = 0; index < sorted.length; index++) copy[index] = sorted[index] ?? Number.NaN
  return copy
}

function interpolate(sorted: readonly number[], ratio: number): number {
  const position = (sorted.length - 1) * ratio
  const index = Math.floor(position)
  const lower = sorted[index] ?? Number.NaN
  const upper = sorted[index + 1] ?? lower
  return lower + (position - index) * (upper - lower)
}

function firstDescent(values: readonly number[]): number {
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? Number.NaN) < (values[index - 1] ?? Number.NaN)) return index
  }
  return -1
}

function requireAscending(values: readonly number[]): void {
  const index = firstDescent(values)
  if (index === -1) return
  throw outOfRange(
    `sorted[${index}] is smaller than the value before it`,
    'Sort the values first: quantile(sortAscending(values), ratio).',
  )
}
