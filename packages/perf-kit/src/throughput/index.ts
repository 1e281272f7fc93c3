export type { CapacityOptions, CapacityProgress } from './capacity-options.ts'
export { ThroughputTester } from './throughput-tester.ts'
