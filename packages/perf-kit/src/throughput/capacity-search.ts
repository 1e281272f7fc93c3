import type { CapacityAnswer } from '../run/index.ts'
import { CapacityPosterior, type Window } from './capacity-posterior.ts'
import { SearchTrials, type TrialEvidence } from './search-trials.ts'

export interface SearchSettings {
  /** how narrow the interval has to be: high/low ≤ 1 + this */
  readonly precisionRatio: number
  /** where to begin */
  readonly startPerSec: number
  /** what clients that ask as fast as they can got done is near the capacity of many targets; a rate that somebody chose is not */
  readonly startIsMeasured: boolean
  readonly lowestPerSec: number
  readonly highestPerSec: number
  readonly mostTrials: number
}

/** What to do next. */
export type SearchStep =
  | {
      readonly kind: 'trial'
      readonly ratePerSec: number
      readonly isConfirming: boolean
      /** how many times as long as others: what was undecided may be decided by more requests */
      readonly lengthFactor: number
    }
  | { readonly kind: 'end' }

const COVERAGE_RATIO = 0.95
/** As soon as an interval of the precision holds so much, what remains is to rule out what lies beyond its ends. */
const LIKELY_SHARE = 0.3
const ALMOST_SHARE = 0.8
/** A trial that is kept to for longer. */
export const CONFIRM_LENGTH = 2
const LONGEST_FACTOR = 4
/** What nobody can measure any more is found out to so much. */
const CEILING_RATIO = 1.25
/** One after the other: the machine is not fit to measure on. */
const MOST_UNUSABLE = 4
/** Of a rate that was unusable: another program may have been in the way. */
const MOST_TRIES = 2
const STEP_ASIDE = 0.7
const GRID_STEPS_PER_PRECISION = 12
const DIGITS = 4

/**
 * A search for the highest rate at which a target keeps to an objective: which rate to try next, and what is known. It doubles until
 * something breaks, goes to where half of what is probable lies above and half below, and ends with a longer trial that
 * confirms the low end. One trial decides nothing: each moves probabilities, and later ones may overturn it. No clock, no IO.
 */
export class CapacitySearch {
  readonly #settings: SearchSettings
  readonly #posterior: CapacityPosterior
  readonly #trials = new SearchTrials()

