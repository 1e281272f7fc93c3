/** What one thread does to the target: in a closed loop or an open one. */
export interface Traffic {
  start(): void
  /** Called every few milliseconds: ends what takes too long, and starts and stops clients. */
  sweep(atNs: number): void
  /** Whether nothing is due any more and all that was sent has ended. */
  readonly isDone: boolean
  /** End all connections at once. */
  stop(): void
}
