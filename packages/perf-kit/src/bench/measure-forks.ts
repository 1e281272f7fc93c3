import type { RunFailure } from '../run/index.ts'
import type { BenchCase } from './discover.ts'
import type { Calibration, Measurement } from './fork/job.ts'
import { calibrateCase, drawSeed, type ForkContext, measureCase, toFailure } from './measure-case.ts'
import type { ProgressTracker } from './progress.ts'
import { shuffled } from './random-order.ts'

export interface MeasuredCase {
  readonly benchCase: BenchCase
  readonly calibration: Calibration
  readonly printed: boolean
  readonly forks: Measurement[]
}

export interface ForksOptions extends ForkContext {
  readonly cases: readonly BenchCase[]
  readonly forks: number
  /** no fork starts after this much time since the tracker was made */
  readonly timeBudgetNs: number
  readonly progress: ProgressTracker
  readonly random: () => number
}

export interface ForksOutcome {
  readonly measured: readonly MeasuredCase[]
  readonly failures: readonly RunFailure[]
  readonly interrupted: boolean
}

/**
 * Measure each case in `forks` processes. One round runs every case once, in a fresh random order, so that a machine
 * that gets slower for a minute slows all cases alike instead of one.
 */
export async function measureForks(options: ForksOptions): Promise<ForksOutcome> {
  const { cases, forks, progress, random } = options
  progress.plan(cases.length * (forks + 1))
  const outcome = { measured: new Map<string, MeasuredCase>(), failures: [] as RunFailure[] }
  try {
    await calibrateAll(options, outcome)
    for (let round = 1; round <= forks; round++) {
      for (const { benchCase, calibration } of shuffled([...outcome.measured.values()], random)) {
        if (round > 1 && progress.elapsedNs() > options.timeBudgetNs) return finish(outcome, false)
        progress.begin(`round ${round} of ${forks}`, benchCase.subject)
        try {
          const context = { ...options, seed: drawSeed(random) }
          outcome.measured.get(benchCase.subject)?.forks.push(await measureCase(benchCase, calibration, context))
        } catch (error) {
          outcome.failures.push(toFailure(benchCase.subject, error))
          outcome.measured.delete(benchCase.subject)
          progress.drop(forks - round)
        }
        progress.end()
      }
    }
    return finish(outcome, false)
  } catch (error) {
    if (options.signal?.aborted !== true) throw error
    return finish(outcome, true)
  }
}

interface OpenOutcome {
  readonly measured: Map<string, MeasuredCase>
  readonly failures: RunFailure[]
}

async function calibrateAll(options: ForksOptions, { measured, failures }: OpenOutcome): Promise<void> {
  for (const benchCase of options.cases) {
    options.progress.begin('calibrating', benchCase.subject)
    try {
      const { printed, ...calibration } = await calibrateCase(benchCase, options)
      measured.set(benchCase.subject, { benchCase, calibration, printed, forks: [] })
    } catch (error) {
      failures.push(toFailure(benchCase.subject, error))
      options.progress.drop(options.forks)
    }
    options.progress.end()
  }
}

/** What was measured at least once, in the order of its cases. */
function finish({ measured, failures }: OpenOutcome, interrupted: boolean): ForksOutcome {
  return { measured: [...measured.values()].filter(({ forks }) => forks.length > 0), failures, interrupted }
}
