import type { Metric, Run } from '../run/index.ts'
import { median, medianInterval } from '../stats/index.ts'

/** Pairs whose two sides are the same code: they judge the machine and are no property of the subject. */
export const NULL_METRIC = 'nullTimePerOp'

/** Independent values of a metric; of pairs, the candidate's. Nothing for a histogram: one distribution is one value. */
export function samplesOf({ evidence }: Pick<Metric, 'evidence'>): readonly number[] | undefined {
  if (evidence.kind === 'repetitions') return evidence.values
  return evidence.kind === 'pairs' ? evidence.candidate : undefined
}

/** Whether a Run is of one or several loads, all of which drive the same target; a search for a capacity is made of such. */
export function isOfLoad({ kind }: Pick<Run, 'kind'>): boolean {
  return kind === 'load' || kind === 'latency' || kind === 'throughput'
}

/**
 * What of a Run may be held against another. Of a load that are metrics with a value of each repetition: its requests, and its
 * seconds, are not independent of each other, so that of one load alone nothing may.
 */
export function comparedMetrics(run: Pick<Run, 'kind' | 'metrics'>): Metric[] {
  if (!isOfLoad(run)) return run.metrics.filter(({ name }) => name !== NULL_METRIC)
  return run.metrics.flatMap(({ repetitions, ...metric }) =>
    repetitions === undefined ? [] : [ofRepetitions(metric, repetitions)],
  )
}

function ofRepetitions({ interval: _, ...metric }: Metric, values: number[]): Metric {
  const interval = values.length < 2 ? {} : { interval: medianInterval(values) }
  return { ...metric, value: median(values), ...interval, evidence: { kind: 'repetitions', values } }
}

/** A metric as a baseline keeps it: pairs lose the side that they were held against. */
export function withoutOtherSide(metric: Metric): Metric {
  if (metric.evidence.kind !== 'pairs') return metric
  return { ...metric, evidence: { kind: 'repetitions', values: metric.evidence.candidate } }
}
