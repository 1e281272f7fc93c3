export { type LatencyLevel, LatencyMeasurer, type LatencyOptions, type LatencyProgress } from './latency-measurer.ts'
export { type Pause, type PauseKind, Pauses } from './pauses.ts'
export { slowMetrics, slowNotes } from './slow-metrics.ts'
export { explainSlowRequests, type ShareOfTime, type SlowPart, type SlowRequests } from './slow-requests.ts'
