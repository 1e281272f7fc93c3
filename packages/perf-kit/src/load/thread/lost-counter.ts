import type { LostConnections } from './messages.ts'

/**
 * Counts connections that failed while clients could share them, and the requests that failed with them: who shares one tells of it,
 * each by itself, and not all of them have a request.
 */
export class LostCounter {
  readonly #told = new WeakSet<object>()
  #connections = 0
  #requests = 0

  /**
   * @param shared - which it was
   * @param isCounted - false: only to know it again
   * @returns whether nobody has told before
   */
  connection(shared: object, isCounted: boolean): boolean {
    if (this.#told.has(shared)) return false
    this.#told.add(shared)
    if (isCounted) this.#connections++
    return true
  }

  request(): void {
    this.#requests++
  }

  /** @returns `undefined` when there were none since the last time */
  take(): LostConnections | undefined {
    if (this.#connections === 0 && this.#requests === 0) return undefined
    const lost = { connections: this.#connections, requests: this.#requests }
    this.#connections = 0
    this.#requests = 0
    return lost
  }
}