  constructor(settings: SearchSettings) {
    const { startPerSec, startIsMeasured, precisionRatio, lowestPerSec, highestPerSec } = settings
    this.#settings = settings
    this.#posterior = new CapacityPosterior({
      fromPerSec: lowestPerSec / 2,
      toPerSec: highestPerSec * 2,
      stepRatio: Math.log1p(precisionRatio) / GRID_STEPS_PER_PRECISION,
      guess: startIsMeasured ? { perSec: startPerSec, plain: 0.5, peak: 0.03 } : { perSec: startPerSec, plain: 2 },
    })
  }

  add(trial: TrialEvidence): void {
    this.#trials.add(trial)
    if (trial.verdict === 'unusable') return
    this.#posterior.add(trial)
    this.#posterior.hint(this.#trials.overloadedGoodputPerSec)
  }

  /** @param isLast - there is no time for more than one trial */
  next(isLast = false): SearchStep {
    const { mostTrials } = this.#settings
    const left = mostTrials - this.#trials.count
    if (left <= 0 || this.hasGivenUp) return { kind: 'end' }
    const step = this.#nextOf(isLast || left === 1)
    return step.kind === 'end' ? step : { ...step, ratePerSec: this.#within(step.ratePerSec) }
  }

  /** What is known so far. */
  get answer(): CapacityAnswer {
    const { met, broken } = this
    if (met !== undefined && broken !== undefined && !this.#isBeyondReach) {
      const { lowPerSec, highPerSec } = this.#interval
      return {
        kind: 'interval',
        valuePerSec: Math.min(highPerSec, Math.max(lowPerSec, this.#median)),
        lowPerSec,
        highPerSec,
        coverageRatio: COVERAGE_RATIO,
        isConfirmed: this.#isConfirmed(lowPerSec),
      }
    }
    if (met !== undefined) {
      return { kind: 'atLeast', perSec: met, isConfirmed: this.#isConfirmed(met), because: this.#whyNoMore() }
    }
    if (broken !== undefined) return { kind: 'below', perSec: broken, because: 'it was not kept at any rate tried' }
    return { kind: 'unknown', because: 'no trial has decided anything' }
  }

  /** The highest rate at which the objective was kept. */
  get met(): number | undefined {
    return this.#trials.met
  }

  /** The lowest rate at which it was not. */
  get broken(): number | undefined {
    return this.#trials.broken
  }

  /** Whether the interval is as narrow as was asked for. */
  get isPrecise(): boolean {
    return this.#window.share >= COVERAGE_RATIO
  }

  /** Whether the machine has shown itself unfit to measure on. */
  get hasGivenUp(): boolean {
    return this.#trials.unusableInARow >= MOST_UNUSABLE
  }

  #nextOf(isLast: boolean): SearchStep {
    const { met, broken } = this
    if (broken === undefined) return met !== undefined && isLast ? this.#atCeiling(met) : this.#upwards(met)
    if (met === undefined) return this.#downwards(broken)
    if (this.#isBeyondReach) return this.#atCeiling(this.#ceiling)
    return this.#between(isLast)
  }

  /** Nothing has broken yet. */
  #upwards(met: number | undefined): SearchStep {
    const { startPerSec } = this.#settings
    const ceiling = this.#ceiling
    const tries = this.#trials.ratesOf('unusable').filter((rate) => rate === ceiling).length
    if (met === undefined) {
      // Once more where another program may have been in the way; what stays undecided lies at the boundary, or has too few requests.
      const aside = STEP_ASIDE ** Math.floor(this.#trials.ratesOf('undecided').length / 2)
      return this.#trial((tries < MOST_TRIES ? Math.min(ceiling, startPerSec) : ceiling / 2) * aside)
    }
    if (this.#trials.unusableAbove(met).length === 0) {
      return met >= ceiling ? this.#atCeiling(met) : this.#trial(Math.min(2 * met, ceiling, this.#aboveMet(met)))
    }
    if (ceiling > met * CEILING_RATIO) return this.#trial(Math.sqrt(met * ceiling))
    return tries < MOST_TRIES ? this.#trial(ceiling) : this.#atCeiling(met)
  }

  /** Where half of what is probable lies above; twice the rate where that is everything. */
  #aboveMet(met: number): number {
    const { precisionRatio, startIsMeasured } = this.#settings
    return startIsMeasured ? Math.max(this.#mostTelling, met * (1 + precisionRatio / 2)) : 2 * met
  }

  /** Nothing was kept to yet: down in steps that grow. */
  #downwards(broken: number): SearchStep {
    const { lowestPerSec } = this.#settings
    const count = this.#trials.ratesOf('broken').length
    if (broken > lowestPerSec) {
      const step = broken / 2 ** Math.max(1, count - 1)
      return this.#trial(Math.max(lowestPerSec, this.#isLikely ? this.#mostTelling : step))
    }
    return this.#trials.ratesOf('broken').filter((rate) => rate <= lowestPerSec).length < 2
      ? this.#trial(lowestPerSec)
      : { kind: 'end' }
  }

  #between(isLast: boolean): SearchStep {
    const low = this.#interval.lowPerSec
    const isConfirmed = this.#isConfirmed(low)
    if (this.isPrecise && isConfirmed) return { kind: 'end' }
    // What lies above is ruled out: the trial that rules out what lies below may be the one that confirms.
    const { above, share, lowPerSec } = this.#window
    const isDecided = share >= ALMOST_SHARE && above <= 1 - COVERAGE_RATIO
    if (isDecided && !isConfirmed) return confirming(lowPerSec)
    return isLast && !isConfirmed ? confirming(share >= LIKELY_SHARE ? lowPerSec : low) : this.#trial(this.#mostTelling)
  }

  /** Nobody can ask for more: what remains is to be sure of it. */
  #atCeiling(rate: number): SearchStep {
    return this.#isConfirmed(rate) ? { kind: 'end' } : confirming(rate)
  }

  #trial(ratePerSec: number): SearchStep {
    const { precisionRatio } = this.#settings
    const undecided = this.#trials
      .ratesOf('undecided')
      .filter((rate) => isWithin(rate / ratePerSec, precisionRatio)).length
    return { kind: 'trial', ratePerSec, isConfirming: false, lengthFactor: Math.min(LONGEST_FACTOR, 2 ** undecided) }
  }

  get #window(): Window {
    return this.#posterior.windowOf(1 + this.#settings.precisionRatio)
  }

  /** As narrow as was asked for where that holds enough, and otherwise as narrow as it can be. */
  get #interval(): Omit<Window, 'below' | 'above'> {
    const window = this.#window
    return window.share >= COVERAGE_RATIO ? window : this.#posterior.shortest(COVERAGE_RATIO)
  }

  /** Whether it is about known where the capacity is. */
  get #isLikely(): boolean {
    return this.#window.share >= LIKELY_SHARE
  }

  /**
   * Half of what is probable lies above and half below; and when it is about known where it is, the end of that beyond which more
   * is left: trials at the boundary itself would go either way.
   */
  get #mostTelling(): number {
    const { lowPerSec, highPerSec, below, above, share } = this.#window
    if (share < LIKELY_SHARE) return this.#median
    return below > above ? lowPerSec : highPerSec
  }

  #whyNoMore(): string {
    if (this.#trials.unusableAbove(this.met ?? 0).length > 0)
      return 'the generator, or its machine, came to its limit before the target did'
    return this.#isBeyondReach || (this.met ?? 0) >= this.#settings.highestPerSec
      ? 'no higher rate was to be tried'
      : 'nothing broke it before the search ended'
  }

  /** What broke below the highest rate that there may be was a surprise: all that is probable lies above. */
  get #isBeyondReach(): boolean {
    return this.#interval.lowPerSec >= this.#settings.highestPerSec
  }

  get #median(): number {
    return this.#posterior.quantiles([0.5])[0] ?? this.#settings.startPerSec
  }

  /** Rates that may be tried; what was unusable is above them as long as nothing says that the target is what breaks first. */
  get #ceiling(): number {
    const { highestPerSec } = this.#settings
    return this.broken === undefined
      ? Math.min(highestPerSec, ...this.#trials.unusableAbove(this.met ?? 0))
      : highestPerSec
  }

  /** Whether a longer trial near a rate, or above it, has kept to the objective. */
  #isConfirmed(ratePerSec: number): boolean {
    return this.#trials.isConfirmedFrom(ratePerSec / (1 + this.#settings.precisionRatio / 2))
  }

  #within(ratePerSec: number): number {
    const { lowestPerSec, highestPerSec } = this.#settings
    return Math.min(highestPerSec, Math.max(lowestPerSec, Number(ratePerSec.toPrecision(DIGITS))))
  }
}

function confirming(ratePerSec: number): SearchStep {
  return { kind: 'trial', ratePerSec, isConfirming: true, lengthFactor: CONFIRM_LENGTH }
}

function isWithin(ratio: number, precisionRatio: number): boolean {
  return ratio <= 1 + precisionRatio && ratio >= 1 / (1 + precisionRatio)
}
