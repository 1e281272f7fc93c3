import {
  describeRequest,
  describeTimes,
  LoadGenerator,
  planLoad,
  startedTargetFacts,
  TargetSeconds,
  toLoadRun,
} from '../load/index.ts'
import type { Run } from '../run/index.ts'
import type { LatencyOptions } from './latency-options.ts'
import { explained, merged, noCapacity, onlyGoodput } from './latency-run.ts'
import { invalidLevels, type Step, stepsOf } from './measuring-steps.ts'

/** Beyond it, a level of 80 % may have been one of 100 %. */
const CAPACITY_CHANGE_LIMIT = 0.2

/** Measures how long requests take at several loads, one after another, and what the slowest of them waited for. */
export class LatencyMeasurer {
  readonly #options: LatencyOptions
  readonly #steps: readonly Step[]
  readonly #request: string
  readonly #times: string

  /** @throws {PerfKitError} `LOAD_INVALID` for levels that are none, and as `planLoad` does */
  constructor(options: LatencyOptions) {
    this.#options = options
    this.#steps = stepsOf(options)
    const plans = this.#steps.map(({ optionsAt }) => planLoad(optionsAt(1)))
    const [first] = plans
    if (first === undefined) throw invalidLevels('there is no level to measure at')
    const names = this.#steps.map(({ level }) => level)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw invalidLevels(`the level ${twice} is there twice`)
    this.#request = describeRequest(first)
    // Bunches of requests are another load than a row of them.
    this.#times = `${describeTimes(first)}${options.arrivals === 'poisson' ? ', poisson' : ''}`
  }

  /** How long levels last, as subjects tell it when they are to: `, 10 s after 2 s`. */
  get times(): string {
    return this.#times
  }

  /**
   * All levels, one after another.
   *
   * @returns a Run of kind `latency`, a subject a level
   * @throws {PerfKitError} `LOAD_FAILED` also when the target has no capacity: not one request succeeded
   */
  async measure(signal?: AbortSignal): Promise<Run> {
    const {
      suite = 'latency',
      configuration = 'default',
      source = { commit: null, dirty: false },
      budgets = [],
      tellTimes = false,
      target,
    } = this.#options
    const times = tellTimes ? this.#times : ''
    const startedAt = new Date()
    const startMs = performance.now()
    const runs: Run[] = []
    const capacities: number[] = []
    for (const [index, step] of this.#steps.entries()) {
      if (isAborted(signal)) break
      const generator = new LoadGenerator(step.optionsAt(Math.max(1, capacities[0] ?? 1)))
      const { result } = generator
      // Also while the capacity is looked for: levels are shares of what the target can do while it is watched.
      const inside = target?.agent === undefined ? undefined : TargetSeconds.watch(target.agent, generator)
      this.#options.onProgress?.({ level: step.level, index, count: this.#steps.length, result })
      await generator.run(signal).finally(() => inside?.stop())
      const subject = `${this.#request} · ${step.level}${times}`
      const facts = { suite, configuration, startedAt, source, subject }
      const run = toLoadRun(result, { ...facts, durationNs: 0, ...startedTargetFacts(target, inside) })
      if (!step.isCapacity) runs.push(explained(run, result, { subject, inside }))
      else {
        capacities.push(result.goodputPerSec)
        runs.push(onlyGoodput(run))
        if (capacities[0] === 0 && !isAborted(signal)) throw noCapacity(run)
      }
    }
    const durationNs = Math.round((performance.now() - startMs) * 1e6)
    return merged(runs, { durationNs, budgets, isWhole: !isAborted(signal), doubts: doubtsOf(capacities) })
  }
}

/** Asked again after each wait, which the compiler does not know to change it. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** @param capacities - per second, before and after the levels */
function doubtsOf([before, after]: readonly number[]): string[] {
  if (before === undefined || after === undefined) return []
  const change = after / before - 1
  if (Math.abs(change) <= CAPACITY_CHANGE_LIMIT) return []
  const [shownBefore, shownAfter] = [before, after].map((perSec) => Number(perSec.toPrecision(3)))
  return [
    `the capacity was ${shownBefore}/s before the levels and ${shownAfter}/s after them: what share of it a level was is not known; measure again on a quieter machine`,
  ]
}
