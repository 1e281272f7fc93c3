/**
 * What files that users write import (`@gw/perf-kit/config`): identity functions that bring types and completion and
 * load nothing else, because a bench file is loaded into every measured process.
 */
export { type BenchArg, type BenchArgs, type BenchDefinition, type BenchRanges, defineBench } from './define-bench.ts'
export { defineConfig } from './define-config.ts'
export { defineSoak, type SoakScenario, type SoakStage } from './define-soak.ts'
export type { TestConfigInput } from './test-config.ts'
