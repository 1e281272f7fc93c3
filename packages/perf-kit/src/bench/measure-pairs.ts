import type { RunFailure } from '../run/index.ts'
import type { BenchCase } from './discover.ts'
import { readCpuTicks, stolenRatio } from './disturbance.ts'
import type { Calibration, Measurement } from './fork/job.ts'
import { calibrateCase, drawSeed, type ForkContext, toFailure } from './measure-case.ts'
import { type MeasuredPair, measurePair } from './measure-pair.ts'
import { allowedProcessors } from './processor.ts'
import type { ProgressTracker } from './progress.ts'
import { BalancedOrder, shuffled } from './random-order.ts'
import type { SideName } from './snapshot.ts'

export interface PairedCase {
  readonly benchCase: BenchCase
  readonly calibration: Calibration
  readonly printed: boolean
  readonly pairs: MeasuredPair[]
  /** both sides the same code, from two checkouts */
  readonly nullPairs: MeasuredPair[]
  /** pairs thrown away because the machine was taken away from under either side */
  rejectedPairs: number
}

export interface PairsOptions extends Omit<ForkContext, 'rootDirectory'> {
  readonly roots: Readonly<Record<SideName, string>>
  readonly cases: readonly BenchCase[]
  /** the baseline's own case of the same subject: its file may lie elsewhere */
  readonly counterparts: ReadonlyMap<string, BenchCase>
  /** pairs after which to look at the evidence, ascending; the last one ends it */
  readonly looks: readonly number[]
  /** which subjects the evidence so far does not decide: only these go on */
  readonly undecided: (measured: readonly PairedCase[]) => ReadonlySet<string>
  readonly timeBudgetNs: number
  readonly progress: ProgressTracker
  readonly random: () => number
}

export interface PairsOutcome {
  readonly measured: readonly PairedCase[]
  readonly failures: readonly RunFailure[]
  /** subjects that the time budget kept from the pairs that they still needed */
  readonly cutShort: readonly string[]
  readonly interrupted: boolean
}

/** At least this many null pairs in all, or their bias could never be seen; beyond that, a tenth of the pairs. */
const MIN_NULL_PAIRS = 12
const NULL_SHARE = 0.1

const MAX_STOLEN_RATIO = 0.05
const MAX_INVOLUNTARY_SWITCHES_PER_SEC = 400
/** A machine that is always disturbed must still come to an end. */
const MAX_REJECTED_RATIO = 0.3

/**
 * Measure two sides in interleaved pairs, looking at the evidence after fixed numbers of pairs and going on only with
 * what is undecided (group-sequential; Abedi & Brecht 2017 for the interleaving).
 */
export async function measurePairs(options: PairsOptions): Promise<PairsOutcome> {
  const session = new PairSession(options)
  try {
    await session.calibrateAll()
    for (;;) {
      const due = session.nextRound()
      if (due.length === 0) return session.finish()
      for (const [index, pairedCase] of due.entries()) {
        if (options.progress.elapsedNs() > options.timeBudgetNs) {
          const waiting = due.filter(({ pairs }, place) => place >= index || !options.looks.includes(pairs.length))
          return session.finish({ cutShort: waiting.map(({ benchCase }) => benchCase.subject) })
        }
        await session.measureNextPair(pairedCase)
      }
    }
  } catch (error) {
    if (options.signal?.aborted !== true) throw error
    return session.finish({ interrupted: true })
  }
}

class PairSession {
  readonly #options: PairsOptions
  readonly #cases = new Map<string, PairedCase>()
  readonly #orders = new Map<string, BalancedOrder>()
  readonly #nullOrder: BalancedOrder
  readonly #failures: RunFailure[] = []
  readonly #processors = allowedProcessors()
  #pairs = 0
  #nullPairs = 0

  constructor(options: PairsOptions) {
    this.#options = options
    this.#nullOrder = new BalancedOrder(options.random)
  }

