export { LatencyMeasurer } from './latency-measurer.ts'
export type { LatencyLevel, LatencyOptions, LatencyProgress } from './latency-options.ts'
export { explained } from './latency-run.ts'
