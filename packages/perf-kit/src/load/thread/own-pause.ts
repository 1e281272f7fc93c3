/** Between two sweeps, more than they are to be apart; less is how a busy event loop turns. */
const PAUSE_NS = 10e6

/**
 * Tells when this thread has stood still itself, by how late it comes to its sweeps. Answers may be there then that nobody has read: what
 * waits for them may be given up only after another turn of the event loop, which reads them.
 */
export class OwnPause {
  readonly #everyNs: number
  #lastNs: number | undefined
  #hasPaused = false

  /** @param everyNs - between two sweeps */
  constructor(everyNs: number) {
    this.#everyNs = everyNs
  }

  /** Of each sweep. @returns false right after a pause, and never twice in a row: a thread that is late all the time gives up too */
  mayExpire(atNs: number): boolean {
    const isLate = atNs - (this.#lastNs ?? atNs) > this.#everyNs + PAUSE_NS
    this.#lastNs = atNs
    this.#hasPaused = isLate && !this.#hasPaused
    return !this.#hasPaused
  }
}
