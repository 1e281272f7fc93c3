import type { LoadPlan } from './load-plan.ts'
import { LoadResult } from './load-result.ts'
import { type StreamedSecond, streamedSecond } from './streamed-second.ts'
import type { ThreadMessage } from './thread/messages.ts'

type DeltaMessage = Extract<ThreadMessage, { type: 'delta' }>

interface OpenSecond {
  readonly sum: LoadResult
  untilNs: number
}

/**
 * Adds up what all threads tell of a second, and passes it on once, as soon as the last of them has told. Threads number their
 * deltas by seconds, so that the same number is the same second.
 */
export class SecondMerger {
  readonly #plan: LoadPlan
  readonly #onSecond: (second: StreamedSecond) => void
  readonly #open = new Map<number, OpenSecond>()
  /** how many seconds each thread has told of */
  readonly #told: number[]
  #passedOn = 0

  constructor(plan: LoadPlan, onSecond: (second: StreamedSecond) => void) {
    this.#plan = plan
    this.#onSecond = onSecond
    this.#told = Array.from({ length: plan.threads }, () => 0)
  }

  add(thread: number, message: DeltaMessage): void {
    const { sequence, atNs } = message
    const second = this.#open.get(sequence) ?? { sum: new LoadResult(this.#plan), untilNs: 0 }
    this.#open.set(sequence, second)
    // The sum is of one second, and that its first.
    second.sum.add(thread, { ...message, sequence: 0, atNs: 0 })
    second.untilNs = Math.max(second.untilNs, atNs)
    this.#told[thread] = sequence + 1
    this.#passOnWhole()
  }

  /** Nothing more will come from this thread. */
  finish(thread: number): void {
    this.#told[thread] = Number.POSITIVE_INFINITY
    this.#passOnWhole()
  }

  #passOnWhole(): void {
    const whole = Math.min(...this.#told)
    while (this.#passedOn < whole) {
      const number = this.#passedOn
      const second = this.#open.get(number)
      if (second === undefined && this.#open.size === 0) return
      this.#passedOn++
      if (second === undefined) continue
      this.#open.delete(number)
      this.#onSecond(streamedSecond(number, second.untilNs, second.sum))
    }
  }
}
