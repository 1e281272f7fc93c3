/** A value for each column, by its name; values are JSON. */
export type DataRow = Readonly<Record<string, unknown>>

/** Rows that fill the gaps of what a load asks, `{{column}}`: one for each request, in turn. */
export interface LoadData {
  /** where they are from, in messages and reports: `users.csv` */
  readonly name: string
  readonly rows: readonly DataRow[]
  /** of each row, the line of the file on which it begins, from 1; absent: rows of no file */
  readonly lines?: readonly number[]
}
