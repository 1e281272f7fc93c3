import type { HeadParser } from './head-parser.ts'

/** Longer ones are not remembered. */
const MOST_BYTES = 1024
/** After so many heads in a row that were all different, only each so-manieth is still looked at. */
const PATIENCE = 8
const TRY_EVERY = 256

/**
 * The head that came last, and what was understood of it. A server's heads mostly repeat byte by byte until its clock turns
 * to the next second, and to see that is a fraction of the price of understanding one. What is equal is understood alike.
 */
export class HeadMemory {
  readonly #bytes = new Uint8Array(MOST_BYTES)
  #length = 0
  #status = 0
  #contentLengthBytes = -1
  #isChunked = false
  #missesInARow = 0

  /** @returns the offset after the head, with its meaning put into `lines`; −1 when it has to be read */
  recall(bytes: Uint8Array, from: number, to: number, lines: HeadParser): number {
    const length = this.#length
    if (length === 0 || to - from < length) return -1
    const known = this.#bytes
    for (let at = 0; at < length; at++) {
      if (known[at] !== bytes[from + at]) return -1
    }
    this.#missesInARow = 0
    lines.take(this.#status, this.#contentLengthBytes, this.#isChunked)
    return from + length
  }

  /** A whole head that had to be read. */
  learn(
    bytes: Uint8Array,
    from: number,
    to: number,
    { status, contentLengthBytes, isChunked, keepsAlive }: HeadParser,
  ): void {
    this.#missesInARow++
    const isTired = this.#missesInARow > PATIENCE && this.#missesInARow % TRY_EVERY !== 0
    if (isTired || to - from > MOST_BYTES || !keepsAlive) {
      this.#length = 0
      return
    }
    this.#length = to - from
    for (let at = from; at < to; at++) this.#bytes[at - from] = bytes[at] ?? 0
    this.#status = status
    this.#contentLengthBytes = contentLengthBytes
    this.#isChunked = isChunked
  }
}
