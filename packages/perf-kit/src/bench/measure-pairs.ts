import type { RunFailure } from '../run/index.ts'
import { median, nextLook } from '../stats/index.ts'
import type { BenchCase } from './discover.ts'
import { readCpuTicks, stolenRatio } from './disturbance.ts'
import type { Calibration } from './fork/job.ts'
import { calibrateCase, drawSeed, type ForkContext, toFailure } from './measure-case.ts'
import { type MeasuredPair, measurePair, onSide } from './measure-pair.ts'
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
  /** involuntary context switches of both sides, pair by pair, those of rejected and null pairs too */
  readonly switches: number[]
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
/**
 * Against the benchmark's own median: one that allocates, or uses threads, is switched away a thousand times by its own
 * process's threads. Below the floor a factor means nothing.
 */
const MANY_SWITCHES_FACTOR = 3
const FEW_SWITCHES = 100
/** A machine that is always disturbed must still come to an end. */
const MAX_REJECTED_RATIO = 0.3

/**
 * Measure two sides in interleaved pairs, looking at the evidence after fixed numbers of pairs and going on only with
 * what is undecided (group-sequential; Abedi & Brecht 2017 for the interleaving).
 */
export async function measurePairs(options: PairsOptions): Promise<PairsOutcome> {
  const session = new PairSession(options)
  try {
    const left = await session.calibrateAll()
    if (left.length > 0) return session.finish({ cutShort: left })
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

  /** @returns subjects that the time budget left no time for */
  async calibrateAll(): Promise<readonly string[]> {
    const { cases, progress, random } = this.#options
    const firstLook = this.#options.looks[0] ?? 1
    progress.plan(Math.ceil(cases.length * (2 + 2 * firstLook) + 2 * this.#nullTarget(cases.length * firstLook)))
    for (const [index, benchCase] of cases.entries()) {
      if (index > 0 && progress.elapsedNs() > this.#options.timeBudgetNs) {
        return cases.map(({ subject }) => subject)
      }
      progress.begin('calibrating', benchCase.subject)
      try {
        const { printed, ...calibration } = await this.#calibrate(benchCase)
        this.#cases.set(benchCase.subject, {
          benchCase,
          calibration,
          printed,
          pairs: [],
          nullPairs: [],
          rejectedPairs: 0,
          switches: [],
        })
        this.#orders.set(benchCase.subject, new BalancedOrder(random))
      } catch (error) {
        this.#fail(benchCase.subject, error, 2 * firstLook)
      }
      progress.end(2)
    }
    return []
  }

  /** By the slower side: what fills a batch of the faster one may be more than the slower can do before its time limit. */
  async #calibrate(benchCase: BenchCase): Promise<Awaited<ReturnType<typeof calibrateCase>>> {
    const { roots, counterparts } = this.#options
    const own = await onSide(
      'this side',
      calibrateCase(benchCase, { ...this.#options, rootDirectory: roots.candidate }),
    )
    const counterpart = counterparts.get(benchCase.subject) ?? benchCase
    const other = await onSide(
      'the other side',
      calibrateCase(counterpart, { ...this.#options, rootDirectory: roots.baseline }),
    )
    const slower = own.timePerOpNs >= other.timePerOpNs ? own : other
    const allocationCalls = Math.min(own.allocationCalls, other.allocationCalls)
    return { ...slower, allocationCalls, emptyTimePerOpNs: own.emptyTimePerOpNs, printed: own.printed }
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
    try {
      while (this.#nullPairs < this.#nullTarget(this.#pairs + 1)) {
        const order = this.#nullOrder.baselineFirst()
        pairedCase.nullPairs.push(await this.#measureUndisturbed(pairedCase, 'twin', order, 'null pair'))
        this.#nullPairs++
      }
      const order = this.#orders.get(subject)?.baselineFirst() ?? true
      const label = `pair ${pairedCase.pairs.length + 1}`
      pairedCase.pairs.push(await this.#measureUndisturbed(pairedCase, 'candidate', order, label))
      this.#pairs++
    } catch (error) {
      this.#fail(subject, error, 2 * Math.max(0, (nextLook(pairedCase.pairs.length) ?? 0) - pairedCase.pairs.length))
    }
  }

  finish(end: Partial<Pick<PairsOutcome, 'cutShort' | 'interrupted'>> = {}): PairsOutcome {
    const measured = [...this.#cases.values()].filter(({ pairs }) => pairs.length > 0)
    return { measured, failures: this.#failures, cutShort: [], interrupted: false, ...end }
  }

  async #measureUndisturbed(
    pairedCase: PairedCase,
    candidateSide: 'candidate' | 'twin',
    baselineFirst: boolean,
    label: string,
  ): Promise<MeasuredPair> {
    let pair = await this.#measurePair(pairedCase, candidateSide, baselineFirst, label)
    while (pair.disturbed && this.#mayReject(pairedCase)) {
      pairedCase.rejectedPairs++
      this.#options.progress.plan(2)
      pair = await this.#measurePair(pairedCase, candidateSide, baselineFirst, label)
    }
    return pair.measured
  }

  async #measurePair(
    { benchCase, calibration, switches }: PairedCase,
    candidateSide: 'candidate' | 'twin',
    baselineFirst: boolean,
    label: string,
  ): Promise<{ readonly measured: MeasuredPair; readonly disturbed: boolean }> {
    const { roots, progress, random, counterparts } = this.#options
    progress.begin(label, benchCase.subject)
    const before = readCpuTicks()
    const counterpart = counterparts.get(benchCase.subject) ?? benchCase
    const measured = await measurePair({
      baseline: { label: 'the other side', benchCase: counterpart, rootDirectory: roots.baseline },
      candidate:
        candidateSide === 'twin'
          ? { label: 'the other side', benchCase: counterpart, rootDirectory: roots.twin }
          : { label: 'this side', benchCase, rootDirectory: roots.candidate },
      calibration,
      context: { ...this.#options, seed: drawSeed(random) },
      baselineFirst,
      timeOnly: candidateSide === 'twin',
      processor: this.#processors[Math.floor(random() * this.#processors.length)],
    })
    progress.end(2)
    const stolen = stolenRatio(before, readCpuTicks())
    // Blind to the times themselves and to which side suffered: rejecting on either would bias the verdict.
    const own = measured.baseline.involuntarySwitches + measured.candidate.involuntarySwitches
    const isSwitchedAway = switches.length > 0 && own > Math.max(FEW_SWITCHES, MANY_SWITCHES_FACTOR * median(switches))
    switches.push(own)
    return { measured, disturbed: stolen > MAX_STOLEN_RATIO || isSwitchedAway }
  }

  #mayReject({ pairs, rejectedPairs }: PairedCase): boolean {
    return rejectedPairs < MAX_REJECTED_RATIO * Math.max(10, pairs.length)
  }

  /** Spread evenly over the pairs up to the first look, so that both kinds meet the same machine. */
  #nullTarget(pairs: number): number {
    const pairsAtFirstLook = this.#options.cases.length * (this.#options.looks[0] ?? 1)
    const share = Math.min(1, pairs / pairsAtFirstLook)
    return Math.ceil(Math.max(MIN_NULL_PAIRS * share, NULL_SHARE * pairs))
  }

  #fail(subject: string, error: unknown, plannedForks: number): void {
    this.#failures.push(toFailure(subject, error))
    this.#cases.delete(subject)
    this.#options.progress.drop(plannedForks)
  }
}
