import { type Metric, metricKey, type Run } from '../run/index.ts'
import { median } from '../stats/index.ts'
import type { StoredMetric } from './baseline-document.ts'
import { logCostRatios } from './log-cost.ts'
import { signedPercent } from './percent.ts'
import { samplesOf } from './samples.ts'
import { policyOf } from './unit-policy.ts'

/** With fewer, "most of them" may be two that really changed. */
const FEWEST_METRICS = 8
/** Smaller shifts are left alone: they are within what any run differs by. */
const SMALLEST_SHIFT = Math.log(1.02)

/** A change of speed that most benchmarks share: the machine's, unless something changed that all of them run through. */
export interface CommonShift {
  /** ln(candidate/baseline) of the cost: positive is slower; 0 when there is none */
  readonly logCost: number
  readonly metrics: number
}

export const NO_SHIFT: CommonShift = { logCost: 0, metrics: 0 }

/**
 * The median change over all gating metrics that depend on speed. The same code measured an hour later on a shared machine is
 * as a whole some percent slower or faster; a change of one benchmark shows as its distance from the others. Not so of loads: all
 * of their metrics are of one target, and change together when it does.
 *
 * @param judged - each Run with the stored metrics that it is held against
 */
export function findCommonShift(
  judged: readonly { readonly run: Run; readonly stored: readonly StoredMetric[] }[],
): CommonShift {
  const changes = judged.flatMap(({ run, stored }) => {
    const storedByKey = new Map(stored.map((metric) => [metricKey(metric), metric]))
    return run.metrics.flatMap((metric) => logCostChange(storedByKey.get(metricKey(metric)), metric) ?? [])
  })
  if (changes.length < FEWEST_METRICS) return NO_SHIFT
  const logCost = median(changes)
  return Math.abs(logCost) < SMALLEST_SHIFT ? NO_SHIFT : { logCost, metrics: changes.length }
}

function logCostChange(stored: StoredMetric | undefined, metric: Metric): number | undefined {
  if (stored === undefined || stored.unit !== metric.unit || stored.better !== metric.better) return undefined
  if (!metric.gates || metric.guard === true || !policyOf(metric.unit).dependsOnSpeed) return undefined
  const before = samplesOf(stored)
  const after = samplesOf(metric)
  if (before === undefined || after === undefined) return undefined
  return logCostRatios([median(before)], [median(after)], metric)?.[0]
}

/** Values as they would have been without the shift. */
export function withoutShift(
  values: readonly number[],
  { unit, better }: Pick<Metric, 'unit' | 'better'>,
  { logCost }: CommonShift,
): readonly number[] {
  if (logCost === 0 || !policyOf(unit).dependsOnSpeed) return values
  const factor = Math.exp(better === 'lower' ? -logCost : logCost)
  return values.map((value) => value * factor)
}

/** For people; nothing where there is no shift. */
export function describeShift({ logCost, metrics }: CommonShift): string[] {
  if (logCost === 0) return []
  const change = signedPercent(Math.expm1(logCost))
  return [
    `${metrics} benchmarks together take ${change} against when they were accepted: taken for the machine's doing and left out of their verdicts; compare with --against if all of them share what you changed`,
  ]
}
