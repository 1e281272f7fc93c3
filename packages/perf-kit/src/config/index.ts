export { type BenchArg, type BenchArgs, type BenchDefinition, type BenchRanges, defineBench } from './define-bench.ts'
export { defineConfig } from './define-config.ts'
export { type LoadedConfig, loadConfig } from './load-config.ts'
export type { TestConfig, TestConfigInput } from './test-config.ts'
