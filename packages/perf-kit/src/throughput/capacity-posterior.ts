/** A trial may say the opposite of what it should for reasons that have nothing to do with the rate: a pause, another program. */
const SURPRISE_RATIO = 0.03
/**
 * How gradually a target goes from keeping an objective to breaking it, as the scale of a logistic curve over ln(rate); and how
 * probable each is before anything was seen. Trials that contradict each other make the wide ones more probable, and so the interval wider.
 */
const SCALES: readonly (readonly [scale: number, prior: number])[] = [
  [0.002, 0.4],
  [0.008, 0.35],
  [0.03, 0.2],
  [0.1, 0.05],
]
/** Beyond it, a logistic curve is flat. */
const FLAT_FROM = 36

/** What a rate was found to be worth: 1 is kept for certain, 0 is broken, and 0.5 says nothing. */
export interface Observation {
  readonly ratePerSec: number
  readonly metRatio: number
}

/** Where the capacity is thought to be before trials say so: a peak on a plain that falls off slowly. */
export interface Guess {
  readonly perSec: number
  /** of ln(rate), at which the plain has fallen to a half */
  readonly plain: number
  /** of ln(rate); absent: no peak */
  readonly peak?: number
}

export interface PosteriorOptions {
  readonly fromPerSec: number
  readonly toPerSec: number
  /** between one rate that it may be and the next */
  readonly stepRatio: number
  /** default: every rate is as probable as another */
  readonly guess?: Guess
}

/** How much higher a peak is than the plain around it: one trial may be wrong, and so may this. */
const GUESS_HEIGHT = 4
const HINT_HEIGHT = 12
const HINT_SPREAD = 0.012

/**
 * What is known of a capacity: how probable each rate is to be the boundary below which a target keeps to an objective, after
 * noisy trials at some rates (probabilistic bisection: Horstein 1963; Waeber, Frazier & Henderson 2013). Pure arithmetic, on a grid of
 * rates.
 */
export class CapacityPosterior {
  readonly #logRates: Float64Array
  /** without what trials have seen, and of each scale with it */
  readonly #logPrior: Float64Array
  readonly #logWeights: readonly Float64Array[]
  #hintPerSec: number | undefined

  constructor({ fromPerSec, toPerSec, stepRatio, guess }: PosteriorOptions) {
    const from = Math.log(fromPerSec)
    const count = Math.max(2, Math.ceil((Math.log(toPerSec) - from) / stepRatio) + 1)
    this.#logRates = Float64Array.from({ length: count }, (_, index) => from + index * stepRatio)
    this.#logPrior = this.#logRates.map((logRate) => (guess === undefined ? 0 : Math.log(densityOf(logRate, guess))))
    this.#logWeights = SCALES.map(([, prior]) => this.#logPrior.map((log) => log + Math.log(prior)))
  }

  add({ ratePerSec, metRatio }: Observation): void {
    const logRate = Math.log(ratePerSec)
    for (const [index, [scale]] of SCALES.entries()) {
      const weights = this.#logWeights[index]
      if (weights === undefined) continue
      for (let at = 0; at < weights.length; at++) {
        const keeps = keepsRatio(((this.#logRates[at] ?? 0) - logRate) / scale)
        weights[at] = (weights[at] ?? 0) + Math.log(metRatio * keeps + (1 - metRatio) * (1 - keeps))
      }
    }
  }

  /**
   * What an overloaded target still got done is about what it can do. One such hint counts, and not each: what makes one wrong makes
   * all wrong alike.
   */
  hint(perSec: number | undefined): void {
    this.#hintPerSec = perSec
  }

  /** @returns rates below which the capacity lies with these probabilities, which ascend */
  quantiles(shares: readonly number[]): number[] {
    const probable = this.#probabilities()
    const found: number[] = []
    let sum = 0
    let at = 0
    for (const share of shares) {
      while (at < probable.length - 1 && sum + (probable[at] ?? 0) < share) sum += probable[at++] ?? 0
      const within = (share - sum) / Math.max(probable[at] ?? 0, Number.MIN_VALUE)
      const [here = 0, before = here] = [this.#logRates[at], this.#logRates[at - 1]]
      found.push(Math.exp(before + (here - before) * Math.min(1, Math.max(0, within))))
    }
    return found
  }

  /** @returns ln of how probable the trials are, whatever the capacity: to compare one explanation of them with another */
  logEvidence(): number {
    const highest = this.#highest(this.#logWeights)
    const sum = this.#logWeights.reduce((total, weights) => total + sumOfExp(weights, highest), 0)
    return highest + Math.log(sum) - Math.log(sumOfExp(this.#logPrior, 0))
  }

  #probabilities(): Float64Array {
    const highest = this.#highest(this.#logWeights)
    const logHint = this.#hintPerSec === undefined ? undefined : Math.log(this.#hintPerSec)
    const weights = this.#logRates.map((logRate, at) => {
      const weight = this.#logWeights.reduce((sum, own) => sum + Math.exp((own[at] ?? 0) - highest), 0)
      return logHint === undefined ? weight : weight * (1 + HINT_HEIGHT * bell((logRate - logHint) / HINT_SPREAD))
    })
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return weights.map((weight) => weight / total)
  }

  #highest(logs: readonly Float64Array[]): number {
    return logs.reduce((highest, own) => own.reduce((most, log) => Math.max(most, log), highest), -Infinity)
  }
}

function densityOf(logRate: number, { perSec, plain, peak }: Guess): number {
  const distance = logRate - Math.log(perSec)
  const onPlain = 1 / (1 + (distance / plain) ** 2)
  return peak === undefined ? onPlain : onPlain + GUESS_HEIGHT * bell(distance / peak)
}

/** @param distance - of the capacity above the rate, in scales */
function keepsRatio(distance: number): number {
  const logistic = distance > FLAT_FROM ? 1 : distance < -FLAT_FROM ? 0 : 1 / (1 + Math.exp(-distance))
  return SURPRISE_RATIO + (1 - 2 * SURPRISE_RATIO) * logistic
}

function bell(distance: number): number {
  return Math.exp(-0.5 * distance * distance)
}

function sumOfExp(logs: Float64Array, highest: number): number {
  return logs.reduce((sum, log) => sum + Math.exp(log - highest), 0)
}
