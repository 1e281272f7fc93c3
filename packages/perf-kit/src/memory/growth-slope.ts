import { type SlopeInterval, theilSenInterval, theilSenSlope } from '../stats/index.ts'
import type { GrowthPoint } from './growth-points.ts'

/** How fast it grows, with its interval of 95 %. @param varianceFactor - of `mannKendall` */
export function slopeOf(points: readonly GrowthPoint[], varianceFactor = 1): SlopeInterval {
  return theilSenInterval(xsOf(points), ysOf(points), varianceFactor)
}

export function plainSlopeOf(points: readonly GrowthPoint[]): number {
  return theilSenSlope(xsOf(points), ysOf(points))
}

export function ysOf(points: readonly GrowthPoint[]): readonly number[] {
  return points.map(({ y }) => y)
}

export function halvesOf(points: readonly GrowthPoint[]): readonly [GrowthPoint[], GrowthPoint[]] {
  const middle = Math.floor(points.length / 2)
  return [points.slice(0, middle), points.slice(middle)]
}

/** From the first to the last. */
export function spanOf(points: readonly GrowthPoint[]): number {
  return (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0)
}

function xsOf(points: readonly GrowthPoint[]): readonly number[] {
  return points.map(({ x }) => x)
}
