/** Timers of Node are no finer than 1 ms, and coarser under load: high rates are sent as a few a tick. */
const MIN_TICK_MS = 10

/** Calls `update` with 0, 1, 2, … at a rate; catches up after a late tick, so that the rate holds in the long run. */
export class UpdateClock {
  readonly #perSec: number
  readonly #update: (index: number) => void
  #timer: NodeJS.Timeout | undefined
  #startedAtMs = 0
  #sent = 0

  constructor(perSec: number, update: (index: number) => void) {
    this.#perSec = perSec
    this.#update = update
  }

  start(): void {
    if (this.#perSec <= 0) return
    this.#startedAtMs = performance.now()
    this.#timer = setInterval(() => this.#tick(), Math.max(MIN_TICK_MS, 1000 / this.#perSec))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const due = Math.floor(((performance.now() - this.#startedAtMs) / 1000) * this.#perSec)
    while (this.#sent < due) {
      this.#update(this.#sent)
      this.#sent += 1
    }
  }
}
