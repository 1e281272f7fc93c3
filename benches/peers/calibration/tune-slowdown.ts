import { median } from '@gw/perf-kit'
import { type RoundOptions, runRound } from './round.ts'
import type { Slowdown, SlowdownSteps } from './slowdown.ts'
import { SLOWDOWN_PLACES } from './subjects.ts'

/** The first guess is coarse, so that few pairs will do; the last one is what the calibration runs with. */
const PAIRS_PER_ATTEMPT = [6, 12, 24]
const NS_PER_STEP = 1.3

/**
 * Find how much work makes each subject slower by `slowdownRatio`. A step's price cannot be computed: part of it runs beside
 * the function's own instructions. So: guess, measure, scale, again.
 *
 * @param timesNs - what a call of each subject costs without any
 */
export async function tuneSlowdown(
  slowdown: Slowdown,
  slowdownRatio: number,
  timesNs: Readonly<Record<string, number>>,
  options: Omit<RoundOptions, 'subjects' | 'looks'>,
): Promise<SlowdownSteps> {
  const subjects = SLOWDOWN_PLACES.map(({ subject }) => subject)
  let steps: Record<string, number> = Object.fromEntries(
    subjects.map((subject) => [subject, (16 * slowdownRatio * (timesNs[subject] ?? 0)) / NS_PER_STEP]),
  )
  for (const pairs of PAIRS_PER_ATTEMPT) {
    await slowdown.set(steps)
    const records = await runRound({ ...options, subjects, looks: [pairs] })
    const next: Record<string, number> = {}
    for (const { subject, ratios } of records) {
      const reachedRatio = median(ratios) - 1
      next[subject] = Math.max(1, Math.round((steps[subject] ?? 0) * scaleTo(slowdownRatio, reachedRatio)))
      options.say(`${subject}: ${Math.round(steps[subject] ?? 0)} sixteenths make ${(100 * reachedRatio).toFixed(1)} %`)
    }
    steps = next
  }
  return steps
}

/** Bounded: a disturbed attempt must not throw the next one far off. */
function scaleTo(wantedRatio: number, reachedRatio: number): number {
  return Math.min(3, Math.max(0.3, wantedRatio / Math.max(reachedRatio, wantedRatio / 10)))
}
