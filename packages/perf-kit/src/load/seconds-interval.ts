import type { Interval } from '../run/index.ts'
import { median, medianInterval } from '../stats/index.ts'

/** The interval of a second's median, moved to the mean over the whole: seconds are the repetitions. */
export function meanInterval(mean: number, perSecond: readonly number[]): Interval {
  const { low, high, coverageRatio } = medianInterval(perSecond)
  const shift = mean - median(perSecond)
  return { low: Math.max(0, low + shift), high: high + shift, coverageRatio }
}
