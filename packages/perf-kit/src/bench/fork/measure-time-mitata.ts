import { measure } from 'mitata'
import type { BenchDefinition } from '../../config/index.ts'
import { type TimeMeasurement, type TimeOptions, nextIteration } from './measure-time.ts'

/**
 * Time with mitata, which batches and unrolls in its own way; its samples are ns per call. The calibrated batch count
 * does not apply: mitata calibrates for itself in each fork.
 */
export async function measureTimeMitata(
  fn: BenchDefinition['fn'],
  state: unknown,
  options: Omit<TimeOptions, 'batchIterations'>,
): Promise<TimeMeasurement> {
  let iteration = 0
  const stats = await measure(
    () => {
      iteration = nextIteration(iteration, 1)
      return fn(state, iteration)
    },
    { min_cpu_time: options.warmupNs + options.measureNs },
  )
  return { timePerOpNs: stats.p50, batches: stats.samples.length, cpuTimePerOpNs: undefined }
}
