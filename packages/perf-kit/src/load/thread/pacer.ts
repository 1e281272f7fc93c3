const NS_PER_MS = 1e6
/** Node's timers come up to a millisecond late and a bit: the rest of the wait goes by turns of the event loop. */
const TIMER_MARGIN_MS = 2

/**
 * Wakes at times more exact than a timer's millisecond: it sleeps while there is time, and turns the event loop, which
 * serves the sockets meanwhile, when there is little. That takes a whole processor at high rates, which is the price of
 * sending when it was intended.
 */
export class Pacer {
  readonly #onWake: () => number | undefined
  readonly #nowNs: () => number
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #dueNs = 0

  /** @param onWake - called when a time has come; answers with the next one, or `undefined` for none */
  constructor(nowNs: () => number, onWake: () => number | undefined) {
    this.#nowNs = nowNs
    this.#onWake = onWake
  }

  start(dueNs: number): void {
    this.#dueNs = dueNs
    this.#wait()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  #wait(): void {
    const leftMs = Math.floor((this.#dueNs - this.#nowNs()) / NS_PER_MS)
    if (leftMs > TIMER_MARGIN_MS) this.#timer = setTimeout(this.#turn, leftMs - TIMER_MARGIN_MS)
    else this.#immediate = setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    if (this.#nowNs() >= this.#dueNs) {
      const nextNs = this.#onWake()
      if (nextNs === undefined) return
      this.#dueNs = nextNs
    }
    this.#wait()
  }
}
