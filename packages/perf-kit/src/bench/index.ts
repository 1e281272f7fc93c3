export type { BenchCase, Discovery } from './discover.ts'
export { type MachineCheck, type MachineCheckOptions, checkMachine } from './machine-check.ts'
export type { BenchProgress, ProgressListener } from './progress.ts'
export { type AgainstRequest, type BenchOutcome, type BenchRequest, listBenchmarks, runAgainst, runBench } from './run-bench.ts'
