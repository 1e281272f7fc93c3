import { GCProfiler } from 'node:v8'
import type { Batch } from './batch.ts'
import type { MeasurePlan } from './job.ts'
import { medianOf } from './median-of.ts'

/** Small enough to fit the young generation beside other things, so that no collection falls into a measurement. */
const TARGET_BYTES = 2 * 2 ** 20
const MAX_CALLS = 4096
/** Calls that would last longer than so many slices are not worth their time: what is slow allocates much, or nothing. */
const MAX_SLICES = 5
const REPETITIONS = 3
const MAX_ATTEMPTS = 8

/** The most calls of one reading, by the plan and not by the clock, so that both sides of a pair make the same. */
export function mostAllocationCalls({ batchIterations, batchesPerSlice }: MeasurePlan): number {
  // A single call that fills a slice by itself is not repeated.
  return Math.min(MAX_CALLS, 1 + MAX_SLICES * (batchIterations * batchesPerSlice - 1))
}

/**
 * Bytes newly allocated per call, on the heap and in ArrayBuffers.
 *
 * The heap grows by what is allocated as long as nothing is collected, so: collect, then run n and 2n calls, and take
 * the slope, which leaves out what reading the heap allocates by itself. A reading that a collection fell into is
 * thrown away and tried again with fewer calls. A single call that brings a collection about by itself is read all the
 * same: what each collection freed is added again.
 *
 * @param mostCalls - of one reading, n ≥ 1; 2n are made too
 * @returns bytes, or `undefined` when single calls use ArrayBuffers so large that collections cannot be kept out:
 *   nothing tells when those are freed
 */
export async function measureAllocation(batch: Batch, mostCalls: number): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined
  let calls = 1
  const perCallBytes: number[] = []
  for (let attempt = 0; attempt < MAX_ATTEMPTS && perCallBytes.length < REPETITIONS; attempt++) {
    const once = await readGrowth(batch, calls)
    const twice = await readGrowth(batch, 2 * calls)
    const isUndisturbed = once.collections === 0 && twice.collections === 0
    if (!isUndisturbed && calls > 1) {
      calls = Math.ceil(calls / 4)
      continue
    }
    if (!isUndisturbed && (once.arrayBufferBytes !== 0 || twice.arrayBufferBytes !== 0)) return undefined
    const bytes = Math.max(0, totalBytes(twice) - totalBytes(once)) / calls
    const enough = !isUndisturbed || calls >= mostCalls || totalBytes(twice) >= TARGET_BYTES / 4
    if (enough || attempt >= MAX_ATTEMPTS - REPETITIONS) perCallBytes.push(bytes)
    else calls = Math.min(mostCalls, Math.max(2 * calls, Math.floor(TARGET_BYTES / 3 / Math.max(1, bytes))))
  }
  return perCallBytes.length === 0 ? undefined : medianOf(perCallBytes)
}

interface Growth {
  /** with what was freed in between */
  readonly heapBytes: number
  readonly arrayBufferBytes: number
  readonly collections: number
}

function totalBytes({ heapBytes, arrayBufferBytes }: Growth): number {
  return heapBytes + arrayBufferBytes
}

async function readGrowth(batch: Batch, calls: number): Promise<Growth> {
  globalThis.gc?.()
  const profiler = new GCProfiler()
  profiler.start()
  const before = process.memoryUsage()
  const running = batch.run(calls, 0)
  if (batch.kind === 'async') await running
  const after = process.memoryUsage()
  const { statistics } = profiler.stop()
  const freedBytes = statistics.reduce(
    (sum, { beforeGC, afterGC }) => sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    0,
  )
  return {
    heapBytes: after.heapUsed - before.heapUsed + freedBytes,
    arrayBufferBytes: after.arrayBuffers - before.arrayBuffers,
    collections: statistics.length,
  }
}
