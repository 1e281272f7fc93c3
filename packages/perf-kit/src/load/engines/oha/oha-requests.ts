import type { SQLOutputValue } from 'node:sqlite'

const NS_PER_SEC = 1e9

/** One request that was answered; times from the load's beginning. */
export interface OhaRequest {
  /** when its turn had come by oha's clock, if it was one of a rate */
  readonly dueNs: number | undefined
  /** counts from 0: which of those with an answer came this far in the order of their turns */
  readonly turn: number
  readonly sentNs: number
  readonly endNs: number
  readonly status: number
  readonly bytes: number
}

/** In the order in which they ended; sorted by SQLite, on disk if need be, and read one after the other. */
const QUERY = `
  SELECT start, start_latency_correction AS due, "end", status, len_bytes AS bytes,
    row_number() OVER (ORDER BY start_latency_correction) - 1 AS turn
  FROM oha ORDER BY "end"`

/**
 * The requests that oha has stored.
 *
 * @throws {Error} when it is no such table, or SQLite cannot read it
 */
export async function* ohaRequests(file: string): AsyncGenerator<OhaRequest> {
  // Not in every build of Node, and nobody else needs it.
  const { DatabaseSync } = await import('node:sqlite')
  using database = new DatabaseSync(file, { readOnly: true })
  for (const row of database.prepare(QUERY).iterate()) yield toRequest(row)
}

function toRequest(row: Readonly<Record<string, SQLOutputValue>>): OhaRequest {
  const number = (name: string): number => {
    const value = row[name]
    if (typeof value !== 'number') throw new Error(`the column ${name} holds no number`)
    return value
  }
  return {
    dueNs: row['due'] === null ? undefined : Math.round(number('due') * NS_PER_SEC),
    turn: number('turn'),
    sentNs: Math.round(number('start') * NS_PER_SEC),
    endNs: Math.round(number('end') * NS_PER_SEC),
    status: number('status'),
    bytes: number('bytes'),
  }
}
