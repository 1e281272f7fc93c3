import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'
import { type CollectedHeap, type HeapSample, MOST_COLLECTIONS } from './messages.ts'
import { readMemory } from './observation.ts'
import { quietly } from './quietly.ts'
import { hrtimeNs, toSharedNs } from './shared-clock.ts'
import type { StartedWorkers } from './started-workers.ts'

/** What has just been allocated, most of which is garbage: `new_space`, `new_large_object_space`. */
const YOUNG = 'new_'
/**
 * Each thing that keeps the event loop alive takes up to 20 ns to count, timers too: 50 000 take a millisecond. They are counted so seldom that it is a
 * two-thousandth of the time. What a clock says of it would be longer, whenever the machine was somewhere else.
 */
const WAIT_FOR_EACH_NS = 20 * 2_000

/**
 * What this process keeps, from the first sample on: its heap now, and what full collections have left of it. None is asked for. Node
 * tells of a collection a turn or two of the loop after it; what has been allocated meanwhile is young, and full collections leave
 * nothing young, so the young generation is left out.
 */
export class HeapWatch {
  readonly #observer = new PerformanceObserver((list) => quietly(() => this.#note(list.getEntries())))
  #collections: CollectedHeap[] = []
  #collectionsLost = 0
  readonly #workers: StartedWorkers
  #countAgainAtNs = 0
  #fromNs = 0

  constructor(workers: StartedWorkers) {
    this.#workers = workers
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** @param restart - begin anew: what was collected before is not told */
  sample(restart = false): HeapSample {
    const fromNs = hrtimeNs()
    this.#note(this.#observer.takeRecords())
    if (restart) this.#forget(fromNs)
    const sample = {
      ...readHeap(),
      listeners: countListeners(),
      workers: this.#workers.count,
      resources: fromNs >= this.#countAgainAtNs ? this.#countResources(fromNs) : null,
      collections: this.#collections,
      collectionsLost: this.#collectionsLost,
    }
    this.#dropTold()
    return { ...sample, tookNs: hrtimeNs() - fromNs }
  }

  stop(): void {
    this.#observer.disconnect()
  }

  #forget(fromNs: number): void {
    this.#dropTold()
    this.#countAgainAtNs = 0
    this.#fromNs = fromNs
  }

  #dropTold(): void {
    this.#collections = []
    this.#collectionsLost = 0
  }

  /** Of several that are told at once, only what the last one has left is known. */
  #note(entries: readonly PerformanceEntry[]): void {
    const last = entries.findLast(isFullCollection)
    if (last === undefined) return
    const endNs = toSharedNs(last.startTime + last.duration)
    // It is told a turn late, and may be of before the beginning.
    if (endNs < this.#fromNs) return
    if (this.#collections.length >= MOST_COLLECTIONS) this.#collectionsLost++
    else this.#collections.push({ ...readHeap(), endNs })
  }

  #countResources(fromNs: number): Record<string, number> {
    const names = process.getActiveResourcesInfo()
    this.#countAgainAtNs = fromNs + names.length * WAIT_FOR_EACH_NS
    return countByName(names)
  }
}

export function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function readHeap(): Pick<HeapSample, 'atNs' | 'memory' | 'oldBytes'> {
  let oldBytes = 0
  for (const { space_name, space_used_size } of getHeapSpaceStatistics()) {
    if (!space_name.startsWith(YOUNG)) oldBytes += space_used_size
  }
  return { atNs: hrtimeNs(), memory: readMemory(), oldBytes }
}

/** Of `process` itself, which is there as long as the process is: who adds one for each request keeps all that it refers to. */
function countListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
}

function isFullCollection(entry: PerformanceEntry): boolean {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined
  if (typeof detail !== 'object' || detail === null || !('kind' in detail)) return false
  return detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
}
