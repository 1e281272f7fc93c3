import { nowNs, type TimerQuality } from '../../clock/index.ts'
import { type Batch, makeEmptyBatch } from './batch.ts'
import type { Calibration } from './job.ts'
import { medianOf } from './median-of.ts'
import { nextIteration } from './next-iteration.ts'

/** A batch of 1000 timer steps knows its length to 0.1 %. */
const RESOLUTIONS_PER_BATCH = 1000

/** Long enough to drown the two clock readings, short enough for a hundred batches in a fork. */
const MIN_BATCH_NS = 1e6

const WARMUP_NS = 150e6
const MEASURED_BATCHES = 15
/** Of a slow function, whose batches are single calls, fewer will do: fifteen calls of 2 s would be a timeout. */
const ENOUGH_BATCHES = 3
const ENOUGH_NS = 1e9

/**
 * Find how many calls make a batch, once a benchmark, so that every fork on both sides runs the same loop.
 */
export async function calibrate(batch: Batch, timer: TimerQuality): Promise<Omit<Calibration, 'allocationCalls'>> {
  const { timePerOpNs, batchIterations } = await measureLoop(batch, timer)
  const empty = await measureLoop(makeEmptyBatch(batch.kind), timer)
  return {
    timePerOpNs,
    batchIterations,
    emptyTimePerOpNs: empty.leastTimePerOpNs,
    timerResolutionNs: timer.resolutionNs,
  }
}

interface MeasuredLoop extends Pick<Calibration, 'timePerOpNs' | 'batchIterations'> {
  readonly leastTimePerOpNs: number
}

async function measureLoop(batch: Batch, timer: TimerQuality): Promise<MeasuredLoop> {
  const targetNs = Math.max(RESOLUTIONS_PER_BATCH * timer.resolutionNs, MIN_BATCH_NS)
  const startNs = nowNs()
  let batchIterations = 1
  let iteration = 0
  const runBatch = async (): Promise<number> => {
    const beforeNs = nowNs()
    const running = batch.run(batchIterations, iteration)
    if (batch.kind === 'async') await running
    const durationNs = nowNs() - beforeNs
    iteration = nextIteration(iteration, batchIterations)
    return durationNs
  }

  // Warm up while growing: V8 must have compiled its last word before a call's price means anything.
  for (;;) {
    const durationNs = await runBatch()
    if (nowNs() - startNs >= WARMUP_NS) break
    if (durationNs < targetNs)
      batchIterations = Math.ceil(batchIterations * Math.min(10, 1.2 * (targetNs / durationNs)))
  }
  const perOpNs: number[] = []
  const measuredFromNs = nowNs()
  while (perOpNs.length < MEASURED_BATCHES) {
    if (perOpNs.length >= ENOUGH_BATCHES && nowNs() - measuredFromNs > ENOUGH_NS) break
    perOpNs.push((await runBatch()) / batchIterations)
  }
  const timePerOpNs = medianOf(perOpNs)
  return {
    timePerOpNs,
    leastTimePerOpNs: Math.min(...perOpNs),
    batchIterations: Math.max(1, Math.ceil(targetNs / timePerOpNs)),
  }
}
