import type { Comparison } from '../baseline/index.ts'
import { metricKey, type Run } from '../run/index.ts'
import { coverageLines } from './notes.ts'
import { makeReport } from './report-document.ts'
import { summaryLines } from './summary.ts'

/** What came of holding a load against its baseline, in sentences: the result first. Nothing when nobody did. */
export function comparisonLines(run: Run, comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return []
  const gating = new Set(run.metrics.filter(({ gates }) => gates).map(metricKey))
  const undecided = comparison.verdicts.filter(
    ({ subject, metric, state }) => state === 'inconclusive' && gating.has(metricKey({ subject, name: metric })),
  )
  return [
    ...summaryLines(makeReport({ runs: [run], comparisons: [comparison] })),
    ...undecided.map(({ subject, metric, reason }) => `${subject}, ${metric}: ${reason}`),
    ...comparison.doubts,
    ...coverageLines(run, comparison),
  ]
}
