/** A value that may grow, after so many requests; or, where nobody counts them, after so many seconds. */
export interface GrowthPoint {
  readonly x: number
  readonly y: number
}

/** Enough to see growth by, and few enough to compare every two of them at once. */
const MOST_POINTS = 32

/**
 * The lowest value of each stretch, evenly long. What is kept for a while (a burst, requests under way, garbage that nobody had to collect yet)
 * makes values higher and never lower, so that floors tell what is kept for good. Stretches are as long as values are apart,
 * or as many as can be compared; points closer to each other than that become one.
 *
 * @param points - in the order of x; not mutated
 * @returns x strictly ascending
 */
export function floorsOf(points: readonly GrowthPoint[], most = MOST_POINTS): readonly GrowthPoint[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return []
  const stretch = (last.x - first.x) / Math.min(most, points.length)
  const stretches: GrowthPoint[][] = []
  for (const point of points) {
    const current = stretches.at(-1)
    const from = current?.[0]?.x ?? Number.NEGATIVE_INFINITY
    // A thousandth less: sums of equal steps are not quite equal.
    if (current === undefined || point.x - from >= 0.999 * stretch) stretches.push([point])
    else current.push(point)
  }
  const floors = stretches.map((each) => ({ x: meanX(each), y: lowestY(each) }))
  return floors.filter(({ x }, index) => index === 0 || x > (floors[index - 1]?.x ?? x))
}

function meanX(points: readonly GrowthPoint[]): number {
  return points.reduce((sum, { x }) => sum + x, 0) / points.length
}

function lowestY(points: readonly GrowthPoint[]): number {
  return points.reduce((lowest, { y }) => Math.min(lowest, y), Number.POSITIVE_INFINITY)
}
