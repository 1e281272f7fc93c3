export { HeapWatch } from './agent/heap-watch.ts'
export type {
  AgentMemory,
  AgentSample,
  AllocationFrame,
  AllocationProfile,
  AllocationStack,
  AllocationSums,
  CollectedHeap,
  DelaySummary,
  GcKind,
  GcPause,
  HeapSample,
  LoopStall,
  WrittenSnapshot,
} from './agent/messages.ts'
export { StartedWorkers } from './agent/started-workers.ts'
export { ControlGroup } from './control-group.ts'
export { portOf } from './driven-port.ts'
export type { TargetEnd } from './end-watch.ts'
export type { LimitSnapshot } from './limit-snapshots.ts'
export {
  allowedProcessors,
  type MachineUse,
  othersRatio,
  processName,
  readGroupThreads,
  readMachineUse,
  type ThreadTicks,
  ticksToNs,
} from './machine-use.ts'
export { OutputTail } from './output-tail.ts'
export { endProcessGroup, residentBytes } from './process-group.ts'
export type { Readiness } from './readiness.ts'
export { type StartedProcess, startTarget } from './start-target.ts'
export type { TargetAgent } from './target-agent.ts'
export { type EndEvidence, type EndExplanation, type EndKind, explainEnd, type TargetExit } from './target-end.ts'
export type { TargetOptions } from './target-options.ts'
export { TargetProcess } from './target-process.ts'
export { TargetWatch } from './target-watch.ts'
