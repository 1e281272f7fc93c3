import type { SlopeInterval } from '../stats/index.ts'
import type { GrowthPoint } from './growth-points.ts'
import { halvesOf, slopeOf } from './growth-slope.ts'

/** Of all points: where a warm-up may have ended. Beyond the middle there would be more of it than of what counts. */
const ENDS = [0, 1 / 8, 1 / 4, 3 / 8, 1 / 2]
/** Slopes that differ by less than this are alike. */
const ALIKE_RATIO = 0.2

export interface Warmed {
  /** what comes after the warm-up */
  readonly rest: readonly GrowthPoint[]
  /** whether that grows in its last half as it does in its first; where no end of a warm-up is seen it does not */
  readonly isLevel: boolean
}

/**
 * Where a warm-up has ended: at the earliest place from which on the first half grows as fast as the last half does, as far as can be told.
 * Caches that fill and code that is compiled make a process grow ever more slowly, and a leak does not.
 *
 * @param fewest - points that have to be left
 * @param negligible - a slope that is none
 */
export function afterWarmup(points: readonly GrowthPoint[], fewest: number, negligible: number): Warmed {
  const rests = ENDS.map((end) => points.slice(Math.round(end * points.length))).filter(
    ({ length }) => length >= fewest,
  )
  const compared: Halves[] = []
  for (const rest of rests) {
    const halves = comparedHalves(rest)
    if (areAlike(halves, negligible, 0)) return { rest, isLevel: true }
    compared.push(halves)
  }
  // The end of a warm-up makes slopes uncertain too: only where no rest is even without allowing for that, it is allowed for.
  const level = compared.find((halves) => areAlike(halves, negligible, 1))
  if (level !== undefined) return { rest: level.rest, isLevel: true }
  const last = compared.at(-1)
  // What grows ever faster has no warm-up.
  return { rest: last?.rest ?? points, isLevel: last !== undefined && last.late.slope > last.early.slope }
}

interface Halves {
  readonly rest: readonly GrowthPoint[]
  readonly early: SlopeInterval
  readonly late: SlopeInterval
}

function comparedHalves(rest: readonly GrowthPoint[]): Halves {
  const [early, late] = halvesOf(rest)
  return { rest, early: slopeOf(early), late: slopeOf(late) }
}

/** @param allowance - how much of what slopes may be off by chance they may differ by */
function areAlike({ early, late }: Halves, negligible: number, allowance: number): boolean {
  const noise = (allowance * Math.hypot(early.high - early.low, late.high - late.low)) / 2
  const alike = Math.max(ALIKE_RATIO * Math.max(Math.abs(early.slope), Math.abs(late.slope)), negligible / 2, noise)
  return Math.abs(early.slope - late.slope) <= alike
}
