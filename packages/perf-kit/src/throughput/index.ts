export type { CapacityOptions, CapacityProgress } from './capacity-options.ts'
export { type ThroughputDrift, throughputDrift } from './throughput-drift.ts'
export { ThroughputTester } from './throughput-tester.ts'
