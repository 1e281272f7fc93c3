import { Bench } from 'tinybench'
import { nowNs } from '../../clock/index.ts'
import type { Batch } from './batch.ts'
import type { Measurement, MeasurePlan } from './job.ts'
import { medianOf } from './median-of.ts'
import { nextIteration } from './next-iteration.ts'

const NS_PER_MS = 1e6
const NS_PER_US = 1e3

/** The first batch of a slice pays for caches that somebody else has used since; with three or more, it is left out. */
const BATCHES_TO_SPARE_ONE = 3

export type TimeMeasurement = Pick<
  Measurement,
  'timePerOpNs' | 'sliceTimesPerOpNs' | 'meanTimePerOpNs' | 'sliceMeansPerOpNs' | 'cpuTimePerOpNs'
>

/**
 * Time with tinybench, one sample a batch: tinybench's own clock reads once per call, whose 30–40 ns cost and 10–20 ns
 * step would drown any function below a microsecond. The batch's mean goes in through `overriddenDuration` (in ms,
 * tinybench's unit) and its whole length through `overriddenIterationCost`.
 *
 * @param beforeSlice - waits for this process's turn; outside of what is timed
 */
export async function measureTime(batch: Batch, plan: MeasurePlan, beforeSlice: () => void): Promise<TimeMeasurement> {
  const { batchIterations, batchesPerSlice } = plan
  const batchMeansNs: number[] = []
  let iteration = 0
  let cpuUs = 0

  const begin = () => {
    if (batchMeansNs.length % batchesPerSlice === 0) beforeSlice()
    return { startCpuUs: threadCpuUs(), startNs: nowNs() }
  }
  const end = ({ startNs, startCpuUs }: ReturnType<typeof begin>) => {
    const durationNs = nowNs() - startNs
    cpuUs += threadCpuUs() - startCpuUs
    batchMeansNs.push(durationNs / batchIterations)
    iteration = nextIteration(iteration, batchIterations)
    return {
      overriddenDuration: durationNs / batchIterations / NS_PER_MS,
      overriddenIterationCost: durationNs / NS_PER_MS,
    }
  }

  const bench = new Bench({
    // A budget of no time leaves the count alone to decide.
    time: 0,
    iterations: plan.slices * batchesPerSlice,
    warmup: true,
    warmupTime: 0,
    warmupIterations: plan.warmupSlices * batchesPerSlice,
    throws: true,
    setup: () => {
      batchMeansNs.length = 0
      cpuUs = 0
    },
  })
  if (batch.kind === 'sync') {
    const { run } = batch
    const timed = () => {
      const started = begin()
      run(batchIterations, iteration)
      return end(started)
    }
    bench.add('batch', timed, { async: false })
    bench.runSync()
  } else {
    const { run } = batch
    const timed = async () => {
      const started = begin()
      await run(batchIterations, iteration)
      return end(started)
    }
    bench.add('batch', timed, { async: true })
    await bench.run()
  }

  const result = bench.tasks[0]?.result
  if (result?.state !== 'completed') throw new Error(`tinybench ended in state "${result?.state ?? 'unknown'}"`)
  const sliceMeansPerOpNs = batchesPerSlice === 1 ? [] : eachSlice(batchMeansNs, batchesPerSlice, mean)
  return {
    timePerOpNs: result.latency.p50 * NS_PER_MS,
    sliceTimesPerOpNs: eachSlice(batchMeansNs, batchesPerSlice, medianOf),
    meanTimePerOpNs: sliceMeansPerOpNs.length === 0 ? undefined : medianOf(sliceMeansPerOpNs),
    sliceMeansPerOpNs,
    cpuTimePerOpNs: (cpuUs * NS_PER_US) / (batchMeansNs.length * batchIterations),
  }
}

function eachSlice(
  batchMeansNs: readonly number[],
  batchesPerSlice: number,
  summarise: (batchMeansNs: readonly number[]) => number,
): number[] {
  const spared = batchesPerSlice >= BATCHES_TO_SPARE_ONE ? 1 : 0
  const slices: number[] = []
  for (let start = 0; start < batchMeansNs.length; start += batchesPerSlice) {
    slices.push(summarise(batchMeansNs.slice(start + spared, start + batchesPerSlice)))
  }
  return slices
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** CPU time of this thread, µs; Node 22 counts only whole processes, whose other threads compile and collect. */
function threadCpuUs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return user + system
}
