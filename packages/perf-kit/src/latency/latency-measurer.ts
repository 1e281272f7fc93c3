import { PerfKitError } from '../errors/index.ts'
import {
  describeRequest,
  LoadGenerator,
  type LoadOptions,
  type LoadResult,
  planLoad,
  toLoadRun,
} from '../load/index.ts'
import type { Budget, Run } from '../run/index.ts'
import { slowMetrics, slowNotes } from './slow-metrics.ts'
import { explainSlowRequests } from './slow-requests.ts'

/**
 * At which load latency is measured:
 * - `clients`: a closed loop of so many, each of which waits for its answer
 * - `ratePerSec`: an open loop of so many requests a second, whatever comes back
 * - `capacityRatio`: an open loop at this share of what the target can do, which is measured first
 */
export type LatencyLevel =
  | { readonly clients: number }
  | { readonly ratePerSec: number }
  | { readonly capacityRatio: number }

/** What is asked, of whom, and at which loads. */
export interface LatencyOptions extends Omit<LoadOptions, 'loop' | 'phases' | 'spikes' | 'warmupNs'> {
  /** default: 10, 50 and 80 % of the target's capacity */
  readonly levels?: readonly LatencyLevel[]
  /** of each level, its warm-up not counted; default 10 s */
  readonly durationNs?: number
  /** of each level, before it counts; default 2 s */
  readonly warmupNs?: number
  /** of the search for the capacity: clients that ask as fast as they can; default 50 */
  readonly capacityClients?: number
  /** what each level has to keep to */
  readonly budgets?: readonly Budget[]
  /** default: `latency` */
  readonly suite?: string
  readonly source?: Run['source']
  readonly onProgress?: (progress: LatencyProgress) => void
}

export interface LatencyProgress {
  /** what is measured at the moment: `50 % of capacity` */
  readonly level: string
  /** from 0 */
  readonly index: number
  /** the search for the capacity among them */
  readonly count: number
  /** grows as answers come in */
  readonly result: LoadResult
}

const DEFAULT_LEVELS: readonly LatencyLevel[] = [{ capacityRatio: 0.1 }, { capacityRatio: 0.5 }, { capacityRatio: 0.8 }]
const DEFAULT_CAPACITY_CLIENTS = 50

interface Step {
  readonly level: string
  readonly optionsAt: (capacityPerSec: number) => LoadOptions
  readonly isCapacity: boolean
}

/** Measures how long requests take at several loads, one after another, and what the slowest of them waited for. */
export class LatencyMeasurer {
  readonly #options: LatencyOptions
  readonly #steps: readonly Step[]
  readonly #request: string

  /** @throws {PerfKitError} `LOAD_INVALID` for levels that are none, and as `planLoad` does */
  constructor(options: LatencyOptions) {
    this.#options = options
    this.#steps = stepsOf(options)
    const plans = this.#steps.map(({ optionsAt }) => planLoad(optionsAt(1)))
    const [first] = plans
    if (first === undefined) throw invalid('there is no level to measure at')
    const names = this.#steps.map(({ level }) => level)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw invalid(`the level ${twice} is there twice`)
    this.#request = describeRequest(first)
  }

  /**
   * All levels, one after another.
   *
   * @returns a Run of kind `latency`, a subject a level
   * @throws {PerfKitError} `LOAD_FAILED` also when the target has no capacity: not one request succeeded
   */
  async measure(signal?: AbortSignal): Promise<Run> {
    const { suite = 'latency', source = { commit: null, dirty: false }, budgets = [] } = this.#options
    const startedAt = new Date()
    const startMs = performance.now()
    const runs: Run[] = []
    let capacityPerSec = 0
    for (const [index, step] of this.#steps.entries()) {
      if (isAborted(signal)) break
      const generator = new LoadGenerator(step.optionsAt(Math.max(1, capacityPerSec)))
      const { result } = generator
      this.#options.onProgress?.({ level: step.level, index, count: this.#steps.length, result })
      await generator.run(signal)
      const facts = { suite, configuration: 'default', startedAt, source, subject: `${this.#request} · ${step.level}` }
      const run = toLoadRun(result, { ...facts, durationNs: 0 })
      if (!step.isCapacity) runs.push(explained(run, result, facts.subject))
      else {
        capacityPerSec = result.goodputPerSec
        runs.push(onlyGoodput(run))
        if (capacityPerSec === 0 && !isAborted(signal)) throw noCapacity(run)
      }
    }
    const durationNs = Math.round((performance.now() - startMs) * 1e6)
    return merged(runs, { durationNs, budgets, isWhole: !isAborted(signal) })
  }
}

