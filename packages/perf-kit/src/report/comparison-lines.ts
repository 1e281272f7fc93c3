import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { coverageLines } from './notes.ts'
import { makeReport } from './report-document.ts'
import { summaryLines } from './summary.ts'

/** What came of holding a load against its baseline, in sentences: the result first. Nothing when nobody did. */
export function comparisonLines(run: Run, comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return []
  const undecided = comparison.verdicts.filter(({ gates, state }) => gates && state === 'inconclusive')
  return [
    ...summaryLines(makeReport({ runs: [run], comparisons: [comparison] })),
    ...undecided.map(({ subject, metric, reason }) => `${subject}, ${metric}: ${reason}`),
    ...comparison.doubts,
    ...coverageLines(run, comparison),
  ]
}
