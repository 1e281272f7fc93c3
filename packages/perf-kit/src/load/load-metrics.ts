import type { Histogram } from 'hdr-histogram-js'
import { CANCELLED } from '../protocol/index.ts'
import { loadHistograms, type Metric } from '../run/index.ts'
import { binomialInterval } from '../stats/index.ts'
import { quantileInterval } from './quantile-interval.ts'

/** A metric without the subject that it will be of. */
export type OwnMetric = Omit<Metric, 'subject'>

const CONFIDENCE_RATIO = 0.95

/** A typical request and a slow one; the others lie between them, or are too rare to come out alike twice. */
const QUANTILES = [
  { suffix: 'P50', quantileRatio: 0.5, mayGate: true },
  { suffix: 'P90', quantileRatio: 0.9, mayGate: false },
  { suffix: 'P95', quantileRatio: 0.95, mayGate: false },
  { suffix: 'P99', quantileRatio: 0.99, mayGate: true },
  { suffix: 'P999', quantileRatio: 0.999, mayGate: false },
] as const

/** The distribution once, and its percentiles, which refer to it. */
export function distributionMetrics(name: string, histogram: Histogram, gates: boolean): OwnMetric[] {
  const count = histogram.totalCount
  if (count === 0) return []
  const common = { unit: 'ns', better: 'lower' } as const
  const percentiles = QUANTILES.map(({ suffix, quantileRatio, mayGate }): OwnMetric => {
    const interval = quantileInterval(histogram, quantileRatio)
    return {
      ...common,
      name: `${name}${suffix}`,
      gates: gates && mayGate,
      value: histogram.getValueAtPercentile(100 * quantileRatio),
      ...(interval === undefined ? {} : { interval }),
      evidence: { kind: 'quantile', of: name, quantileRatio, count },
    }
  })
  const data = loadHistograms().encodeIntoCompressedBase64(histogram)
  return [
    {
      ...common,
      name,
      gates: false,
      value: histogram.mean,
      evidence: { kind: 'histogram', encoding: 'hdr-v2-compressed-base64', count, data },
    },
    ...percentiles,
  ]
}

export function ratioMetric(name: string, part: number, whole: number): OwnMetric {
  const interval = whole === 0 ? undefined : binomialInterval(part, whole, CONFIDENCE_RATIO)
  return {
    name,
    unit: 'ratio',
    better: 'lower',
    // A share that is usually nothing has no ratio to compare: budgets are for it.
    gates: false,
    value: whole === 0 ? 0 : part / whole,
    ...(interval === undefined
      ? {}
      : { interval: { low: interval.lowRatio, high: interval.highRatio, coverageRatio: CONFIDENCE_RATIO } }),
    evidence: { kind: 'proportion', part, whole },
  }
}

/** How requests ended, by class. */
export function outcomeMetrics(outcomes: ReadonlyMap<string, number>): OwnMetric[] {
  return [...outcomes]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([outcome, count]) =>
      countMetric(
        `outcome ${outcome}`,
        count,
        outcome.startsWith('HTTP 2') || outcome === CANCELLED.outcome ? 'higher' : 'lower',
      ),
    )
}

export function countMetric(name: string, count: number, better: Metric['better']): OwnMetric {
  return { name, unit: 'count', better, gates: false, value: count, evidence: { kind: 'repetitions', values: [count] } }
}
