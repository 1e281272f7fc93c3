import { BACKSLASH, CLOSE_BRACKET, COMMA, isSpace, QUOTE } from './json-bytes.ts'
import type { Scanner } from './scanner.ts'
import { SnapshotFault } from './snapshot-fault.ts'

/** A string has to come, or the end of an empty list. */
const BEFORE = 0
const WITHIN = 1
const ESCAPED = 2
/** A comma has to come, or the end. */
const BEHIND = 3

const FIRST_CAPACITY = 2 ** 16
const MOST_UINT32 = 2 ** 32 - 1

/** Texts of a snapshot, as bytes in one buffer: a text is made of them when somebody asks for it. */
export class StringTable implements Scanner {
  isDone = false
  count = 0
  /** as they are written, escapes and all */
  readonly #bytes: Buffer
  #usedBytes = 0
  /** where each one ends */
  #ends = new Uint32Array(FIRST_CAPACITY)
  readonly #wanted: Uint8Array | undefined
  #place = BEFORE

  /**
   * @param mostBytes - of all together; memory that is not needed is not touched
   * @param wanted - 1 by number for those that are to be kept; without it, all are
   */
  constructor(mostBytes: number, wanted?: Uint8Array) {
    this.#bytes = Buffer.allocUnsafeSlow(mostBytes)
    this.#wanted = wanted
  }

  scan(piece: Uint8Array, from: number): number {
    const end = piece.length
    const bytes = this.#bytes
    let used = this.#usedBytes
    let place = this.#place
    let isWanted = this.#isWanted(this.count)
    let at = from
    for (; at < end && !this.isDone; at++) {
      const byte = piece[at] ?? 0
      if (place === WITHIN) {
        if (byte === QUOTE) {
          this.#addEnd(used)
          isWanted = this.#isWanted(this.count)
          place = BEHIND
          continue
        }
        if (byte === BACKSLASH) place = ESCAPED
        if (isWanted) bytes[used++] = byte
      } else if (place === ESCAPED) {
        place = WITHIN
        if (isWanted) bytes[used++] = byte
      } else if (byte === QUOTE && place === BEFORE) place = WITHIN
      else if (byte === COMMA && place === BEHIND) place = BEFORE
      else if (byte === CLOSE_BRACKET && (place === BEHIND || this.count === 0)) this.isDone = true
      else if (!isSpace(byte)) throw new SnapshotFault('something stands where a string has to')
    }
    this.#usedBytes = used
    this.#place = place
    return at
  }

  /**
   * @param index - of a string that is there, and was wanted
   */
  text(index: number): string {
    if (index >= this.count || !this.#isWanted(index)) throw new RangeError(`string ${index} was not kept`)
    const begin = index === 0 ? 0 : this.#ends[index - 1]
    const written = this.#bytes.toString('utf8', begin, this.#ends[index])
    return written.includes('\\') ? unescaped(written) : written
  }

  #isWanted(index: number): boolean {
    return this.#wanted === undefined || this.#wanted[index] === 1
  }

  #addEnd(usedBytes: number): void {
    // What does not fit is not kept, and nobody is told.
    if (usedBytes > this.#bytes.length) throw new SnapshotFault('it has become longer while it was read')
    if (usedBytes > MOST_UINT32) throw new SnapshotFault('its strings have more than 4 GiB')
    if (this.count === this.#ends.length) {
      const larger = new Uint32Array(2 * this.count)
      larger.set(this.#ends)
      this.#ends = larger
    }
    this.#ends[this.count] = usedBytes
    this.count++
  }
}

function unescaped(written: string): string {
  try {
    const text: unknown = JSON.parse(`"${written}"`)
    return typeof text === 'string' ? text : written
  } catch {
    // Not as JSON wants it; what there is names a class as well.
    return written
  }
}
