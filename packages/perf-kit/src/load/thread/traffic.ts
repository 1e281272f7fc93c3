/** What one thread does to the target: in a closed loop or an open one. */
export interface Traffic {
  start(): void
  /** Called every few milliseconds: ends what takes too long, and starts and stops clients. */
  sweep(atNs: number): void
  /** Whether nothing is due any more and all that was sent has ended. */
  readonly isDone: boolean
  /** Nothing more is due: end sessions in good order. */
  leave(): void
  readonly hasLeft: boolean
  /** End all connections at once. */
  stop(): void
}
