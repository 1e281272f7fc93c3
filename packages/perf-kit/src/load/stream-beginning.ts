import { type Run, readEnvironment } from '../run/index.ts'
import { durationNsOf, type LoadPlan } from './load-plan.ts'
import { describeLoad, HARNESS } from './load-run.ts'

/** What has to be known to read the seconds of a load that has left no Run. */
export interface StreamBeginning {
  readonly subject: string
  readonly startedAt: string
  readonly threads: number
  /** the first part of the schedule, which is not counted */
  readonly warmupNs: number
  /** of the whole schedule */
  readonly plannedNs: number
  readonly environment: Run['environment']
  readonly harness: Run['harness']
}

export function streamBeginning(plan: LoadPlan, startedAt: Date): StreamBeginning {
  return {
    subject: describeLoad(plan),
    startedAt: startedAt.toISOString(),
    threads: plan.threads,
    warmupNs: plan.warmupNs,
    plannedNs: durationNsOf(plan),
    environment: readEnvironment([]),
    harness: HARNESS,
  }
}
