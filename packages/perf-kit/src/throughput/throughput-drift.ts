import { mannKendall, median, theilSenInterval } from '../stats/index.ts'

/** Fewer have no trend whose chance could be below one in a hundred: of six in order, one in 720. */
const FEWEST_POINTS = 6
/** Slopes between any two of so many are counted in a moment; hours of seconds are not. */
const MOST_POINTS = 600
const TREND_BELOW = 0.01
const DEFAULT_LEAST_RATIO = 0.05

export interface ThroughputDrift {
  /**
   * - `steady`: it has changed by less than counts, 95 % sure
   * - `drifting`: it has a trend, which is more than counts, 95 % sure, and goes on in the last half
   * - `undecided`: neither; `because` says what is missing
   */
  readonly state: 'steady' | 'drifting' | 'undecided'
  readonly because: string
  /** over the whole time, as a share of the median, with its interval of 95 %; absent: too few seconds, or nothing succeeded */
  readonly change?: { readonly ratio: number; readonly lowRatio: number; readonly highRatio: number }
  /** two-sided, of the trend, corrected for seconds that resemble each other */
  readonly pRatio?: number
}

/**
 * Whether a throughput drifts: the three tests that docs/methodology.md asks of a leak, since each alone cries wolf on a healthy server.
 *
 * @param perSec - of each second after the warm-up, in their order
 * @param leastRatio - a smaller change over the whole time does not count: default 0.05 for 5 %
 */
export function throughputDrift(perSec: readonly number[], leastRatio = DEFAULT_LEAST_RATIO): ThroughputDrift {
  if (perSec.length < FEWEST_POINTS) {
    return { state: 'undecided', because: `${perSec.length} seconds are too few: ${FEWEST_POINTS} at least` }
  }
  const usual = median(perSec)
  if (usual === 0) return { state: 'undecided', because: 'nothing succeeded in most seconds' }
  const points = thinned(perSec)
  const { pRatio, varianceFactor } = mannKendall(points)
  const change = changeOf(points, usual, varianceFactor)
  const seen = { change, pRatio }
  if (Math.max(-change.lowRatio, change.highRatio) < leastRatio) {
    return { state: 'steady', because: `it has changed by less than ${percent(leastRatio)}`, ...seen }
  }
  const missing = whatIsMissing({ points, usual, leastRatio, ...seen })
  if (missing !== undefined) return { state: 'undecided', because: missing, ...seen }
  const word = change.ratio < 0 ? 'less' : 'more'
  return {
    state: 'drifting',
    because: `it gets ${word} all the time, by ${percent(Math.abs(change.ratio))} in all`,
    ...seen,
  }
}

interface Trend {
  readonly points: readonly number[]
  readonly usual: number
  readonly leastRatio: number
  readonly change: NonNullable<ThroughputDrift['change']>
  readonly pRatio: number
}

/** @returns why it is no drift; `undefined` when it is one */
function whatIsMissing({ points, usual, leastRatio, change, pRatio }: Trend): string | undefined {
  if (pRatio >= TREND_BELOW) return 'it goes up and down too much to tell'
  const surely = change.ratio < 0 ? -change.highRatio : change.lowRatio
  if (surely < leastRatio) return `it has a trend, and whether that is ${percent(leastRatio)} or more is not known`
  const lastHalf = points.slice(Math.floor(points.length / 2))
  // A drift at an even pace has half of it there: a quarter of that is standing still.
  const inLastHalf = changeOf(lastHalf, usual, 1).ratio * Math.sign(change.ratio)
  if (inLastHalf < Math.abs(change.ratio) / 8) return 'it has changed, and stands still in the last half'
  return undefined
}

/** From the first second to the last. */
function changeOf(points: readonly number[], usual: number, varianceFactor: number): Trend['change'] {
  const times = points.map((_, index) => index)
  const { slope, low, high } = theilSenInterval(times, points, varianceFactor)
  const whole = (points.length - 1) / usual
  return { ratio: slope * whole, lowRatio: low * whole, highRatio: high * whole }
}

/** Medians of neighbours, evenly many, so that a pause within some is none of theirs. */
function thinned(perSec: readonly number[]): readonly number[] {
  const size = Math.ceil(perSec.length / MOST_POINTS)
  if (size === 1) return perSec
  const whole = Math.floor(perSec.length / size)
  return Array.from({ length: whole }, (_, index) => median(perSec.slice(index * size, (index + 1) * size)))
}

function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(2))} %`
}
