import { performance } from 'node:perf_hooks'
import { DELAY_RESOLUTION_MS, type LoopStall, MOST_STALLS, SHORTEST_STALL_MS } from './messages.ts'
import { quietly } from './quietly.ts'
import { toSharedNs } from './shared-clock.ts'

const NS_PER_MS = 1e6

/**
 * Notes when the main thread came late to a timer of ours, and since when it had stood still: Node's own histogram of delays
 * (`monitorEventLoopDelay`) tells how late it came, and not when.
 */
export class LoopStalls {
  readonly #timer = setInterval(() => quietly(() => this.#look()), DELAY_RESOLUTION_MS)
  #lastMs = performance.now()
  #lastIdleMs = idleMs()
  #stalls: LoopStall[] = []
  #lost = 0

  constructor() {
    this.#timer.unref()
  }

  /** Those since the last call. */
  take(): { readonly stalls: readonly LoopStall[]; readonly stallsLost: number } {
    const taken = { stalls: this.#stalls, stallsLost: this.#lost }
    this.#stalls = []
    this.#lost = 0
    return taken
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const atMs = performance.now()
    const idleSoFarMs = idleMs()
    const dueMs = this.#lastMs + DELAY_RESOLUTION_MS
    if (atMs - dueMs >= SHORTEST_STALL_MS) {
      // It began when it last waited, as far as that is known: between our last look and the time at which this one was due.
      const busyMs = atMs - this.#lastMs - (idleSoFarMs - this.#lastIdleMs)
      this.#note(Math.min(dueMs, Math.max(this.#lastMs, atMs - busyMs)), atMs)
    }
    this.#lastMs = atMs
    this.#lastIdleMs = idleSoFarMs
  }

  #note(startMs: number, endMs: number): void {
    if (this.#stalls.length >= MOST_STALLS) this.#lost++
    else {
      this.#stalls.push({ startNs: toSharedNs(startMs), durationNs: Math.round((endMs - startMs) * NS_PER_MS) })
    }
  }
}

/** For how long the event loop has waited since it began. */
function idleMs(): number {
  return performance.nodeTiming.idleTime
}
