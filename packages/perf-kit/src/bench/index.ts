export type { BenchCase, Discovery } from './discover.ts'
export { readSource } from './git.ts'
export { listBenchmarks } from './list-benchmarks.ts'
export { checkMachine, type MachineCheck, type MachineCheckOptions } from './machine-check.ts'
export type { BenchProgress, ProgressListener } from './progress.ts'
export {
  type AgainstRequest,
  type BenchOutcome,
  type BenchRequest,
  runAgainst,
  runBench,
  runPairs,
} from './run-bench.ts'
export { type Snapshots, takeSnapshots } from './snapshot.ts'
