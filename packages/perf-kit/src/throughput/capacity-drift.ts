import { CapacityPosterior, type Observation } from './capacity-posterior.ts'

/** Two capacities have to explain the trials so many times better than one (Kass & Raftery 1995: strong from 20 on). */
const STRONG_EVIDENCE = 20
/** On each side of the change. */
const FEWEST_TRIALS = 2
const STEP_RATIO = 0.005
/** Beyond the rates that were tried. */
const MARGIN = 2

export interface Drift {
  readonly beforePerSec: number
  readonly afterPerSec: number
  /** both intervals together, of 95 % each */
  readonly lowPerSec: number
  readonly highPerSec: number
}

/**
 * Whether trials are explained better by a capacity that has changed between two of them than by one that was the same all the time.
 *
 * @param trials - in the order of time; unusable ones left out
 * @param leastRatio - a smaller change is none: 0.06 for 6 %
 */
export function capacityDrift(trials: readonly Observation[], leastRatio: number): Drift | undefined {
  const splits = Array.from({ length: trials.length - 2 * FEWEST_TRIALS + 1 }, (_, index) => index + FEWEST_TRIALS)
  if (trials.length < 2 * FEWEST_TRIALS) return undefined
  const rates = trials.map(({ ratePerSec }) => ratePerSec)
  const known = (own: readonly Observation[]): CapacityPosterior => {
    const posterior = new CapacityPosterior({
      fromPerSec: Math.min(...rates) / MARGIN,
      toPerSec: Math.max(...rates) * MARGIN,
      stepRatio: STEP_RATIO,
    })
    for (const trial of own) posterior.add(trial)
    return posterior
  }
  const candidates = splits.map((split) => {
    const [before, after] = [known(trials.slice(0, split)), known(trials.slice(split))]
    return { before, after, logEvidence: before.logEvidence() + after.logEvidence() }
  })
  const best = candidates.reduce((most, each) => (each.logEvidence > most.logEvidence ? each : most))
  // When it changed is not known, and each time as probable as another.
  const mean =
    candidates.reduce((sum, { logEvidence }) => sum + Math.exp(logEvidence - best.logEvidence), 0) / candidates.length
  const logFactor = best.logEvidence + Math.log(mean) - known(trials).logEvidence()
  if (logFactor < Math.log(STRONG_EVIDENCE)) return undefined
  const [low = 0, beforePerSec = 0, high = 0] = best.before.quantiles([0.025, 0.5, 0.975])
  const [lowAfter = 0, afterPerSec = 0, highAfter = 0] = best.after.quantiles([0.025, 0.5, 0.975])
  const change = Math.max(beforePerSec, afterPerSec) / Math.min(beforePerSec, afterPerSec) - 1
  if (change < leastRatio) return undefined
  return { beforePerSec, afterPerSec, lowPerSec: Math.min(low, lowAfter), highPerSec: Math.max(high, highAfter) }
}
