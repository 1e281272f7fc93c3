/** What is open, and whoever waits until nothing is. */
export class OpenSet<T> {
  readonly #items = new Set<T>()
  #onEmpty: (() => void) | undefined

  get size(): number {
    return this.#items.size
  }

  add(item: T): void {
    this.#items.add(item)
  }

  delete(item: T): void {
    this.#items.delete(item)
    if (this.#items.size === 0) this.#onEmpty?.()
  }

  /** Waits until nothing is open, at most this long. */
  async empty(deadlineMs: number): Promise<void> {
    if (this.#items.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onEmpty = resolve
    const timer = setTimeout(resolve, deadlineMs)
    await promise
    clearTimeout(timer)
  }
}
