/** Between two sweeps, more than they are to be apart; less is how a busy event loop turns. */
const PAUSE_NS = 10e6

/**
 * Tells when this thread has stood still itself, by how late it comes to its sweeps. Answers may be there then that nobody has read: what
 * waits for them may be given up only after another turn of the event loop, which reads them.
 */
export class OwnPause {
  readonly #everyNs: number
  #lastNs: number | undefined

  /** @param everyNs - between two sweeps */
  constructor(everyNs: number) {
    this.#everyNs = everyNs
  }

  /**
   * Of each sweep.
   *
   * @returns by when something has to be overdue to be given up: now, and after a pause when it began. A thread that is late all the time
   * gives up one sweep later
   */
  expiryNs(atNs: number): number {
    const dueNs = (this.#lastNs ?? atNs) + this.#everyNs
    this.#lastNs = atNs
    return atNs - dueNs > PAUSE_NS ? dueNs : atNs
  }
}
