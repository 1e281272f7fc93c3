/**
 * A trial may say the opposite of what it should for reasons that have nothing to do with the rate. A pause, or another program, breaks
 * an objective now and then; hardly anything makes a target keep to one that it cannot keep to.
 */
const BROKEN_BY_CHANCE = 0.04
const KEPT_BY_CHANCE = 0.01
/**
 * How gradually a target goes from keeping an objective to breaking it, as the scale of a logistic curve over ln(rate); and how
 * probable each is before anything was seen. Trials that contradict each other make the wide ones more probable, and so the interval wider.
 */
const SCALES: readonly (readonly [scale: number, prior: number])[] = [
  [0.002, 0.5],
  [0.008, 0.35],
  [0.03, 0.12],
  [0.1, 0.03],
]
/** What is so much less probable than something else adds nothing that a number could hold. */
const NOTHING_BELOW = -40
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
  readonly guess: Guess
}

/** Where much of what is probable lies. */
export interface Window {
  readonly lowPerSec: number
  readonly highPerSec: number
  /** of what is probable, 0 … 1 */
  readonly share: number
  readonly below: number
  readonly above: number
}

/** How much higher a peak is than the plain around it: one trial may be wrong, and so may this. */
const GUESS_HEIGHT = 15
const HINT_HEIGHT = 12
const HINT_SPREAD = 0.012

/**
 * What is known of a capacity: how probable each rate is to be the boundary below which a target keeps to an objective, after
 * noisy trials at some rates (probabilistic bisection: Horstein 1963; Waeber, Frazier & Henderson 2013). Pure arithmetic, on a grid of
 * rates.
 */
export class CapacityPosterior {
  readonly #logRates: Float64Array
  /** of each scale */
  readonly #logWeights: readonly Float64Array[]
  #hintPerSec: number | undefined
  /** until something is added */
  #cached: Float64Array | undefined

  constructor({ fromPerSec, toPerSec, stepRatio, guess }: PosteriorOptions) {
    const from = Math.log(fromPerSec)
    const count = Math.max(2, Math.ceil((Math.log(toPerSec) - from) / stepRatio) + 1)
    this.#logRates = Float64Array.from({ length: count }, (_, index) => from + index * stepRatio)
    const logPrior = this.#logRates.map((logRate) => Math.log(densityOf(logRate, guess)))
    this.#logWeights = SCALES.map(([, prior]) => logPrior.map((log) => log + Math.log(prior)))
  }

  add({ ratePerSec, metRatio }: Observation): void {
    this.#cached = undefined
    const logRate = Math.log(ratePerSec)
    const logRates = this.#logRates
    // Where a curve is flat it says the same of all rates.
    const [above, below] = [logOf(metRatio, 1), logOf(metRatio, 0)]
    for (const [index, [scale]] of SCALES.entries()) {
      const weights = this.#logWeights[index] ?? new Float64Array()
      for (let at = 0; at < weights.length; at++) {
        const distance = ((logRates[at] ?? 0) - logRate) / scale
        const isFlat = distance > FLAT_FROM || distance < -FLAT_FROM
        const log = isFlat ? (distance > 0 ? above : below) : logOf(metRatio, 1 / (1 + Math.exp(-distance)))
        weights[at] = (weights[at] ?? 0) + log
      }
    }
  }

  /**
   * What an overloaded target still got done is about what it can do. One such hint counts, and not each: what makes one wrong makes
   * all wrong alike.
   */
  hint(perSec: number | undefined): void {
    this.#cached = undefined
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
      found.push(this.#rateAt(at - 0.5 + Math.min(1, Math.max(0, within))))
    }
    return found
  }

  /**
   * The interval of high/low = `ratio` that holds most of what is probable.
   *
   * @param ratio - above 1
   */
  windowOf(ratio: number): Window {
    const probable = this.#probabilities()
    const steps = Math.max(1, Math.round(Math.log(ratio) / ((this.#logRates[1] ?? 1) - (this.#logRates[0] ?? 0))))
    let sum = 0
    let before = 0
    let best: Window | undefined
    for (let at = 0; at < probable.length; at++) {
      sum += probable[at] ?? 0
      // Bins whose middles lie within, and half of those at both ends.
      if (at > steps) before += probable[at - steps - 1] ?? 0
      if (at < steps) continue
      const below = before + (probable[at - steps] ?? 0) / 2
      const share = sum - below - (probable[at] ?? 0) / 2
      if (best !== undefined && share <= best.share) continue
      best = { ...this.#ends(at - steps, at), share, below, above: 1 - share - below }
    }
    return best ?? { ...this.#ends(0, probable.length - 1), share: 1, below: 0, above: 0 }
  }

  /** The shortest interval that holds at least so much of what is probable. */
  shortest(share: number): Omit<Window, 'below' | 'above'> {
    const probable = this.#probabilities()
    let [from, sum] = [0, 0]
    let best: readonly [from: number, to: number] = [0, probable.length - 1]
    for (let to = 0; to < probable.length; to++) {
      sum += probable[to] ?? 0
      while (sum - (probable[from] ?? 0) >= share && from < to) sum -= probable[from++] ?? 0
      if (sum >= share && to - from < best[1] - best[0]) best = [from, to]
    }
    return { ...this.#ends(best[0] - 0.5, best[1] + 0.5), share }
  }

  #ends(from: number, to: number): Pick<Window, 'lowPerSec' | 'highPerSec'> {
    return { lowPerSec: this.#rateAt(from), highPerSec: this.#rateAt(to) }
  }

  /** @param index - of the grid; halves lie between */
  #rateAt(index: number): number {
    const [first = 0, second = 0] = this.#logRates
    return Math.exp(first + index * (second - first))
  }

  #probabilities(): Float64Array {
    this.#cached ??= this.#makeProbabilities()
    return this.#cached
  }

  #makeProbabilities(): Float64Array {
    const highest = highestOf(this.#logWeights)
    const logHint = this.#hintPerSec === undefined ? undefined : Math.log(this.#hintPerSec)
    const weights = new Float64Array(this.#logRates.length)
    let total = 0
    for (let at = 0; at < weights.length; at++) {
      let weight = 0
      for (const own of this.#logWeights) {
        const log = (own[at] ?? 0) - highest
        if (log > NOTHING_BELOW) weight += Math.exp(log)
      }
      if (logHint !== undefined) weight *= 1 + HINT_HEIGHT * bell(((this.#logRates[at] ?? 0) - logHint) / HINT_SPREAD)
      weights[at] = weight
      total += weight
    }
    for (let at = 0; at < weights.length; at++) weights[at] = (weights[at] ?? 0) / total
    return weights
  }
}

function densityOf(logRate: number, { perSec, plain, peak }: Guess): number {
  const distance = logRate - Math.log(perSec)
  const onPlain = 1 / (1 + (distance / plain) ** 2)
  return peak === undefined ? onPlain : onPlain + GUESS_HEIGHT * bell(distance / peak)
}

/** ln of how probable a trial is at a rate that is kept to so often but for surprises. */
function logOf(metRatio: number, keptRatio: number): number {
  const keeps = KEPT_BY_CHANCE + (1 - BROKEN_BY_CHANCE - KEPT_BY_CHANCE) * keptRatio
  return Math.log(metRatio * keeps + (1 - metRatio) * (1 - keeps))
}

function bell(distance: number): number {
  return Math.exp(-0.5 * distance * distance)
}

function highestOf(logs: readonly Float64Array[]): number {
  let highest = Number.NEGATIVE_INFINITY
  for (const own of logs) for (const log of own) if (log > highest) highest = log
  return highest
}
