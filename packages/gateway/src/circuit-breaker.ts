export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number
  /** Time until one trial is let through. */
  readonly openMs: number
  readonly now?: () => number
}

export type CircuitState = 'closed' | 'open' | 'half-open'

/** Leave to try, shown with the report of how the try ended. */
export interface Pass {
  readonly trial: boolean
}

const ORDINARY: Pass = { trial: false }

/**
 * Circuit breaker after Nygard, "Release It!", 2nd edition, chapter 5: a peer that failed several times in a row is left
 * alone for a while, then tried by one caller. Until that trial is over, nobody else's report counts: calls that were let
 * through before may end at any time, and say nothing of the peer as it is now.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  readonly #now: () => number
  #failures = 0
  #openedAtMs = 0
  #state: CircuitState = 'closed'
  #trial: Pass | undefined

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  get state(): CircuitState {
    return this.#state
  }

  isTrial(pass: Pass): boolean {
    return pass === this.#trial
  }

  /** @returns what to report `succeeded`, `failed` or `gaveUp` with; undefined when the caller must not try */
  tryPass(): Pass | undefined {
    if (this.#state === 'closed') return ORDINARY
    if (this.#state === 'half-open' || this.#now() - this.#openedAtMs < this.#options.openMs) return undefined
    this.#state = 'half-open'
    this.#trial = { trial: true }
    return this.#trial
  }

  succeeded(pass: Pass): void {
    if (!this.#counts(pass)) return
    this.#failures = 0
    this.#turn('closed')
  }

  failed(pass: Pass): void {
    if (!this.#counts(pass)) return
    this.#failures += 1
    if (!this.isTrial(pass) && this.#failures < this.#options.failureThreshold) return
    this.#turn('open')
    this.#openedAtMs = this.#now()
  }

  /** The try ended without saying anything about the peer: the next caller is let through in its place. */
  gaveUp(pass: Pass): void {
    if (this.isTrial(pass)) this.#turn('open')
  }

  #counts(pass: Pass): boolean {
    return this.#state === 'closed' || this.isTrial(pass)
  }

  #turn(state: CircuitState): void {
    this.#state = state
    this.#trial = undefined
  }
}
