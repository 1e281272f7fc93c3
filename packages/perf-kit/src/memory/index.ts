export {
  type ClassGrowth,
  growthIn,
  stepsOf,
} from './snapshot/class-growth.ts'
export type { HeapClass, HeapSummary } from './snapshot/heap-classes.ts'
export {
  diffHeapSnapshots,
  type HeapDiff,
  type HeapDiffOptions,
  type HeapSummaryOptions,
  type LeakingClass,
  leakingClasses,
  summarizeHeapSnapshot,
} from './snapshot/heap-diff.ts'
export type { HeapString } from './snapshot/heap-strings.ts'
export type { RequestMultiple } from './snapshot/request-multiple.ts'
export type { RetainerPath } from './snapshot/retainer-paths.ts'
