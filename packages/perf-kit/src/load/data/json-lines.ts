import { PerfKitError } from '../../errors/index.ts'
import type { DataRow } from './load-data.ts'

/**
 * An object on each line; empty lines are passed over.
 *
 * @param file - in messages
 * @throws {PerfKitError} `LOAD_FILE_INVALID`
 */
export async function readJsonLines(text: string, file: string): Promise<{ rows: DataRow[]; lines: number[] }> {
  const rows: DataRow[] = []
  const lines: number[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    rows.push(parsedObject(line, `${file}:${index + 1}`))
    lines.push(index + 1)
  }
  return { rows, lines }
}

function parsedObject(line: string, where: string): DataRow {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // Without V8's own words, which repeat the line: it may hold a token.
    throw new PerfKitError('LOAD_FILE_INVALID', `${where} is no JSON`, { where, remedy: 'Mend the line.' })
  }
  if (isObject(value)) {
    if (!hasInexact(value)) return value
    throw new PerfKitError('LOAD_FILE_INVALID', `${where} has a number with more digits than can be kept`, {
      where,
      remedy: 'Write it in quotes.',
    })
  }
  throw new PerfKitError('LOAD_FILE_INVALID', `${where} is no JSON object`, {
    where,
    remedy: 'Write each row as an object with its columns: {"id": 1, "name": "Ada"}',
  })
}

/** An integer beyond 2⁵³, which has become another one when it was read. */
function hasInexact(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInexact)
}

function isObject(value: unknown): value is DataRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
