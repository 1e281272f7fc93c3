export type { AgentMemory, AgentSample, DelaySummary, GcKind, GcPause, LoopStall } from './agent/messages.ts'
export { portOf } from './driven-port.ts'
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
export type { TargetAgent } from './target-agent.ts'
export { type TargetOptions, TargetProcess } from './target-process.ts'
export { TargetWatch } from './target-watch.ts'
