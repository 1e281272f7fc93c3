import type { CountedWindow } from './counted-request.ts'

const NS_PER_SEC = 1e9
/** A share of less time is mostly chance. */
const SHORTEST_NS = 0.2e9
/** One second in twenty may be an accident: a collection of garbage, another program. A load of fewer has none to spare. */
const SPARED_RATIO = 0.05

type Utilization = ReturnType<typeof performance.eventLoopUtilization>

/**
 * How busy this thread was in the counted part of the schedule, second by second: a generator that is at its limit at the top of a ramp
 * or in spikes does not show in a mean. What comes before and after is left out: to wait for a beginning or for the last answers is no
 * work, and would hide how busy the thread was.
 */
export class BusySeconds {
  readonly #toNs: number
  readonly #ratios: number[] = []
  #dueNs: number
  #first: Utilization | undefined
  #last: Utilization | undefined
  #lastNs = 0

  constructor({ fromNs, toNs }: CountedWindow) {
    this.#dueNs = fromNs
    this.#toNs = toNs
  }

  /** Called every few milliseconds. */
  look(atNs: number): void {
    if (atNs < this.#dueNs) return
    const now = performance.eventLoopUtilization()
    const isLong = atNs - this.#lastNs >= SHORTEST_NS || this.#ratios.length === 0
    if (this.#last !== undefined && isLong) this.#ratios.push(shareBetween(this.#last, now))
    this.#first ??= now
    this.#last = now
    this.#lastNs = atNs
    this.#dueNs = atNs >= this.#toNs ? Number.POSITIVE_INFINITY : Math.min(atNs + NS_PER_SEC, this.#toNs)
  }

  /** Of all of it; 0 while nothing is known. */
  get meanRatio(): number {
    return this.#first === undefined || this.#last === undefined ? 0 : shareBetween(this.#first, this.#last)
  }

  get busiestRatio(): number {
    return busiestOf(this.#ratios)
  }
}

/** What the busiest of some seconds reach, but for one in twenty; 0 for none. */
export function busiestOf(ratios: readonly number[]): number {
  const descending = ratios.toSorted((left, right) => right - left)
  return descending[Math.floor(SPARED_RATIO * descending.length)] ?? 0
}

function shareBetween(before: Utilization, after: Utilization): number {
  const activeMs = after.active - before.active
  const idleMs = after.idle - before.idle
  return activeMs + idleMs === 0 ? 0 : activeMs / (activeMs + idleMs)
}
