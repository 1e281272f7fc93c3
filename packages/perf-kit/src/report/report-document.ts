import type { z } from 'zod'
import { type Comparison, comparisonSchema, overallState } from '../baseline/index.ts'
import { lazySchema, type Run, type RunFailure, runSchema } from '../run/index.ts'

export const REPORT_SCHEMA_NAME = 'perf-kit/bench-report'
export const REPORT_SCHEMA_VERSION = 1

export const benchReportSchema = lazySchema((z) =>
  z
    .strictObject({
      schema: z.literal(REPORT_SCHEMA_NAME),
      schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
      overall: z.enum(['passed', 'regressed', 'improved', 'inconclusive', 'unjudged']),
      runs: z.array(runSchema()),
      comparisons: z.array(comparisonSchema()).describe('at most one for each Run'),
      failures: runSchema().shape.failures.describe('what failed and belongs to no Run'),
    })
    .describe('What a benchmark command measured and concluded.'),
)

export type BenchReport = z.infer<ReturnType<typeof benchReportSchema>>

export interface ReportContent {
  readonly runs: readonly Run[]
  readonly comparisons?: readonly Comparison[]
  /** failures that belong to no Run, such as a bench file that cannot be read */
  readonly failures?: readonly RunFailure[]
}

export function makeReport({ runs, comparisons = [], failures = [] }: ReportContent): BenchReport {
  return {
    schema: REPORT_SCHEMA_NAME,
    schemaVersion: REPORT_SCHEMA_VERSION,
    overall: overallState(comparisons.flatMap(({ verdicts }) => verdicts)),
    runs: [...runs],
    comparisons: [...comparisons],
    failures: [...failures],
  }
}

/** The judgement of a Run, when it was judged. */
export function comparisonOf({ comparisons }: BenchReport, run: Run): Comparison | undefined {
  return comparisons.find(({ suite, configuration }) => suite === run.suite && configuration === run.configuration)
}
