import type { TrialVerdict } from '../run/index.ts'

/** What one trial has shown. */
export interface TrialEvidence {
  readonly ratePerSec: number
  readonly verdict: TrialVerdict
  /** how probable it is that the target kept to the objective; of an unusable trial nothing is known */
  readonly metRatio: number
  /** what an overloaded target still got done; absent where it was not short of what was offered */
  readonly overloadedGoodputPerSec?: number
  /** a longer one, near the low end of what was known */
  readonly isConfirming: boolean
}

/** The trials of a search, and what they say by themselves. */
export class SearchTrials {
  readonly #trials: TrialEvidence[] = []

  add(trial: TrialEvidence): void {
    this.#trials.push(trial)
  }

  get count(): number {
    return this.#trials.length
  }

  /** The highest rate at which the objective was kept. */
  get met(): number | undefined {
    const rates = this.ratesOf('met')
    return rates.length === 0 ? undefined : Math.max(...rates)
  }

  /** The lowest rate at which it was not. */
  get broken(): number | undefined {
    const rates = this.ratesOf('broken')
    return rates.length === 0 ? undefined : Math.min(...rates)
  }

  /** At the end. */
  get unusableInARow(): number {
    return this.#trials.length - 1 - this.#trials.findLastIndex(({ verdict }) => verdict !== 'unusable')
  }

  /** What the target still got done when it was overloaded: the least overloaded says it best. */
  get overloadedGoodputPerSec(): number | undefined {
    const overloaded = this.#trials
      .filter(({ overloadedGoodputPerSec }) => overloadedGoodputPerSec !== undefined)
      .toSorted((left, right) => left.ratePerSec - right.ratePerSec)
    return overloaded[0]?.overloadedGoodputPerSec
  }

  /** Whether a longer trial at this rate, or above it, has kept to the objective. */
  isConfirmedFrom(ratePerSec: number): boolean {
    return this.#trials.some((trial) => trial.isConfirming && trial.verdict === 'met' && trial.ratePerSec >= ratePerSec)
  }

  /** What could be measured in the end was no limit of the generator's. */
  unusableAbove(met: number): number[] {
    return this.ratesOf('unusable').filter((rate) => rate > met)
  }

  ratesOf(verdict: TrialVerdict): number[] {
    return this.#trials.filter((trial) => trial.verdict === verdict).map(({ ratePerSec }) => ratePerSec)
  }
}
