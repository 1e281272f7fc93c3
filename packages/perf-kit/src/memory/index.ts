export { type GrowthJudgement, type GrowthRule, judgeGrowth } from './growth-judgement.ts'
export type { GrowthPoint } from './growth-points.ts'
export { judgeLeaks, judgeRecord, type LeakOptions, type LeakVerdict } from './leak-verdict.ts'
export { type Headroom, type HeadroomOptions, judgeHeadroom, type LimitVerdict } from './limits/headroom.ts'
export { type MemoryLimits, memoryLimitsOf } from './limits/memory-limits.ts'
export { judgeRelief, type Relief, type ReliefOptions } from './limits/relief.ts'
export type { AllocationSite, PerRequest } from './locate/allocation-sites.ts'
export type { CodePlace } from './locate/code-places.ts'
export { huntLeaks } from './locate/hunt-leaks.ts'
export type { HuntedTarget, HuntOptions } from './locate/hunt-options.ts'
export type { AllocationTracking, LeakHuntResult } from './locate/hunt-result.ts'
export type { HuntingLoad, HuntStep, LoadWish } from './locate/hunting-load.ts'
export type { KeptClass } from './locate/kept-classes.ts'
export type { KeptObjects } from './locate/snapshot-steps.ts'
export { MemoryMonitor, type MonitorState } from './memory-monitor.ts'
export { MemoryRecord } from './memory-record.ts'
export type { EndedRequests, MemorySample } from './memory-sample.ts'
export type { MonitoredTarget, MonitorOptions } from './monitor-options.ts'
export type { OutsideSample } from './outside-process.ts'
export type { CountedLoad } from './request-count.ts'
export type { SignalVerdict } from './signal-verdict.ts'
export type { SignalName } from './signals.ts'
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
