/** Rows for all threads: plain data that is shared when a plan is copied to them, and not copied. */
export interface PackedRows {
  /** where the rows are from */
  readonly name: string
  readonly columns: readonly string[]
  /** the values of each row in the order of the columns, a JSON array each, one after the other */
  readonly json: Uint8Array
  /** where in it each row ends */
  readonly ends: Uint32Array
}

/** @param valuesOf - the values of a row in the order of the columns, asked for twice */
export function packRows<Row>(
  { name, columns }: Pick<PackedRows, 'name' | 'columns'>,
  rows: readonly Row[],
  valuesOf: (row: Row) => readonly unknown[],
): PackedRows {
  const textOf = (row: Row): string => JSON.stringify(valuesOf(row))
  const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(textOf(row)), 0)
  const json = Buffer.from(new SharedArrayBuffer(bytes))
  const ends = new Uint32Array(new SharedArrayBuffer(rows.length * Uint32Array.BYTES_PER_ELEMENT))
  let end = 0
  for (const [index, row] of rows.entries()) {
    end += json.write(textOf(row), end)
    ends[index] = end
  }
  return { name, columns, json: new Uint8Array(json.buffer), ends }
}

/** Reads rows out of what is shared. */
export class RowReader {
  readonly columns: readonly string[]
  readonly count: number
  readonly #json: Buffer
  readonly #ends: Uint32Array

  constructor({ columns, json, ends }: PackedRows) {
    this.columns = columns
    this.count = ends.length
    this.#json = Buffer.from(json.buffer, json.byteOffset, json.byteLength)
    this.#ends = ends
  }

  /** @returns the values of a row, from 0 to `count`, in the order of the columns */
  at(index: number): readonly unknown[] {
    const start = index === 0 ? 0 : this.#ends[index - 1]
    const values: unknown = JSON.parse(this.#json.toString('utf8', start, this.#ends[index]))
    return Array.isArray(values) ? values : []
  }
}
