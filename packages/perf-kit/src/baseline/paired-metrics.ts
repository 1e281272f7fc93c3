import { type Metric, metricKey, type Run } from '../run/index.ts'
import { logCostRatios, logOfCostRatios } from './log-cost.ts'
import { NULL_METRIC } from './samples.ts'

export interface PairedMetric {
  /** unique over all Runs judged together */
  readonly id: string
  readonly run: Run
  readonly metric: Metric
  readonly baseline: readonly number[]
  readonly candidate: readonly number[]
  /** ln(candidate/baseline) of the cost, pair by pair; undefined when a value has no logarithm */
  readonly logRatios: readonly number[] | undefined
}

/** Every metric of these Runs that holds pairs, apart from the null pairs. */
export function pairedMetrics(runs: readonly Run[]): PairedMetric[] {
  return runs.flatMap((run, runIndex) =>
    run.metrics.filter(({ name }) => name !== NULL_METRIC).flatMap((metric) => toPaired(run, runIndex, metric)),
  )
}

/** Null pairs of all subjects together: each subject has too few of its own to show a bias. */
export function pooledNullRatios(runs: readonly Run[]): number[] {
  const nulls = runs.flatMap((run) => run.metrics.filter(({ name }) => name === NULL_METRIC))
  return nulls.flatMap((metric) => toPaired(undefined, 0, metric).flatMap(({ logRatios }) => logRatios ?? []))
}

function toPaired<Of extends Run | undefined>(run: Of, runIndex: number, metric: Metric) {
  if (metric.evidence.kind !== 'pairs') return []
  const { baseline, candidate, ratios } = metric.evidence
  const logRatios =
    ratios === undefined ? logCostRatios(baseline, candidate, metric) : logOfCostRatios(ratios, metric.better)
  return [{ id: `${runIndex} ${metricKey(metric)}`, run, metric, baseline, candidate, logRatios }]
}