/** Asked again after each wait, which the compiler does not know to change it. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function stepsOf({ levels = DEFAULT_LEVELS, ...options }: LatencyOptions): Step[] {
  const { durationNs = 10e9, warmupNs = 2e9, capacityClients = DEFAULT_CAPACITY_CLIENTS } = options
  const steady = (level: number): Pick<LoadOptions, 'phases' | 'warmupNs'> => ({
    phases: [{ from: level, to: level, durationNs: warmupNs + durationNs }],
    warmupNs,
  })
  const step = (level: string, optionsAt: Step['optionsAt']): Step => ({ level, optionsAt, isCapacity: false })
  const steps = levels.map((level) => {
    if ('clients' in level) {
      const { clients } = level
      return step(clients === 1 ? '1 client' : `${clients} clients`, () => ({
        ...options,
        loop: 'closed',
        ...steady(clients),
      }))
    }
    if ('ratePerSec' in level) {
      const { ratePerSec } = level
      return step(`${ratePerSec}/s`, () => ({ ...options, loop: 'open', ...steady(ratePerSec) }))
    }
    const { capacityRatio } = level
    if (!(capacityRatio > 0 && capacityRatio <= 2)) {
      throw invalid(`${capacityRatio} is no share of a capacity; more than 0 and at most 2 can be driven`)
    }
    return step(`${Number((100 * capacityRatio).toPrecision(6))} % of capacity`, (capacityPerSec) => ({
      ...options,
      loop: 'open',
      ...steady(capacityRatio * capacityPerSec),
    }))
  })
  if (!levels.some((level) => 'capacityRatio' in level)) return steps
  const optionsAt = (): LoadOptions => ({ ...options, loop: 'closed', ...steady(capacityClients) })
  return [{ level: `capacity, ${capacityClients} clients`, optionsAt, isCapacity: true }, ...steps]
}

/** What a closed loop found the target able to do; its latencies are those of a crowd, and nobody's. */
function onlyGoodput(run: Run): Run {
  const metrics = run.metrics.filter(({ name }) => name === 'goodput').map((metric) => ({ ...metric, gates: false }))
  return { ...run, metrics, series: [], warnings: [] }
}

function explained(run: Run, result: LoadResult, subject: string): Run {
  const slow = explainSlowRequests(result)
  if (slow === undefined) return run
  const metrics = [...run.metrics, ...slowMetrics(slow, subject)]
  return { ...run, metrics, warnings: [...run.warnings, ...slowNotes(slow)] }
}

interface Whole {
  readonly durationNs: number
  readonly budgets: readonly Budget[]
  /** false: it was interrupted */
  readonly isWhole: boolean
}

/** One Run of several: as valid as the least valid of them. */
function merged(runs: readonly Run[], { durationNs, budgets, isWhole }: Whole): Run {
  const [first] = runs
  if (first === undefined) {
    throw new PerfKitError('INTERRUPTED', 'interrupted before anything was measured', { remedy: 'Let it run longer.' })
  }
  const states = new Set(runs.map(({ validity }) => validity.state))
  const state = !isWhole || states.has('invalid') ? 'invalid' : states.has('suspect') ? 'suspect' : 'valid'
  const reasons = runs.flatMap((run) => run.validity.reasons.map((reason) => `${levelOf(run)}: ${reason}`))
  return {
    ...first,
    kind: 'latency',
    durationNs,
    metrics: runs.flatMap((run) => run.metrics),
    series: runs.flatMap((run) => run.series ?? []),
    ...(budgets.length === 0 ? {} : { budgets: [...budgets] }),
    validity: { state, reasons: isWhole ? reasons : ['it was ended before all levels were measured', ...reasons] },
    warnings: distinct(runs.flatMap((run) => run.warnings)),
  }
}

function levelOf({ metrics }: Run): string {
  return metrics[0]?.subject.split(' · ').at(-1) ?? ''
}

function distinct(notes: Run['warnings']): Run['warnings'] {
  return notes.filter((note, index) => notes.findIndex(({ message }) => message === note.message) === index)
}

function noCapacity({ validity }: Run): PerfKitError {
  return new PerfKitError('LOAD_FAILED', `the target has no capacity: ${validity.reasons.join('; ')}`, {
    remedy: 'Try `perf-kit load` on it, which tells how its answers failed.',
  })
}

function invalid(message: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy: 'Correct the levels; see docs/latency.md.' })
}
