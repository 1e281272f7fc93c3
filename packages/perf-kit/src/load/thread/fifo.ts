const COMPACT_FROM = 1024

/** First in, first out, without moving what is left at each turn. */
export class Fifo<Value> {
  #values: Value[] = []
  #first = 0

  get length(): number {
    return this.#values.length - this.#first
  }

  get first(): Value | undefined {
    return this.#values[this.#first]
  }

  push(value: Value): void {
    this.#values.push(value)
  }

  shift(): Value | undefined {
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
