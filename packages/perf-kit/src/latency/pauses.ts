const PAUSE_KINDS = ['gc', 'eventLoop'] as const
export type PauseKind = (typeof PAUSE_KINDS)[number]

/** A time in which something in the target stood still, on the clock of `process.hrtime`. */
export interface Pause {
  readonly kind: PauseKind
  readonly startNs: number
  readonly endNs: number
}

/** Pauses in the order of time, to be asked by many requests. Those of one kind do not overlap: one thread stands still once. */
export class Pauses {
  readonly #byKind: ReadonlyMap<PauseKind, readonly Pause[]>

  constructor(pauses: readonly Pause[] = []) {
    const inOrder = pauses.toSorted((left, right) => left.startNs - right.startNs)
    this.#byKind = new Map(PAUSE_KINDS.map((kind) => [kind, inOrder.filter((pause) => pause.kind === kind)]))
  }

  /** Those that happened at all; a kind that nobody watched is not told of as if it had not. */
  get kinds(): readonly PauseKind[] {
    return PAUSE_KINDS.filter((kind) => this.#of(kind).length > 0)
  }

  /** How much of a time they took. */
  overlapNs(kind: PauseKind, fromNs: number, toNs: number): number {
    const pauses = this.#of(kind)
    let sumNs = 0
    for (let index = firstEndingAfter(pauses, fromNs); index < pauses.length; index++) {
      const { startNs, endNs } = pauses[index] ?? { startNs: toNs, endNs: toNs }
      if (startNs >= toNs) break
      sumNs += Math.min(endNs, toNs) - Math.max(startNs, fromNs)
    }
    return sumNs
  }

  #of(kind: PauseKind): readonly Pause[] {
    return this.#byKind.get(kind) ?? []
  }
}

function firstEndingAfter(pauses: readonly Pause[], timeNs: number): number {
  let low = 0
  let high = pauses.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pauses[middle]?.endNs ?? 0) <= timeNs) low = middle + 1
    else high = middle
  }
  return low
}
