import type { Histogram } from 'hdr-histogram-js'
import { CANCELLED } from '../protocol/index.ts'
import { buildHistogram, recordAll } from './histograms.ts'
import type { ThreadMessage } from './thread/messages.ts'

type Told = Extract<ThreadMessage, { type: 'delta' }>

const NS_PER_SEC = 1e9
/** The last delta of a thread belongs to the second before when it is of so little of its own. */
const REST_NS = 0.2e9

/** What came in during one second of the run, of all threads together. */
export interface LoadSecond {
  readonly offered: number
  readonly finished: number
  readonly failed: number
  /** by us: neither finished nor failed */
  readonly cancelled: number
  readonly dropped: number
  /** whenever they were due */
  readonly succeededInWindow: number
  /** response time, of all that ended; absent when nothing did, and until all threads have told of this second */
  readonly times?: SecondTimes
}

export interface SecondTimes {
  readonly p50Ns: number
  readonly p99Ns: number
  readonly highestNs: number
}

/** The run second by second. Distributions are kept until all threads have told theirs; what stays is some numbers a second. */
export class LoadSeconds {
  readonly #seconds: LoadSecond[] = []
  readonly #open = new Map<number, Histogram>()
  /** emptied, for seconds to come: a new one each second is garbage that is collected now and then, and looks like a leak */
  readonly #spare: Histogram[] = []
  readonly #toldUntil: number[]
  readonly #kept: number
  #forgotten = 0

  /** @param kept - seconds whose numbers stay; of older ones it is only known that they were */
  constructor(threads: number, kept = Number.POSITIVE_INFINITY) {
    this.#kept = kept
    this.#toldUntil = Array.from({ length: threads }, () => -1)
  }

  get all(): readonly LoadSecond[] {
    return this.#seconds
  }

  /**
   * Threads number their deltas by seconds, and a busy one may come long after the end of one: what it tells is of that second all the
   * same. Only its last comes before the end of its own; and after a pause of whole seconds all has come in when that was over.
   *
   * @param atNs - until when the delta tells, from the schedule's beginning
   */
  add(thread: number, { sequence, atNs, delta }: Told): void {
    const byTime = Math.ceil((atNs - REST_NS) / NS_PER_SEC) - 1
    const isLate = atNs - (sequence + 1) * NS_PER_SEC >= NS_PER_SEC
    // What a thread has told of is behind it.
    const index = Math.max(0, this.#toldUntil[thread] ?? 0, isLate ? byTime : Math.min(sequence, byTime))
    while (this.#seconds.length <= index) this.#seconds.push(EMPTY)
    const times = this.#open.get(index) ?? this.#spare.pop() ?? buildHistogram()
    this.#open.set(index, times)
    const ok = recordAll(delta.responseOk, [times])
    const failed = recordAll(delta.responseFailed, [times])
    const sum = this.#seconds[index] ?? EMPTY
    this.#seconds[index] = {
      ...sum,
      offered: sum.offered + delta.offered,
      finished: sum.finished + ok + failed,
      failed: sum.failed + failed,
      cancelled: sum.cancelled + (delta.outcomes[CANCELLED.outcome] ?? 0),
      dropped: sum.dropped + delta.dropped,
      succeededInWindow: sum.succeededInWindow + delta.succeededInWindow,
    }
    this.#toldUntil[thread] = index
    // The same thread may tell of the same second once more, at its end.
    this.#close(Math.min(...this.#toldUntil) - 1)
    while (this.#forgotten < index - this.#kept) this.#seconds[this.#forgotten++] = EMPTY
  }

  /** Nothing more will be told. */
  finish(): void {
    this.#close(Number.POSITIVE_INFINITY)
  }

  #close(until: number): void {
    for (const [index, times] of this.#open) {
      const second = this.#seconds[index]
      if (index > until || second === undefined) continue
      this.#open.delete(index)
      if (times.totalCount > 0) this.#seconds[index] = { ...second, times: timesOf(times) }
      times.reset()
      this.#spare.push(times)
    }
  }
}

const EMPTY: LoadSecond = { offered: 0, finished: 0, failed: 0, cancelled: 0, dropped: 0, succeededInWindow: 0 }

function timesOf(histogram: Histogram): SecondTimes {
  return {
    p50Ns: histogram.getValueAtPercentile(50),
    p99Ns: histogram.getValueAtPercentile(99),
    highestNs: histogram.maxValue,
  }
}
