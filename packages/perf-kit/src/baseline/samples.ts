import type { Metric } from '../run/index.ts'

/** Pairs whose two sides are the same code: they judge the machine and are no property of the subject. */
export const NULL_METRIC = 'nullTimePerOp'

/** Independent values of a metric; of pairs, the candidate's. Nothing for a histogram: one distribution is one value. */
export function samplesOf({ evidence }: Pick<Metric, 'evidence'>): readonly number[] | undefined {
  if (evidence.kind === 'repetitions') return evidence.values
  return evidence.kind === 'pairs' ? evidence.candidate : undefined
}

/** A metric as a baseline keeps it: pairs lose the side that they were held against. */
export function withoutOtherSide(metric: Metric): Metric {
  if (metric.evidence.kind !== 'pairs') return metric
  return { ...metric, evidence: { kind: 'repetitions', values: metric.evidence.candidate } }
}
