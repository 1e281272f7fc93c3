const COMPACT_FROM = 1024

/** First in, first out, without moving what is left at each turn. */
export class Fifo {
  #values: number[] = []
  #first = 0

  get length(): number {
    return this.#values.length - this.#first
  }

  get first(): number | undefined {
    return this.#values[this.#first]
  }

  push(value: number): void {
    this.#values.push(value)
  }

  shift(): number | undefined {
    const value = this.#values[this.#first]
    if (value === undefined) return undefined
    this.#first++
    if (this.#first >= COMPACT_FROM && 2 * this.#first > this.#values.length) {
      this.#values = this.#values.slice(this.#first)
      this.#first = 0
    }
    return value
  }
}
