import { measure } from 'mitata'
import type { BenchDefinition } from '../../config/index.ts'
import type { TimeMeasurement } from './measure-time.ts'
import { nextIteration } from './next-iteration.ts'

/**
 * Time with mitata, which batches and unrolls in its own way; its samples are ns per call. The calibrated counts do not
 * apply, and there are no slices: mitata decides for itself in each fork.
 */
export async function measureTimeMitata(
  fn: BenchDefinition['fn'],
  state: unknown,
  budgetNs: number,
): Promise<TimeMeasurement> {
  let iteration = 0
  const stats = await measure(
    () => {
      iteration = nextIteration(iteration, 1)
      return fn(state, iteration)
    },
    { min_cpu_time: budgetNs },
  )
  return {
    timePerOpNs: stats.p50,
    sliceTimesPerOpNs: [],
    meanTimePerOpNs: undefined,
    sliceMeansPerOpNs: [],
    cpuTimePerOpNs: undefined,
  }
}
