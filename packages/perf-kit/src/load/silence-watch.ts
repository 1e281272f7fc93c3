const MS_PER_SEC = 1e3
/** A timer that comes later than this was not late by itself: this process stood still, and so did what it watches. */
const STOOD_STILL_MS = 2 * MS_PER_SEC

/** Tells when nothing was heard for a time in which this process could have heard it. */
export class SilenceWatch {
  readonly #onSilence: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence
  }

  /** Something was heard; more has to come within that time. */
  expectWithin(silenceMs: number): void {
    this.end()
    const dueMs = performance.now() + silenceMs
    this.#timer = setTimeout(() => {
      // Stopped and gone on with, by Ctrl-Z or by whoever froze it: timers come before what was said meanwhile is read.
      if (performance.now() - dueMs > STOOD_STILL_MS) this.expectWithin(silenceMs)
      else this.#onSilence()
    }, silenceMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
