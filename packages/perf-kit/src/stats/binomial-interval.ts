import { PerfKitError } from '../errors/index.ts'
import { binomialCdf } from './binomial.ts'
import { incompleteBeta } from './incomplete-beta.ts'
import { outOfRange, requireOpenRatio } from './sample-checks.ts'

export interface ProportionInterval {
  readonly lowRatio: number
  readonly highRatio: number
}

/**
 * Two-sided exact interval of a proportion (Clopper & Pearson 1934): covers at least `confidenceRatio`, whatever the proportion.
 *
 * @param successes - integer in [0, trials]
 * @param trials - integer ≥ 1
 * @param confidenceRatio - in (0, 1)
 * @throws {PerfKitError} `EMPTY_SAMPLE` for no trials, `OUT_OF_RANGE`
 */
export function binomialInterval(successes: number, trials: number, confidenceRatio = 0.95): ProportionInterval {
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  const oneSidedRatio = (1 + confidenceRatio) / 2
  return {
    lowRatio: binomialLowerBound(successes, trials, oneSidedRatio),
    highRatio: binomialUpperBound(successes, trials, oneSidedRatio),
  }
}

/**
 * One-sided exact upper bound of a proportion. No failure in 300 trials bounds the failure rate at 1 % with 95 % confidence.
 *
 * @param successes - integer in [0, trials]
 * @param trials - integer ≥ 1
 * @param confidenceRatio - in (0, 1)
 * @returns ratio in (0, 1]
 * @throws {PerfKitError} `EMPTY_SAMPLE` for no trials, `OUT_OF_RANGE`
 */
export function binomialUpperBound(successes: number, trials: number, confidenceRatio = 0.95): number {
  requireCounts(successes, trials)
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  if (successes === trials) return 1
  // The largest proportion under which so few successes still happen with a chance of 1 − confidence.
  return lastRatio((ratio) => binomialCdf(successes, trials, ratio) > 1 - confidenceRatio)
}

/**
 * One-sided exact lower bound of a proportion.
 *
 * @param successes - integer in [0, trials]
 * @param trials - integer ≥ 1
 * @param confidenceRatio - in (0, 1)
 * @returns ratio in [0, 1)
 * @throws {PerfKitError} `EMPTY_SAMPLE` for no trials, `OUT_OF_RANGE`
 */
export function binomialLowerBound(successes: number, trials: number, confidenceRatio = 0.95): number {
  requireCounts(successes, trials)
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  if (successes === 0) return 0
  // Up to here, so many successes or more happen with a chance below 1 − confidence.
  return lastRatio((ratio) => incompleteBeta(ratio, successes, trials - successes + 1) < 1 - confidenceRatio)
}

/** By bisection to the last digit: the condition holds up to the ratio returned, and not beyond. */
function lastRatio(holds: (ratio: number) => boolean): number {
  let low = 0
  let high = 1
  let middle = 0.5
  while (middle > low && middle < high) {
    if (holds(middle)) low = middle
    else high = middle
    middle = (low + high) / 2
  }
  return high
}

function requireCounts(successes: number, trials: number): void {
  if (trials === 0) {
    throw new PerfKitError('EMPTY_SAMPLE', 'no trials say nothing about a proportion', {
      remedy: 'Run at least one trial.',
    })
  }
  if (Number.isSafeInteger(trials) && Number.isSafeInteger(successes) && successes >= 0 && successes <= trials) return
  throw outOfRange(
    `${successes} successes in ${trials} trials is no count`,
    'Give whole numbers, with 0 ≤ successes ≤ trials.',
  )
}
