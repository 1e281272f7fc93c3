import { GCProfiler } from 'node:v8'
import type { Batch } from './batch.ts'
import { medianOf } from './median-of.ts'

/** Small enough to fit the young generation beside other things, so that no collection falls into a reading. */
const TARGET_BYTES = 2 * 2 ** 20
const MOST_CALLS = 4096
/** Calls that last longer than this are not worth their time: what is slow allocates much, or nothing. */
const MOST_NS = 50e6
const READINGS = 6
const EMPTY_READINGS = 3
const WARMUP_READINGS = 2

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
 * The heap grows by what is allocated, so: collect, run 2n calls and read by how much it has grown, several times over, less what
 * reading allocates by itself. What a collection freed in between is added again. All growth over all calls, and not the
 * middle one of the readings: where memory is taken in pieces for many calls (a pool of Buffers, the table of a Map), a reading
 * holds a piece more or less, by how the number of calls happens to fall, and that number differs from run to run.
 *
 * @param calls - n ≥ 1
 * @returns bytes; `undefined` when collections fall between ArrayBuffers: nothing tells when those are freed
 */
export async function measureAllocation(batch: Batch, calls: number): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined
  // Numbered from 0 again, calls are other calls to V8 than those that were timed: it compiles them anew, which is none of their own.
  for (let reading = 0; reading < WARMUP_READINGS; reading++) await readGrowth(batch, 2 * calls)
  const readingBytes = await readingItself(batch)
  let allocatedBytes = 0
  let countedCalls = 0
  for (let reading = 0; reading < READINGS; reading++) {
    const growth = await readGrowth(batch, 2 * calls)
    if (!isComplete(growth)) continue
    allocatedBytes += totalBytes(growth) - readingBytes
    countedCalls += 2 * calls
  }
  return countedCalls === 0 ? undefined : Math.max(0, allocatedBytes) / countedCalls
}

async function readingItself(batch: Batch): Promise<number> {
  const readings: number[] = []
  for (let reading = 0; reading < EMPTY_READINGS; reading++) readings.push(totalBytes(await readGrowth(batch, 0)))
  return medianOf(readings)
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
  // What it found is given back on another thread; a second collection waits for that, so that none of it falls into the reading.
  globalThis.gc?.({ type: 'minor' })
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
