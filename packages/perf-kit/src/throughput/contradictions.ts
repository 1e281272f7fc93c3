import type { TrialVerdict } from '../run/index.ts'

interface Tried {
  readonly ratePerSec: number
  readonly verdict: TrialVerdict
}

/** Rates that a capacity may lie between. */
interface Ends {
  readonly lowPerSec: number
  readonly highPerSec: number
}

/** Two trials of which one was kept to at a higher rate than another was not: not with one capacity. */
export interface Contradiction extends Ends {
  readonly keptPerSec: number
  readonly brokenPerSec: number
  /** whether the higher rate was kept to before the lower one was not: the capacity may have fallen */
  readonly keptFirst: boolean
}

/** One trial may break for reasons of its own; hardly any is kept to for such. */
const MOST_BROKEN = 1

/**
 * Trials that say something else than the interval, by more than noise at a boundary would: the capacity has changed between them, or
 * other programs were in the way.
 *
 * @param trials - in the order of time
 * @param marginRatio - beyond the interval's ends: 0.06 for 6 %
 * @returns the two furthest apart, and an interval that holds both; `undefined` where there are no more than chance makes
 */
export function contradictionIn(trials: readonly Tried[], ends: Ends, marginRatio: number): Contradiction | undefined {
  const of = (verdict: TrialVerdict): Tried[] => trials.filter((trial) => trial.verdict === verdict)
  const kept = of('met').filter(({ ratePerSec }) => ratePerSec > ends.highPerSec * (1 + marginRatio))
  const broken = of('broken').filter(({ ratePerSec }) => ratePerSec < ends.lowPerSec / (1 + marginRatio))
  if (kept.length === 0 && broken.length <= MOST_BROKEN) return undefined
  const byRate = (left: Tried, right: Tried): number => left.ratePerSec - right.ratePerSec
  // A capacity that has changed shows in the trials on both sides of the change.
  const highest = (kept.length > 0 ? kept : of('met')).toSorted(byRate).at(-1)
  const [lowest] = (broken.length > MOST_BROKEN ? broken : of('broken')).toSorted(byRate)
  if (highest === undefined || lowest === undefined) return undefined
  return {
    keptPerSec: highest.ratePerSec,
    brokenPerSec: lowest.ratePerSec,
    keptFirst: trials.indexOf(highest) < trials.indexOf(lowest),
    lowPerSec: Math.min(ends.lowPerSec, lowest.ratePerSec),
    highPerSec: Math.max(ends.highPerSec, highest.ratePerSec),
  }
}
