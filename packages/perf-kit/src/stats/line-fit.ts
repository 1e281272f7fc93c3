import { outOfRange, requirePoints } from './sample-checks.ts'

/**
 * Which errors weigh alike: `absolute` ones (ordinary least squares), or errors `relativeToX` (weights 1/x²),
 * for quantities whose noise grows with x, such as the time of x iterations.
 */
export type LineWeighting = 'absolute' | 'relativeToX'

export interface LineFit {
  /** In y's unit per x's unit. */
  readonly slope: number
  /** In y's unit: the line's height at x = 0. */
  readonly intercept: number
  /** y − line, unweighted, in the order of the points. */
  readonly residuals: readonly number[]
  /** Share of y's (weighted) variance that the line explains; 0 when y does not vary. */
  readonly rSquaredRatio: number
}

/**
 * Straight line by least squares.
 *
 * @param xs - finite, n ≥ 2, at least two different ones, none 0 when weighted; not mutated
 * @param ys - finite, as many; not mutated
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function fitLine(
  xs: readonly number[],
  ys: readonly number[],
  { weighting = 'absolute' }: { readonly weighting?: LineWeighting } = {},
): LineFit {
  requirePoints(xs, ys)
  const points = xs.map((x, index) => ({ x, y: ys[index] ?? Number.NaN, weight: weightOf(x, weighting) }))
  const totalWeight = sumOf(points, ({ weight }) => weight)
  const meanX = sumOf(points, ({ x, weight }) => weight * x) / totalWeight
  const meanY = sumOf(points, ({ y, weight }) => weight * y) / totalWeight
  const spreadX = sumOf(points, ({ x, weight }) => weight * (x - meanX) ** 2)
  const slope = sumOf(points, ({ x, y, weight }) => weight * (x - meanX) * (y - meanY)) / spreadX
  const residuals = points.map(({ x, y }) => y - meanY - slope * (x - meanX))
  const spreadY = sumOf(points, ({ y, weight }) => weight * (y - meanY) ** 2)
  const unexplained = residuals.reduce((sum, residual, index) => sum + (points[index]?.weight ?? 0) * residual ** 2, 0)
  const varies = ys.some((y) => y !== ys[0])
  return { slope, intercept: meanY - slope * meanX, residuals, rSquaredRatio: varies ? 1 - unexplained / spreadY : 0 }
}

function weightOf(x: number, weighting: LineWeighting): number {
  if (weighting === 'absolute') return 1
  if (x !== 0) return 1 / x ** 2
  throw outOfRange('an error relative to x = 0 has no size', 'Leave out the point at 0, or weigh errors as absolute.')
}

function sumOf<Point>(points: readonly Point[], term: (point: Point) => number): number {
  return points.reduce((sum, point) => sum + term(point), 0)
}
