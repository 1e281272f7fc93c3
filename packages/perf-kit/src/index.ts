export {
  type Acceptance,
  BaselineManager,
  type BaselineManagerOptions,
  type BudgetVerdict,
  type Comparison,
  judgeBudgets,
  judgePairRuns,
  overallState,
  undecidedSubjects,
  type Verdict,
  type VerdictState,
} from './baseline/index.ts'
export {
  type AgainstRequest,
  type BenchCase,
  type BenchOutcome,
  type BenchProgress,
  type BenchRequest,
  checkMachine,
  listBenchmarks,
  type MachineCheck,
  runAgainst,
  runBench,
  runPairs,
  type Snapshots,
  takeSnapshots,
} from './bench/index.ts'
export {
  type BenchDefinition,
  defineBench,
  defineConfig,
  type LoadedConfig,
  loadConfig,
  type TestConfig,
  type TestConfigInput,
} from './config/index.ts'
export { didYouMean, type ErrorCode, EXIT, PerfKitError } from './errors/index.ts'
export { type LatencyLevel, LatencyMeasurer, type LatencyOptions } from './latency/index.ts'
export {
  createLoadEngine,
  LOAD_ENGINES,
  type LoadEngine,
  type LoadEngineName,
  LoadGenerator,
  type LoadOptions,
  type LoadResult,
  type Repeating,
  repeatRuns,
  toLoadRun,
} from './load/index.ts'
export {
  type BenchReport,
  type LoadReport,
  makeLoadReport,
  makeReport,
  renderJson,
  renderLoadHtml,
  renderLoadMarkdown,
  renderLoadTerminal,
  renderMachineCheck,
  renderMarkdown,
  renderTerminal,
} from './report/index.ts'
export { type Environment, type Metric, parseRun, type Run, readEnvironment, runJsonSchema } from './run/index.ts'
export {
  binomialLowerBound,
  binomialUpperBound,
  fitLine,
  median,
  medianInterval,
  PAIR_DESIGN,
  rankSumTest,
} from './stats/index.ts'
