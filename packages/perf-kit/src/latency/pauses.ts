import type { TargetPause } from '../load/index.ts'

/** Times in which the target stood still, in order, to be asked by many requests. They do not overlap: one thread stands still once. */
export class Pauses {
  readonly #inOrder: readonly TargetPause[]

  constructor(pauses: readonly TargetPause[] = []) {
    this.#inOrder = pauses.toSorted((left, right) => left.startNs - right.startNs)
  }

  /** Whether nobody watched, or there was nothing to see. */
  get areNone(): boolean {
    return this.#inOrder.length === 0
  }

  /** How much of a time they took. */
  overlapNs(fromNs: number, toNs: number): number {
    let sumNs = 0
    for (let index = this.#firstEndingAfter(fromNs); index < this.#inOrder.length; index++) {
      const { startNs, endNs } = this.#inOrder[index] ?? { startNs: toNs, endNs: toNs }
      if (startNs >= toNs) break
      sumNs += Math.min(endNs, toNs) - Math.max(startNs, fromNs)
    }
    return sumNs
  }

  /** What is left of a time without them, in pieces. */
  remainderOf({ startNs, endNs }: TargetPause): TargetPause[] {
    const pieces: TargetPause[] = []
    let fromNs = startNs
    for (let index = this.#firstEndingAfter(startNs); index < this.#inOrder.length; index++) {
      const pause = this.#inOrder[index]
      if (pause === undefined || pause.startNs >= endNs) break
      if (pause.startNs > fromNs) pieces.push({ startNs: fromNs, endNs: pause.startNs })
      fromNs = Math.max(fromNs, pause.endNs)
    }
    return fromNs < endNs ? [...pieces, { startNs: fromNs, endNs }] : pieces
  }

  #firstEndingAfter(timeNs: number): number {
    let low = 0
    let high = this.#inOrder.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#inOrder[middle]?.endNs ?? 0) <= timeNs) low = middle + 1
      else high = middle
    }
    return low
  }
}
