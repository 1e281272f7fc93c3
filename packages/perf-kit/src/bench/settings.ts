import type { TestConfig } from '../config/index.ts'
import type { MeasureSettings } from './measure-case.ts'

/** What a fork needs to know of the configuration. */
export function settingsOf({ bench }: TestConfig): MeasureSettings {
  return {
    engine: bench.engine,
    warmupNs: bench.warmup,
    measureNs: bench.measure,
    tailNs: bench.tail,
    forkTimeoutNs: bench.forkTimeout,
    memoryLimitBytes: bench.memoryLimit,
  }
}
