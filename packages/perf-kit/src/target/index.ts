export { OutputTail } from './output-tail.ts'
export { endProcessGroup, residentBytes } from './process-group.ts'
export type { Readiness } from './readiness.ts'
export { type TargetOptions, TargetProcess } from './target-process.ts'
