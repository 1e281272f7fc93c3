import { isUtf8 } from 'node:buffer'
import { basename, extname } from 'node:path'
import { readInputFile } from '../../config/index.ts'
import { PerfKitError } from '../../errors/index.ts'
import { readCsv } from './csv-rows.ts'
import { readJsonLines } from './json-lines.ts'
import type { LoadData } from './load-data.ts'

/** Rows and the lines on which they begin, out of a file's text. */
type ReadRows = (text: string, file: string) => Promise<Required<Pick<LoadData, 'rows' | 'lines'>>>

const READERS: ReadonlyMap<string, ReadRows> = new Map([
  ['.csv', readCsv],
  ['.jsonl', readJsonLines],
  ['.ndjson', readJsonLines],
])

/**
 * The rows of a CSV file (RFC 4180, its first line names the columns), or of one with a JSON object on each line. The name's ending
 * says which it is: `.csv`, `.jsonl` or `.ndjson`.
 *
 * @throws {PerfKitError} `LOAD_FILE_INVALID` naming file and line; also for more than 64 MiB, and for no rows
 */
export async function readDataFile(file: string): Promise<LoadData> {
  const read = READERS.get(extname(file).toLowerCase())
  if (read === undefined) {
    throw invalid(file, `${file} is no file of data by its name`, `Name it ${[...READERS.keys()].join(', ')}.`)
  }
  const content = await readInputFile(file, 'the data')
  if (!isUtf8(content)) throw invalid(file, `${file} is not written in UTF-8`, 'Convert it to UTF-8.')
  const text = content.toString('utf8')
  // Some programs begin a file with a mark of its encoding, which is not part of it.
  const { rows, lines } = await read(text.startsWith('\uFEFF') ? text.slice(1) : text, file)
  if (rows.length === 0) throw invalid(file, `${file} has no rows`, 'Give it a row at least.')
  return { name: basename(file), rows, lines }
}

function invalid(where: string, message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_FILE_INVALID', message, { where, remedy })
}
