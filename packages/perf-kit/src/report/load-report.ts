import type { z } from 'zod'
import { type Comparison, comparisonSchema, overallState, VERDICT_STATES } from '../baseline/index.ts'
import { lazySchema, type Run, runSchema } from '../run/index.ts'

export const LOAD_REPORT_SCHEMA_NAME = 'perf-kit/load-report'
export const LOAD_REPORT_SCHEMA_VERSION = 1

export const loadReportSchema = lazySchema((z) =>
  z
    .strictObject({
      schema: z.literal(LOAD_REPORT_SCHEMA_NAME),
      schemaVersion: z.literal(LOAD_REPORT_SCHEMA_VERSION),
      overall: z.enum([...VERDICT_STATES, 'unjudged']),
      run: runSchema(),
      comparison: comparisonSchema(),
    })
    .describe('What repetitions of a load measured, and what a baseline says of them.'),
)

export type LoadReport = z.infer<ReturnType<typeof loadReportSchema>>

export function makeLoadReport(run: Run, comparison: Comparison): LoadReport {
  return {
    schema: LOAD_REPORT_SCHEMA_NAME,
    schemaVersion: LOAD_REPORT_SCHEMA_VERSION,
    overall: overallState(comparison.verdicts),
    run,
    comparison,
  }
}
