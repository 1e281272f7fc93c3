import { objectiveText } from '../config/index.ts'
import { PerfKitError } from '../errors/index.ts'
import {
  describeRequest,
  type LoadOptions,
  type LoadResult,
  planLoad,
  startedTargetFacts,
  targetNotes,
} from '../load/index.ts'
import type { Run } from '../run/index.ts'
import { besideOthers } from './beside-others.ts'
import type { CapacityOptions } from './capacity-options.ts'
import { toCapacityRun } from './capacity-run.ts'
import { CapacitySearch, CONFIRM_LENGTH, type SearchStep } from './capacity-search.ts'
import { type CapacitySettings, capacitySettings, trialDurationNs, trialLoad } from './capacity-settings.ts'
import { asLost, type Ending } from './search-ending.ts'
import { type Pulse, settle, takePulse } from './target-pulse.ts'
import { runTrial, type TrialOutcome, type TrialPlan } from './trial.ts'
import { TrialBook } from './trial-book.ts'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
const MEETINGS = 5
const PROBE_CLIENTS = 50
const PROBE_NS = 2 * NS_PER_SEC
const MOST_PROBES = 3
/** From the first second of a probe to its last. */
const RISING_RATIO = 1.1
/** One that hangs is asked several times. */
const SETTLE_TIMEOUT_NS = 2 * NS_PER_SEC
/** Threads that start, connections that open, answers that come late. */
const AROUND_TRIAL_NS = 0.5 * NS_PER_SEC

/** Measures how much a target can do: the highest rate at which it keeps to an objective. */
export class ThroughputTester {
  readonly #options: CapacityOptions
  readonly #settings: CapacitySettings
  readonly #request: string
  #startMs = 0
  readonly #book = new TrialBook()
  #idleServiceNs = 0
  /** the lowest rate after which the target did not become as quick again as it had been */
  #slowAfterPerSec: number | undefined

