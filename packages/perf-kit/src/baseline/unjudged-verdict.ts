import type { Metric } from '../run/index.ts'
import type { Verdict } from './verdict.ts'

export interface UnjudgedFacts {
  readonly metric: Metric
  readonly gates: boolean
  readonly baselineValue: number
  readonly thresholdRatio: number
  readonly sampleCounts: Verdict['sampleCounts']
  readonly reason: string
}

/** Two values that no test can tell apart: shown side by side, and never passed. */
export function unjudgedVerdict({
  metric,
  gates,
  baselineValue,
  thresholdRatio,
  sampleCounts,
  reason,
}: UnjudgedFacts): Verdict {
  return {
    subject: metric.subject,
    metric: metric.name,
    unit: metric.unit,
    better: metric.better,
    state: 'inconclusive',
    gates,
    baselineValue,
    candidateValue: metric.value,
    effectRatio: ratioOf(baselineValue, metric.value),
    low: null,
    high: null,
    coverageRatio: null,
    test: 'none',
    pValues: { worse: null, better: null, withinMargin: null },
    thresholdRatio,
    sampleCounts,
    reason,
  }
}

function ratioOf(baseline: number, candidate: number): number {
  const ratio = candidate / baseline - 1
  return Number.isFinite(ratio) ? ratio : 0
}