  async calibrateAll(): Promise<void> {
    const { cases, progress, roots, random } = this.#options
    const firstLook = this.#options.looks[0] ?? 1
    progress.plan(Math.ceil(cases.length * (1 + 2 * firstLook) + 2 * this.#nullTarget(cases.length * firstLook)))
    for (const benchCase of cases) {
      progress.begin('calibrating', benchCase.subject)
      try {
        const context = { ...this.#options, rootDirectory: roots.candidate }
        const { printed, ...calibration } = await calibrateCase(benchCase, context)
        this.#cases.set(benchCase.subject, {
          benchCase,
          calibration,
          printed,
          pairs: [],
          nullPairs: [],
          rejectedPairs: 0,
        })
        this.#orders.set(benchCase.subject, new BalancedOrder(random))
      } catch (error) {
        this.#fail(benchCase.subject, error, 2 * firstLook)
      }
      progress.end()
    }
  }

  /** The cases that need another pair, in random order; at a look, those that the evidence decides drop out. */
  nextRound(): PairedCase[] {
    const { looks, random, progress } = this.#options
    const running = [...this.#cases.values()]
    const betweenLooks = running.filter(({ pairs }) => !looks.includes(pairs.length))
    if (betweenLooks.length > 0) return shuffled(betweenLooks, random)

    const undecided = this.#options.undecided(running)
    const goingOn = running.filter(
      ({ benchCase, pairs }) => undecided.has(benchCase.subject) && pairs.length < (looks.at(-1) ?? 0),
    )
    for (const { pairs } of goingOn) {
      const nextLook = looks.find((look) => look > pairs.length) ?? pairs.length
      progress.plan(2 * (nextLook - pairs.length))
    }
    return shuffled(goingOn, random)
  }

  async measureNextPair(pairedCase: PairedCase): Promise<void> {
    const { subject } = pairedCase.benchCase
    if (!this.#cases.has(subject)) return
    try {
      if (this.#nullPairs < this.#nullTarget(this.#pairs + 1)) {
        const pair = await this.#measurePair(pairedCase, 'twin', this.#nullOrder.baselineFirst(), 'null pair')
        pairedCase.nullPairs.push(pair.measured)
        this.#nullPairs++
      }
      const order = this.#orders.get(subject)?.baselineFirst() ?? true
      const label = `pair ${pairedCase.pairs.length + 1}`
      let pair = await this.#measurePair(pairedCase, 'candidate', order, label)
      while (pair.disturbed && this.#mayReject(pairedCase)) {
        pairedCase.rejectedPairs++
        this.#options.progress.plan(2)
        pair = await this.#measurePair(pairedCase, 'candidate', order, label)
      }
      pairedCase.pairs.push(pair.measured)
      this.#pairs++
    } catch (error) {
      this.#fail(subject, error, 0)
    }
  }

  finish(end: Partial<Pick<PairsOutcome, 'cutShort' | 'interrupted'>> = {}): PairsOutcome {
    const measured = [...this.#cases.values()].filter(({ pairs }) => pairs.length > 0)
    return { measured, failures: this.#failures, cutShort: [], interrupted: false, ...end }
  }

  async #measurePair(
    { benchCase, calibration }: PairedCase,
    candidateSide: 'candidate' | 'twin',
    baselineFirst: boolean,
    label: string,
  ): Promise<{ readonly measured: MeasuredPair; readonly disturbed: boolean }> {
    const { roots, progress, random, counterparts } = this.#options
    progress.begin(label, benchCase.subject)
    const before = readCpuTicks()
    const measured = await measurePair({
      baseline: { benchCase: counterparts.get(benchCase.subject) ?? benchCase, rootDirectory: roots.baseline },
      candidate: {
        benchCase: candidateSide === 'twin' ? (counterparts.get(benchCase.subject) ?? benchCase) : benchCase,
        rootDirectory: roots[candidateSide],
      },
      calibration,
      context: { ...this.#options, seed: drawSeed(random) },
      baselineFirst,
      processor: this.#processors[Math.floor(random() * this.#processors.length)],
    })
    progress.end(2)
    const stolen = stolenRatio(before, readCpuTicks())
    const disturbed =
      stolen > MAX_STOLEN_RATIO || this.#wasInterrupted(measured.baseline) || this.#wasInterrupted(measured.candidate)
    return { measured, disturbed }
  }

  /** Blind to the times themselves and to which side suffered: rejecting on either would bias the verdict. */
  #wasInterrupted({ involuntarySwitches }: Measurement): boolean {
    const { warmupNs, measureNs } = this.#options.settings
    return involuntarySwitches / ((warmupNs + measureNs) / 1e9) > MAX_INVOLUNTARY_SWITCHES_PER_SEC
  }

  #mayReject({ pairs, rejectedPairs }: PairedCase): boolean {
    return rejectedPairs < MAX_REJECTED_RATIO * Math.max(10, pairs.length)
  }

  #nullTarget(pairs: number): number {
    const shareForFirstLook = MIN_NULL_PAIRS / (this.#options.cases.length * (this.#options.looks[0] ?? 1))
    return Math.ceil(pairs * Math.max(NULL_SHARE, Math.min(1, shareForFirstLook)))
  }

  #fail(subject: string, error: unknown, plannedForks: number): void {
    this.#failures.push(toFailure(subject, error))
    this.#cases.delete(subject)
    this.#options.progress.drop(plannedForks)
  }
}
