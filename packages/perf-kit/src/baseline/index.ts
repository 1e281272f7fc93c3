export type { AcceptOptions } from './accept-run.ts'
export { writeFileAtomically } from './atomic-file.ts'
export type {
  BaselineConfiguration,
  BaselineDocument,
  StoredMetric,
} from './baseline-document.ts'
export {
  type AcceptOutcome,
  BaselineManager,
  type BaselineManagerOptions,
} from './baseline-manager.ts'
export type { CompareOptions } from './compare-runs.ts'
export {
  type Acceptance,
  type ComparedAgainst,
  type Comparison,
  comparisonSchema,
  type MetricName,
} from './comparison.ts'
export { type BeyondLimit, type BudgetState, type BudgetVerdict, judgeBudgets } from './judge-budgets.ts'
export { type JudgePairsOptions, judgePairRuns, undecidedSubjects } from './judge-pairs.ts'
export { signedPercent } from './percent.ts'
export {
  type OverallState,
  overallState,
  VERDICT_STATES,
  type Verdict,
  type VerdictState,
  verdictSchema,
} from './verdict.ts'
