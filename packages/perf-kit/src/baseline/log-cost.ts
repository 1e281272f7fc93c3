import type { Metric, Unit } from '../run/index.ts'
import { policyOf } from './unit-policy.ts'

type Scale = Pick<Metric, 'unit' | 'better'>

/**
 * Samples as logarithms of a cost, so that larger is worse in every metric and a difference is a ratio.
 *
 * @returns undefined when a value has no such logarithm: below zero, or not finite
 */
function logCosts(values: readonly number[], { unit, better }: Scale): number[] | undefined {
  const { smoothing } = policyOf(unit)
  const direction = better === 'lower' ? 1 : -1
  const costs = values.map((value) => direction * Math.log(value + smoothing))
  return costs.every(Number.isFinite) ? costs : undefined
}

/** ln(candidate/baseline) of a cost, pair by pair. */
export function logCostRatios(
  baseline: readonly number[],
  candidate: readonly number[],
  scale: Scale,
): number[] | undefined {
  const before = logCosts(baseline, scale)
  const after = logCosts(candidate, scale)
  return before && after?.map((cost, index) => cost - (before[index] ?? Number.NaN))
}

/** The same of ratios that were measured as such, candidate / baseline. */
export function logOfCostRatios(ratios: readonly number[], better: Metric['better']): number[] | undefined {
  const logs = ratios.map((ratio) => (better === 'lower' ? 1 : -1) * Math.log(ratio))
  return logs.every(Number.isFinite) ? logs : undefined
}

export interface CostEffect {
  readonly effectRatio: number
  readonly lowRatio: number
  readonly highRatio: number
}

/** From cost/cost − 1 back to candidate/baseline − 1: the same where lower is better, upside down where higher is. */
export function naturalEffect({ effectRatio, lowRatio, highRatio }: CostEffect, better: Metric['better']): CostEffect {
  if (better === 'lower') return { effectRatio, lowRatio, highRatio }
  return { effectRatio: inverted(effectRatio), lowRatio: inverted(highRatio), highRatio: inverted(lowRatio) }
}

function inverted(ratio: number): number {
  return 1 / (1 + ratio) - 1
}

/** The smallest change that counts, once a floor in the unit itself is taken into account. */
export function withFloor(thresholdRatio: number, floor: number, baselineValue: number, unit: Unit): number {
  return Math.max(thresholdRatio, floor / (Math.abs(baselineValue) + policyOf(unit).smoothing))
}
