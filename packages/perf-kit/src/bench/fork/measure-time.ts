import { Bench } from 'tinybench'
import { nowNs } from '../../clock/index.ts'
import type { Batch } from './batch.ts'

const NS_PER_MS = 1e6
const NS_PER_US = 1e3

/** Fewer batches than this and their median is a coin toss. */
const MIN_BATCHES = 11

export interface TimeOptions {
  readonly batchIterations: number
  readonly warmupNs: number
  readonly measureNs: number
}

export interface TimeMeasurement {
  readonly timePerOpNs: number
  readonly batches: number
  readonly cpuTimePerOpNs: number | undefined
}

/**
 * Time with tinybench, one sample a batch: tinybench's own clock reads once per call, whose 30–40 ns cost and 10–20 ns
 * step would drown any function below a microsecond. The batch's mean goes in through `overriddenDuration` (in ms,
 * tinybench's unit) and its whole length through `overriddenIterationCost`, so that tinybench's time budget stays true.
 */
export async function measureTime(batch: Batch, options: TimeOptions): Promise<TimeMeasurement> {
  const { batchIterations } = options
  let iteration = 0
  let cpuUs = 0
  let calls = 0

  const begin = (): { readonly startNs: number; readonly startCpuUs: number } => ({
    startCpuUs: threadCpuUs(),
    startNs: nowNs(),
  })
  const end = ({ startNs, startCpuUs }: ReturnType<typeof begin>) => {
    const durationMs = (nowNs() - startNs) / NS_PER_MS
    cpuUs += threadCpuUs() - startCpuUs
    calls += batchIterations
    iteration = nextIteration(iteration, batchIterations)
    return { overriddenDuration: durationMs / batchIterations, overriddenIterationCost: durationMs }
  }

  const bench = new Bench({
    time: options.measureNs / NS_PER_MS,
    iterations: MIN_BATCHES,
    warmup: true,
    warmupTime: options.warmupNs / NS_PER_MS,
    warmupIterations: 2,
    throws: true,
    setup: (_task, mode) => {
      if (mode !== 'run') return
      cpuUs = 0
      calls = 0
    },
  })
  if (batch.kind === 'sync') {
    const { run } = batch
    bench.add('batch', () => {
      const started = begin()
      run(batchIterations, iteration)
      return end(started)
    }, { async: false })
    bench.runSync()
  } else {
    const { run } = batch
    bench.add('batch', async () => {
      const started = begin()
      await run(batchIterations, iteration)
      return end(started)
    }, { async: true })
    await bench.run()
  }

  const result = bench.tasks[0]?.result
  if (result?.state !== 'completed') throw new Error(`tinybench ended in state "${result?.state ?? 'unknown'}"`)
  return {
    timePerOpNs: result.latency.p50 * NS_PER_MS,
    batches: result.latency.samplesCount,
    cpuTimePerOpNs: (cpuUs * NS_PER_US) / calls,
  }
}

/** Iteration numbers stay small integers, which V8 keeps unboxed: above 2^30 the benchmark's own code would change. */
export function nextIteration(iteration: number, done: number): number {
  const next = iteration + done
  return next < 2 ** 29 ? next : 0
}

/** CPU time of this thread, µs; Node 22 counts only whole processes, whose other threads compile and collect. */
function threadCpuUs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return user + system
}
