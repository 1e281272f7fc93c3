import type { ThreadShare } from '../arrivals.ts'
import { type PackedRows, RowReader } from '../data/packed-rows.ts'

/**
 * Rows in turn: request k of the whole load takes row k, and after the last row begins anew. Thread i of N takes numbers i, i + N,
 * i + 2N …, in the order in which it sends, so that threads need not agree on them.
 */
export class RowTurns {
  readonly #reader: RowReader
  readonly #of: number
  #next: number

  constructor(rows: PackedRows, { index, of }: ThreadShare) {
    this.#reader = new RowReader(rows)
    this.#next = index % this.#reader.count
    this.#of = of % this.#reader.count
  }

  get columns(): readonly string[] {
    return this.#reader.columns
  }

  /** The number of the row whose turn it is. */
  next(): number {
    const row = this.#next
    this.#next = (row + this.#of) % this.#reader.count
    return row
  }

  valuesOf(row: number): readonly unknown[] {
    return this.#reader.at(row)
  }
}
