/** A copy in random order (Fisher–Yates). */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1))
    const item = copy[chosen]
    const swapped = copy[last]
    if (item === undefined || swapped === undefined) continue
    copy[last] = item
    copy[chosen] = swapped
  }
  return copy
}

/**
 * Orders of pairs in balanced blocks of two: each block holds one AB and one BA, in random order, so that a drift
 * cannot favour a side whenever the run stops.
 */
export class BalancedOrder {
  readonly #random: () => number
  #queue: boolean[] = []

  constructor(random: () => number) {
    this.#random = random
  }

  /** Whether the baseline goes first in the next pair. */
  baselineFirst(): boolean {
    if (this.#queue.length === 0) this.#queue = shuffled([true, false], this.#random)
    return this.#queue.shift() ?? true
  }
}