  /** @throws {PerfKitError} `LOAD_INVALID` for limits and rates that are none, and as `planLoad` does */
  constructor(options: CapacityOptions) {
    this.#options = options
    this.#settings = capacitySettings(options)
    const { highestPerSec: ratePerSec, trialNs: durationNs } = this.#settings
    this.#request = describeRequest(
      planLoad({ ...this.#asked, ...trialLoad(this.#settings, { ratePerSec, durationNs }) }),
    )
  }

  /**
   * Search for the capacity: once, another search is another tester.
   *
   * @returns a Run of kind `throughput` with every trial, also when it was interrupted, or the target was lost on the way
   * @throws {PerfKitError} `LOAD_FAILED` when the target does not answer a single client, `INTERRUPTED` before it has
   */
  async capacity(signal?: AbortSignal): Promise<Run> {
    const { suite = 'capacity', configuration = 'default', source = { commit: null, dirty: false } } = this.#options
    const startedAt = new Date()
    this.#startMs = performance.now()
    this.#book.note(targetNotes(startedTargetFacts(this.#options.target, undefined)))
    await this.#meet(signal)
    const search = await this.#begin(signal)
    const ending = await this.#search(search, signal)
    return toCapacityRun({
      suite,
      configuration,
      source,
      startedAt,
      durationNs: this.#elapsedNs,
      subject: `${this.#request} · ${objectiveText(this.#settings.objective)}`,
      settings: this.#settings,
      search,
      trials: this.#book.trials,
      ending,
      ...(this.#slowAfterPerSec === undefined ? {} : { slowAfterPerSec: this.#slowAfterPerSec }),
      notes: this.#book.notes,
    })
  }

  get #asked(): Omit<LoadOptions, 'loop' | 'phases'> {
    const { objective: _, target: _target, onProgress: _onProgress, warmupNs: _warmupNs, ...asked } = this.#options
    return asked
  }

  get #elapsedNs(): number {
    return Math.round((performance.now() - this.#startMs) * NS_PER_MS)
  }

  /** Whoever does not answer one client has no capacity to look for. */
  async #meet(signal: AbortSignal | undefined): Promise<void> {
    let outcomes: readonly string[] = []
    // On a busy machine the time may be over before anything has happened.
    for (let turn = 0; turn < MEETINGS && outcomes.length === 0; turn++) {
      const pulse = await this.#pulse(this.#settings.timeoutNs, signal)
      signal?.throwIfAborted()
      if (pulse.serviceNs !== undefined) {
        this.#idleServiceNs = pulse.serviceNs
        return
      }
      outcomes = pulse.outcomes
    }
    throw new PerfKitError(
      'LOAD_FAILED',
      `the target does not answer a single client: ${outcomes.join(', ') || 'nothing came'}`,
      {
        remedy: 'Try `perf-kit load` on it, which tells how its answers failed.',
      },
    )
  }

  async #pulse(timeoutNs: number, signal: AbortSignal | undefined): Promise<Pulse> {
    return await takePulse({ ...this.#asked, timeoutNs }, signal)
  }

  /** Where to begin: at a rate that somebody chose, or near what some clients can get out of the target. */
  async #begin(signal: AbortSignal | undefined): Promise<CapacitySearch> {
    const { startRatePerSec, lowestPerSec, highestPerSec, precisionRatio, mostTrials } = this.#settings
    const make = (startPerSec: number, startIsMeasured: boolean): CapacitySearch =>
      new CapacitySearch({
        startPerSec: Math.min(highestPerSec, Math.max(lowestPerSec, startPerSec)),
        startIsMeasured,
        lowestPerSec,
        highestPerSec,
        precisionRatio,
        mostTrials: mostTrials - this.#book.trials.length,
      })
    if (startRatePerSec !== undefined) return make(startRatePerSec, false)
    const goodputPerSec = await this.#probe(signal)
    // A target that bears no crowd still answers one client.
    // Where no trial may go, nothing was measured.
    const isWithin = goodputPerSec >= lowestPerSec && goodputPerSec <= highestPerSec
    return make(goodputPerSec === 0 ? NS_PER_SEC / this.#idleServiceNs : goodputPerSec, isWithin)
  }

  /** A process that has just been started gets faster: where that shows, what clients got done is looked at again. */
  async #probe(signal: AbortSignal | undefined): Promise<number> {
    for (let probe = 1; ; probe++) {
      const outcome = await this.#run({ phase: 'probe', ratePerSec: null, load: this.#probeLoad() }, signal)
      const { trial, wholeSeconds = [] } = outcome ?? {}
      const [first = 0, ...later] = wholeSeconds
      const isRising = (later.at(-1) ?? 0) > RISING_RATIO * first
      if (!isRising || probe === MOST_PROBES) return trial?.goodputPerSec ?? 0
    }
  }

  #probeLoad(): LoadOptions {
    const { trialNs, warmupNs, timeoutNs } = this.#settings
    const clients = Math.min(PROBE_CLIENTS, this.#options.maxConnections ?? PROBE_CLIENTS)
    const durationNs = warmupNs + Math.min(PROBE_NS, trialNs)
    return { ...this.#asked, loop: 'closed', phases: [{ from: clients, to: clients, durationNs }], warmupNs, timeoutNs }
  }

  async #search(search: CapacitySearch, signal: AbortSignal | undefined): Promise<Ending> {
    for (;;) {
      if (isAborted(signal)) return { kind: 'interrupted' }
      const step = this.#next(search)
      if (step.kind === 'end') return { kind: 'done' }
      if (!this.#hasTimeFor(step.ratePerSec, step.lengthFactor)) return { kind: 'time' }
      const outcome = await this.#try(step, signal).catch((error: unknown) =>
        asLost(error, this.#book.trials.length > 0),
      )
      if (outcome === undefined) return { kind: 'interrupted' }
      if ('kind' in outcome) return outcome
      const { trial, judgement } = outcome
      if (judgement === undefined || trial.ratePerSec === null) continue
      search.add({
        ratePerSec: trial.ratePerSec,
        verdict: judgement.verdict,
        metRatio: judgement.metRatio,
        isConfirming: step.isConfirming,
        ...(judgement.isShort ? { overloadedGoodputPerSec: Math.max(1, trial.goodputPerSec) } : {}),
      })
      if (judgement.verdict === 'met') continue
      const lost = await this.#settle(trial.ratePerSec, signal).catch((error: unknown) => asLost(error, true))
      if (lost !== undefined) return lost
    }
  }

  /** As long as there is time for the trial that confirms, too. */
  #next(search: CapacitySearch): SearchStep {
    const step = search.next()
    const isLast =
      step.kind === 'trial' &&
      !step.isConfirming &&
      !this.#hasTimeFor(step.ratePerSec, step.lengthFactor, CONFIRM_LENGTH)
    return isLast ? search.next(true) : step
  }

  async #try(
    step: Extract<SearchStep, { kind: 'trial' }>,
    signal: AbortSignal | undefined,
  ): Promise<TrialOutcome | undefined> {
    const { ratePerSec, isConfirming, lengthFactor } = step
    const durationNs = trialDurationNs(this.#settings, ratePerSec, lengthFactor)
    // Other arrivals each time: what is wrong with some would otherwise be wrong in all trials alike.
    const seed = (this.#asked.seed ?? 1) + this.#book.trials.length
    const load = {
      ...this.#asked,
      seed,
      ...trialLoad(this.#settings, { ratePerSec, durationNs, idleServiceNs: this.#idleServiceNs }),
    }
    return await this.#run({ phase: isConfirming ? 'confirm' : 'search', ratePerSec, load }, signal)
  }

  async #run(plan: TrialPlan, signal: AbortSignal | undefined): Promise<TrialOutcome | undefined> {
    const { onProgress, onTrial, target } = this.#options
    const { phase, ratePerSec } = plan
    const number = this.#book.trials.length + 1
    const surroundings = {
      objective: this.#settings.objective,
      idleServiceNs: this.#idleServiceNs,
      target,
      startMs: this.#startMs,
      onStart: (result: LoadResult) => onProgress?.({ phase, ratePerSec, number, result }),
    }
    if (isAborted(signal)) return undefined
    const { result, othersRatio } = await besideOthers(target?.pid, () => runTrial(plan, surroundings, signal))
    if (result === undefined) return undefined
    // Of a target that somebody else has started nobody knows what it takes itself.
    const isKnown = othersRatio !== undefined && target?.pid !== undefined
    const trial = isKnown ? { ...result.trial, othersRatio } : result.trial
    this.#book.add(trial, result.notes)
    onTrial?.(trial)
    return { ...result, trial }
  }

  /** @returns why there is nobody to ask any more, if so */
  async #settle(ratePerSec: number, signal: AbortSignal | undefined): Promise<Ending | undefined> {
    const { target } = this.#options
    if (isAborted(signal)) return undefined
    const timeoutNs = Math.max(SETTLE_TIMEOUT_NS, 4 * this.#idleServiceNs)
    const { state, pulse } = await settle(
      () => this.#pulse(timeoutNs, signal),
      this.#idleServiceNs,
      // Of a target that we have started it is known when it has ended.
      () => isAborted(signal) || target?.hasEnded === true,
      signal,
    )
    if (isAborted(signal)) return undefined
    this.#book.noteOthers(pulse.othersRatio)
    if (state === 'slow') this.#slowAfterPerSec = Math.min(ratePerSec, this.#slowAfterPerSec ?? ratePerSec)
    if (state !== 'gone') return undefined
    const said = target?.hasEnded === true ? `, and has ended; the last it said: ${target.outputTail}` : ''
    const outcome = pulse.outcomes.join(', ') || 'no answer'
    return { kind: 'lost', reason: `the target fell over at ${ratePerSec}/s and did not come back (${outcome})${said}` }
  }

  /** For trials of some lengths, one after the other. */
  #hasTimeFor(ratePerSec: number, ...lengthFactors: readonly number[]): boolean {
    const { maxDurationNs, warmupNs } = this.#settings
    const trialsNs = lengthFactors.map(
      (factor) => trialDurationNs(this.#settings, ratePerSec, factor) + warmupNs + AROUND_TRIAL_NS,
    )
    return this.#elapsedNs + trialsNs.reduce((sum, ns) => sum + ns, 0) <= maxDurationNs
  }
}

/** Asked again after each wait, which the compiler does not know to change it. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
