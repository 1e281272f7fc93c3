/** The parts of a request's life in the gateway, in their order. `acquire` is the wait for a pooled connection. */
export type TimingPart = 'parse' | 'route' | 'acquire' | 'backend' | 'serialise'

/** Collects what is known so far about where a request's time went: https://www.w3.org/TR/server-timing/ */
export class ServerTiming {
  readonly #durations = new Map<TimingPart, number>()

  /** @param durationMs - in ms, as both `performance.now` and the header have it */
  add(part: TimingPart, durationMs: number): void {
    this.#durations.set(part, (this.#durations.get(part) ?? 0) + durationMs)
  }

  /** Runs `work` and books its time, also when it throws. */
  measure<T>(part: TimingPart, work: () => T): T {
    const startMs = performance.now()
    try {
      return work()
    } finally {
      this.add(part, performance.now() - startMs)
    }
  }

  async measureAsync<T>(part: TimingPart, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now()
    try {
      return await work()
    } finally {
      this.add(part, performance.now() - startMs)
    }
  }

  /** Such as `parse;dur=0.021, backend;dur=1.204`; empty when nothing was booked. */
  toHeader(): string {
    let header = ''
    for (const [part, durationMs] of this.#durations) {
      header += `${header === '' ? '' : ', '}${part};dur=${durationMs.toFixed(3)}`
    }
    return header
  }
}
