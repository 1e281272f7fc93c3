/** What one thread does to the target: in a closed loop or an open one. */
export interface Traffic {
  start(): void
  /**
   * Called every few milliseconds: ends what takes too long, and starts and stops clients.
   *
   * @param expiryNs - what was overdue by then has taken too long: not now when answers may be there that nobody has read yet
   */
  sweep(atNs: number, expiryNs: number): void
  /** Whether nothing is due any more and all that was sent has ended. */
  readonly isDone: boolean
  /** Nothing more is due: end sessions in good order. */
  leave(): void
  readonly hasLeft: boolean
  /** Clients that tried to get a connection or session, and never had one; none of a rate, whose requests fail each by itself. */
  readonly shutOut: number
  /** End all connections at once. */
  stop(): void
}
