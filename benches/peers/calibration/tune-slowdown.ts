import { median } from '@gw/perf-kit'
import { type RoundOptions, type RoundRecord, runRound } from './round.ts'
import type { Slowdown, SlowdownSteps } from './slowdown.ts'
import { SLOWDOWN_PLACES } from './subjects.ts'

/** The first guess is coarse, so that few pairs will do; the last one is what the calibration runs with. */
const PAIRS_PER_ATTEMPT = [6, 12, 24]
const NS_PER_STEP = 1.3
/** Within a tenth of what is wanted is as close as a call's own layout lets it come. */
const CLOSE_RATIO = 0.1

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
      next[subject] = rescaled(steps[subject] ?? 0, slowdownRatio, reachedRatio)
      options.say(`${subject}: ${Math.round(steps[subject] ?? 0)} sixteenths make ${(100 * reachedRatio).toFixed(1)} %`)
    }
    steps = next
  }
  return steps
}

/** What all runs with the same work have shown may still be off: tune on, with far more pairs than before. */
export class SlowdownTuner {
  readonly #wantedRatio: number
  readonly #ratios = new Map<string, readonly number[]>()
  #steps: SlowdownSteps

  constructor(wantedRatio: number, steps: SlowdownSteps) {
    this.#wantedRatio = wantedRatio
    this.#steps = steps
  }

  get steps(): SlowdownSteps {
    return this.#steps
  }

  /** @param records - of a run with the present steps */
  learn(records: readonly Pick<RoundRecord, 'subject' | 'ratios'>[]): void {
    const next = { ...this.#steps }
    for (const { subject, ratios } of records) {
      const all = [...(this.#ratios.get(subject) ?? []), ...ratios]
      const reachedRatio = median(all) - 1
      const isClose = Math.abs(reachedRatio - this.#wantedRatio) <= CLOSE_RATIO * this.#wantedRatio
      this.#ratios.set(subject, isClose ? all : [])
      if (!isClose) next[subject] = rescaled(this.#steps[subject] ?? 0, this.#wantedRatio, reachedRatio)
    }
    this.#steps = next
  }
}

function rescaled(sixteenths: number, wantedRatio: number, reachedRatio: number): number {
  return Math.max(1, Math.round(sixteenths * scaleTo(wantedRatio, reachedRatio)))
}

/** Bounded: a disturbed attempt must not throw the next one far off. */
function scaleTo(wantedRatio: number, reachedRatio: number): number {
  return Math.min(3, Math.max(0.3, wantedRatio / Math.max(reachedRatio, wantedRatio / 10)))
}
