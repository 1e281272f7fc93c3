import { CLOSE_BRACKET, COMMA, isSpace } from './json-bytes.ts'
import type { Scanner } from './scanner.ts'
import { SnapshotFault } from './snapshot-fault.ts'

const ZERO = 0x30
const NINE = 0x39

/** A number has to come, or the end of an empty list. */
const BEFORE = 0
const WITHIN = 1
/** A comma has to come, or the end. */
const BEHIND = 2

/** Takes rows of numbers, the same array each time. */
export interface RowTarget {
  addRow(row: Float64Array): void
}

/**
 * A flat list of integers that are not negative, as V8 writes nodes and edges: so many fields make a row. Digit by digit: a text of
 * them, or a text for each, would cost more than all else.
 */
export class IntegerRows implements Scanner {
  isDone = false
  readonly #target: RowTarget
  readonly #row: Float64Array
  #field = 0
  #value = 0
  #place = BEFORE
  #hasAny = false

  /** @param fields - in a row */
  constructor(fields: number, target: RowTarget) {
    this.#row = new Float64Array(fields)
    this.#target = target
  }

  scan(piece: Uint8Array, from: number): number {
    const target = this.#target
    const row = this.#row
    const end = piece.length
    // In variables of their own, which stay in registers.
    let field = this.#field
    let value = this.#value
    let place = this.#place
    for (let at = from; at < end; at++) {
      const byte = piece[at] ?? 0
      if (byte >= ZERO && byte <= NINE) {
        if (place === BEHIND) throw new SnapshotFault('numbers stand beside each other without a comma')
        value = value * 10 + (byte - ZERO)
        place = WITHIN
      } else if (byte === COMMA || byte === CLOSE_BRACKET) {
        if (place === BEFORE) {
          if (byte === CLOSE_BRACKET && !this.#hasAny) return this.#done(at)
          throw new SnapshotFault('a number is missing')
        }
        row[field] = value
        field++
        if (field === row.length) {
          target.addRow(row)
          field = 0
        }
        value = 0
        place = BEFORE
        this.#hasAny = true
        if (byte === CLOSE_BRACKET) {
          if (field !== 0) throw new SnapshotFault('its last row is not whole')
          return this.#done(at)
        }
      } else if (isSpace(byte)) {
        if (place === WITHIN) place = BEHIND
      } else {
        throw new SnapshotFault('something stands where a number has to')
      }
    }
    this.#field = field
    this.#value = value
    this.#place = place
    return end
  }

  #done(at: number): number {
    this.isDone = true
    return at + 1
  }
}
