export type { Budget } from './budget.ts'
export type { CapacityAnswer, CapacityReport, CapacityTrial, TrialVerdict } from './capacity.ts'
export { countBeyond } from './count-beyond.ts'
export { type Environment, environmentDifferences, environmentSchema, readEnvironment } from './environment.ts'
export { parseJsonSafely } from './json.ts'
export { runJsonSchema } from './json-schema.ts'
export { loadHistograms } from './lazy-histograms.ts'
export { lazySchema, loadZod, type Zod } from './lazy-schema.ts'
export { type Evidence, type Interval, type Metric, metricKey, type Unit } from './metric.ts'
export { parseDocument, parseRun, toRun } from './parse-run.ts'
export { partOf, partSubject } from './part-subject.ts'
export {
  METHOD_VERSION,
  RUN_SCHEMA_VERSION,
  type Run,
  type RunFailure,
  type RunKind,
  type RunNote,
  type RunSource,
  runSchema,
  type Validity,
} from './run.ts'
export type { Series } from './series.ts'
export type { SoakGap, SoakPart, SoakReport } from './soak.ts'
export { ValueCounts } from './value-counts.ts'
