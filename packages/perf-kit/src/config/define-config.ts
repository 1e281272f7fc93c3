import type { TestConfigInput } from './test-config.ts'

/** Types and completion for `perf-kit.config.ts`; returns its argument unchanged. */
export function defineConfig(config: TestConfigInput): TestConfigInput {
  return config
}
