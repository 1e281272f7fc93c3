export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number
  /** Time until one trial is let through. */
  readonly openMs: number
  readonly now?: () => number
}

export type CircuitState = 'closed' | 'open' | 'half-open'

/**
 * Circuit breaker after Nygard, "Release It!", 2nd edition, chapter 5: a peer that failed several times in a row is left
 * alone for a while, then tried by one caller.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  readonly #now: () => number
  #failures = 0
  #openedAtMs = 0
  #state: CircuitState = 'closed'

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  get state(): CircuitState {
    return this.#state
  }

  /** @returns whether the caller may try; if so it must report `succeeded`, `failed` or `gaveUp` */
  tryPass(): boolean {
    if (this.#state === 'closed') return true
    if (this.#state === 'half-open' || this.#now() - this.#openedAtMs < this.#options.openMs) return false
    this.#state = 'half-open'
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#state = 'closed'
  }

  failed(): void {
    this.#failures += 1
    if (this.#state !== 'half-open' && this.#failures < this.#options.failureThreshold) return
    this.#state = 'open'
    this.#openedAtMs = this.#now()
  }

  /** The try ended without saying anything about the peer: the next caller is let through in its place. */
  gaveUp(): void {
    if (this.#state === 'half-open') this.#state = 'open'
  }
}
