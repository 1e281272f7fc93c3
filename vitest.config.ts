import { configDefaults, defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './tests/house/closing-line-reporter.ts'
import { profileOf, timeoutMsOf } from './tests/performance/profile.ts'

const SECOND_MS = 1_000

/** Tests that start real processes are slow on a busy machine; a limit is there to end what hangs, not to measure. */
const patience = (seconds: number) => ({
  testTimeout: seconds * SECOND_MS,
  hookTimeout: seconds * SECOND_MS,
  expect: { poll: { timeout: (seconds * SECOND_MS) / 2 } },
})

/**
 * Of the package's own tests: who stood still for 50 ms is not to be seen where others have the processor as long, and whoever takes
 * the whole machine would be in the way of others.
 */
const MEASURING = [
  'packages/perf-kit/test/latency/standing-target.test.ts',
  'packages/perf-kit/test/throughput/busy-machine.test.ts',
]

/**
 * The groups run one after the other: the house's gates load both cores with compilers, and the tests that measure
 * want a quiet machine, so they come last and one file at a time.
 */
export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    globalSetup: 'tests/compile-cache.ts',
    projects: [
      {
        test: {
          name: 'perf-kit',
          include: ['packages/perf-kit/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...MEASURING],
          maxWorkers: 2,
          // Of tests that say that they may run beside each other, because most of their time is waiting.
          maxConcurrency: 3,
          sequence: { groupOrder: 0 },
          ...patience(120),
        },
      },
      {
        test: {
          name: 'gateway',
          include: ['packages/gateway/test/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          ...patience(60),
        },
      },
      {
        test: {
          name: 'house',
          include: ['tests/house/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...patience(120),
        },
      },
      {
        test: {
          name: 'performance',
          include: ['tests/performance/**/*.test.ts', ...MEASURING],
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          ...patience(timeoutMsOf(profileOf(process.env)) / SECOND_MS),
        },
      },
    ],
  },
})
