import { GCProfiler } from 'node:v8'
import type { Batch } from './batch.ts'
import { medianOf } from './median-of.ts'

/** Small enough to fit the young generation beside other things, so that no collection falls into a reading. */
const TARGET_BYTES = 2 * 2 ** 20
const MOST_CALLS = 4096
/** Calls that last longer than this are not worth their time: what is slow allocates much, or nothing. */
const MOST_NS = 50e6
const REPETITIONS = 3

/**
 * How many calls to read at once, found once a benchmark: every fork on both sides makes the same.
 *
 * @param timePerOpNs - of a call
 */
export async function findAllocationCalls(batch: Batch, timePerOpNs: number): Promise<number> {
  const most = Math.max(1, Math.min(MOST_CALLS, Math.floor(MOST_NS / timePerOpNs)))
  let calls = 1
  while (calls < most) {
    const { collections, ...growth } = await readGrowth(batch, 2 * calls)
    if (collections > 0) return Math.ceil(calls / 4)
    if (totalBytes(growth) >= TARGET_BYTES / 4) return calls
    const wanted = Math.floor((2 * calls * TARGET_BYTES) / 3 / Math.max(1, totalBytes(growth)))
    calls = Math.min(most, Math.max(2 * calls, Math.min(wanted, 16 * calls)))
  }
  return calls
}

/**
 * Bytes newly allocated per call, on the heap and in ArrayBuffers.
 *
 * The heap grows by what is allocated, so: collect, then run n and 2n calls, and take the slope, which leaves out what
 * reading the heap allocates by itself. What a collection freed in between is added again.
 *
 * @param calls - n ≥ 1
 * @returns bytes; `undefined` when collections fall between ArrayBuffers: nothing tells when those are freed
 */
export async function measureAllocation(batch: Batch, calls: number): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined
  const perCallBytes: number[] = []
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const once = await readGrowth(batch, calls)
    const twice = await readGrowth(batch, 2 * calls)
    if (isComplete(once) && isComplete(twice)) {
      perCallBytes.push(Math.max(0, totalBytes(twice) - totalBytes(once)) / calls)
    }
  }
  return perCallBytes.length === 0 ? undefined : medianOf(perCallBytes)
}

interface Growth {
  /** with what was freed in between */
  readonly heapBytes: number
  readonly arrayBufferBytes: number
  readonly collections: number
}

function isComplete({ collections, arrayBufferBytes }: Growth): boolean {
  return collections === 0 || arrayBufferBytes === 0
}

function totalBytes({ heapBytes, arrayBufferBytes }: Omit<Growth, 'collections'>): number {
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
