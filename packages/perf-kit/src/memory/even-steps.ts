import { median, studentQuantile } from '../stats/index.ts'
import type { GrowthPoint } from './growth-points.ts'

/** With twice as many points or more, each step is between medians of neighbours. */
const LEVELS = 8
/**
 * One in two thousand series that only wander is as even by chance, and of 16 to 32 points one in 800 (measured): levels that are medians of neighbours make steps that
 * resemble each other, as means do (Working 1960).
 */
const CERTAINTY_RATIO = 0.9995
/** 95 % between both ends. */
const COVERAGE_ONE_SIDED = 0.975

export interface Steps {
  /** whether it grows from step to step, evenly enough that wandering about would not */
  readonly areEven: boolean
  /** of the growth for one x, 95 % */
  readonly low: number
  readonly high: number
}

/**
 * Growth by its steps. A value that wanders (each one is the last and something by chance, as resident memory does) has a trend by every test
 * that takes the distances from a line for chance: it is the steps that are. So this is Student's test of the steps' mean, as of a random walk with drift
 * (Hamilton 1994, §17): the sum of steps by chance grows with the root of their number only.
 *
 * @param points - three or more, x ascending
 */
export function stepsOf(points: readonly GrowthPoint[]): Steps {
  const levels = levelsOf(points)
  const steps = levels.slice(1).map(({ x, y }, index) => ({
    run: x - (levels[index]?.x ?? x),
    rise: y - (levels[index]?.y ?? y),
  }))
  const degrees = steps.length - 1
  const runs = steps.reduce((sum, { run }) => sum + run, 0)
  const drift = steps.reduce((sum, { rise }) => sum + rise, 0) / runs
  // A walk's steps vary with the root of their length.
  const squares = steps.reduce((sum, { run, rise }) => sum + (rise - drift * run) ** 2 / run, 0)
  const deviation = Math.sqrt(squares / degrees / runs)
  const half = studentQuantile(COVERAGE_ONE_SIDED, degrees) * deviation
  return {
    areEven: drift > studentQuantile(CERTAINTY_RATIO, degrees) * deviation,
    low: drift - half,
    high: drift + half,
  }
}

function levelsOf(points: readonly GrowthPoint[]): readonly GrowthPoint[] {
  if (points.length < 2 * LEVELS) return points
  return Array.from({ length: LEVELS }, (_, index) => {
    const part = points.slice(
      Math.round((index * points.length) / LEVELS),
      Math.round(((index + 1) * points.length) / LEVELS),
    )
    return { x: median(part.map(({ x }) => x)), y: median(part.map(({ y }) => y)) }
  })
}
