import type { NodeColumns } from './node-columns.ts'

/** V8 counts up by 2, from 1. What is not on its heap has even numbers, which may be any. */
const ID_STEP = 2

/** Which objects of V8's heap a snapshot has, a bit each. */
export class IdSet {
  readonly #bits: Uint8Array

  constructor({ ids, count }: NodeColumns) {
    let last = 0
    for (let index = 0; index < count; index++) {
      const id = ids[index] ?? 0
      if (isOfHeap(id) && id > last) last = id
    }
    this.#bits = new Uint8Array(Math.floor(last / ID_STEP / 8) + 1)
    for (let index = 0; index < count; index++) this.#add(ids[index] ?? 0)
  }

  /** Of an id that is not V8's own, nobody knows: true. */
  has(id: number): boolean {
    if (!isOfHeap(id)) return true
    const bit = (id - 1) / ID_STEP
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0
  }

  #add(id: number): void {
    if (!isOfHeap(id)) return
    const bit = (id - 1) / ID_STEP
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7))
  }
}

function isOfHeap(id: number): boolean {
  return id % ID_STEP === 1
}
