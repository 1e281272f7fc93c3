import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts'
import type { Scanner } from './scanner.ts'
import { SnapshotFault } from './snapshot-fault.ts'

/**
 * Finds where a JSON value ends, whatever it is: brackets are counted, and text is passed over. Whether it is JSON at all is
 * for those to say who parse what was kept.
 */
export class ValueScanner implements Scanner {
  isDone = false
  readonly #mostBytes: number
  #kept: Buffer[] = []
  #keptBytes = 0
  #depth = 0
  #isInText = false
  #isEscaped = false

  /** @param mostBytes - of a value that is kept: more is a fault; 0 keeps nothing */
  constructor(mostBytes = 0) {
    this.#mostBytes = mostBytes
  }

  scan(piece: Uint8Array, from: number): number {
    const end = this.#endIn(piece, from)
    if (this.#mostBytes > 0) this.#keep(piece.subarray(from, end))
    return end
  }

  /** @throws {SnapshotFault} for what is no JSON */
  value(): unknown {
    try {
      return JSON.parse(Buffer.concat(this.#kept).toString('utf8'))
    } catch {
      // Without V8's own words, which repeat what they could not read.
      throw new SnapshotFault('it is not written as JSON')
    }
  }

  #keep(part: Uint8Array): void {
    this.#keptBytes += part.length
    if (this.#keptBytes > this.#mostBytes) throw new SnapshotFault('its head is longer than that of any snapshot')
    this.#kept.push(Buffer.from(part))
  }

  #endIn(piece: Uint8Array, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] ?? 0
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) {
          this.#isInText = false
          if (this.#depth === 0) return this.#done(at + 1)
        }
      } else if (byte === QUOTE) this.#isInText = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        // Of a number or a word, it is the end of what is around it.
        if (this.#depth === 0) return this.#done(at)
        this.#depth--
        if (this.#depth === 0) return this.#done(at + 1)
      } else if (byte === COMMA && this.#depth === 0) return this.#done(at)
    }
    return piece.length
  }

  #done(at: number): number {
    this.isDone = true
    return at
  }
}
