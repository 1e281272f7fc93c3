import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
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
 * thrown away and tried again with fewer calls.
 *
 * @param mostCalls - of one reading, n ≥ 1; 2n are made too
 * @returns bytes, or `undefined` when even single calls allocate so much that collections cannot be kept out
 */
export async function measureAllocation(batch: Batch, mostCalls: number): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined
  const collections = new CollectionCounter()
  try {
    let calls = 1
    const perCallBytes: number[] = []
    for (let attempt = 0; attempt < MAX_ATTEMPTS && perCallBytes.length < REPETITIONS; attempt++) {
      const once = await allocatedBytes(batch, calls, collections)
      const twice = once === undefined ? undefined : await allocatedBytes(batch, 2 * calls, collections)
      if (once === undefined || twice === undefined) {
        if (calls === 1) return undefined
        calls = Math.ceil(calls / 4)
        continue
      }
      const bytes = Math.max(0, twice - once) / calls
      const enough = calls >= mostCalls || twice >= TARGET_BYTES / 4
      if (enough || attempt >= MAX_ATTEMPTS - REPETITIONS) perCallBytes.push(bytes)
      else calls = Math.min(mostCalls, Math.max(2 * calls, Math.floor(TARGET_BYTES / 3 / Math.max(1, bytes))))
    }
    return perCallBytes.length === 0 ? undefined : medianOf(perCallBytes)
  } finally {
    collections.stop()
  }
}

/** @returns heap and ArrayBuffer growth over `calls` calls, or `undefined` when a collection fell in between */
async function allocatedBytes(
  batch: Batch,
  calls: number,
  collections: CollectionCounter,
): Promise<number | undefined> {
  globalThis.gc?.()
  const collectedBefore = await collections.count()
  const before = process.memoryUsage()
  const running = batch.run(calls, 0)
  if (batch.kind === 'async') await running
  const after = process.memoryUsage()
  if ((await collections.count()) > collectedBefore) return undefined
  return after.heapUsed - before.heapUsed + (after.arrayBuffers - before.arrayBuffers)
}

/** Counts garbage collections; entries arrive on a later turn of the event loop. */
class CollectionCounter {
  #collections = 0
  readonly #observer = new PerformanceObserver((list) => {
    this.#collections += list.getEntries().length
  })

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  async count(): Promise<number> {
    await nextTurn()
    await nextTurn()
    return this.#collections
  }

  stop(): void {
    this.#observer.disconnect()
  }
}
