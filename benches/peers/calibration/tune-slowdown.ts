import { median } from '@gw/perf-kit'
import type { ComparisonRecord } from './record.ts'
import { type RoundOptions, type RoundRecord, runRound } from './round.ts'
import type { Slowdown, SlowdownWork } from './slowdown.ts'
import { SLOWDOWN_PLACES } from './subjects.ts'

/** The first guess is coarse, so that few pairs will do. After the last one each run of the calibration tunes on. */
const PAIRS_PER_ATTEMPT = [6, 16]
const NS_PER_TURN = 0.7
/** Runs that may still change the work. */
const TUNING_RUNS = 2
/** One run's pairs tell a slowdown of 5 % to about a fifth of it: nearer than that is noise, and not worth following. */
const CLOSE_RATIO = 0.2

/**
 * Find how much work makes each subject slower by `slowdownRatio`. A turn's price cannot be computed: part of it runs beside
 * the function's own instructions. So: guess, measure, scale, again.
 *
 * @param timesNs - what a call of each subject costs without any
 */
export async function tuneSlowdown(
  slowdown: Slowdown,
  slowdownRatio: number,
  timesNs: Readonly<Record<string, number>>,
  options: Omit<RoundOptions, 'subjects' | 'looks'>,
): Promise<SlowdownWork> {
  const subjects = SLOWDOWN_PLACES.map(({ subject }) => subject)
  let work: Record<string, number> = Object.fromEntries(
    subjects.map((subject) => [subject, firstGuess(slowdownRatio, timesNs[subject])]),
  )
  for (const pairs of PAIRS_PER_ATTEMPT) {
    await slowdown.set(work)
    const records = await runRound({ ...options, subjects, looks: [pairs] })
    const next = { ...work }
    for (const { subject, ratios } of records) {
      const reachedRatio = median(ratios) - 1
      next[subject] = rescaled(work[subject] ?? 0, slowdownRatio, reachedRatio)
      options.say(`${subject}: ${work[subject]} turns make ${(100 * reachedRatio).toFixed(1)} %`)
    }
    work = next
  }
  return work
}

/**
 * What the attempts have found may still be off: the first runs tune on, with more pairs. Then the work stays, so that all later
 * runs are of the same slowdown and each of them can be judged by what the others show of it.
 */
export class SlowdownTuner {
  readonly #wantedRatio: number
  readonly #ratios = new Map<string, readonly number[]>()
  #work: SlowdownWork
  #learntRuns = 0

  constructor(wantedRatio: number, work: SlowdownWork) {
    this.#wantedRatio = wantedRatio
    this.#work = work
  }

  /** @returns where recorded runs had come to; nothing when there are none */
  static goOn(wantedRatio: number, records: readonly ComparisonRecord[]): SlowdownTuner | undefined {
    let tuner: SlowdownTuner | undefined
    for (const run of Map.groupBy(records, ({ round }) => round).values()) {
      tuner ??= new SlowdownTuner(wantedRatio, Object.fromEntries(run.map((one) => [one.subject, one.work ?? 0])))
      tuner.learn(run)
    }
    return tuner
  }

  get work(): SlowdownWork {
    return this.#work
  }

  /** @param records - of a run with the present work */
  learn(records: readonly Pick<RoundRecord, 'subject' | 'ratios'>[]): void {
    this.#learntRuns++
    if (this.#learntRuns > TUNING_RUNS) return
    const next = { ...this.#work }
    for (const { subject, ratios } of records) {
      const all = [...(this.#ratios.get(subject) ?? []), ...ratios]
      const reachedRatio = median(all) - 1
      const isClose = Math.abs(reachedRatio - this.#wantedRatio) <= CLOSE_RATIO * this.#wantedRatio
      const turns = this.#work[subject] ?? 0
      next[subject] = isClose ? turns : rescaled(turns, this.#wantedRatio, reachedRatio)
      this.#ratios.set(subject, next[subject] === turns ? all : [])
    }
    this.#work = next
  }
}

function firstGuess(slowdownRatio: number, timeNs: number | undefined): number {
  if (timeNs === undefined) throw new Error('a benchmark that a slowdown is to be put into could not be measured')
  return Math.max(1, Math.round((slowdownRatio * timeNs) / NS_PER_TURN))
}

function rescaled(turns: number, wantedRatio: number, reachedRatio: number): number {
  return Math.max(1, Math.round(turns * scaleTo(wantedRatio, reachedRatio)))
}

/** Bounded: a disturbed attempt must not throw the next one far off. */
function scaleTo(wantedRatio: number, reachedRatio: number): number {
  return Math.min(3, Math.max(0.3, wantedRatio / Math.max(reachedRatio, wantedRatio / 10)))
}
