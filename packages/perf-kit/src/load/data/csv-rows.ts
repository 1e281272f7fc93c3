import { PerfKitError } from '../../errors/index.ts'
import type { DataRow } from './load-data.ts'

const LF = 0x0a
const CR = 0x0d

/** What is wrong, by the parser's name for it; its own messages repeat the value, which may be a token. */
const FAULTS: ReadonlyMap<unknown, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is opened and never closed'],
  ['INVALID_OPENING_QUOTE', 'a quote stands within a value that has none around it'],
  ['CSV_INVALID_CLOSING_QUOTE', 'something stands behind a closing quote'],
])

/**
 * Rows of a CSV file (RFC 4180): its first line names the columns, and values are text. The parser is loaded here, because few
 * loads need it.
 *
 * @param file - in messages
 * @throws {PerfKitError} `LOAD_FILE_INVALID`
 */
export async function readCsv(text: string, file: string): Promise<{ rows: DataRow[]; lines: number[] }> {
  const { parse } = await import('csv-parse/sync')
  const content = Buffer.from(text)
  const begins = new RowBegins(content)
  const lines: number[] = []
  const onRecord = (record: string[], { bytes }: { readonly bytes: number }): string[] => {
    lines.push(begins.next(bytes))
    return record
  }
  const invalid = (line: number, what: string): PerfKitError => {
    const where = `${file}:${line}`
    return new PerfKitError('LOAD_FILE_INVALID', `${where}: ${what}`, { where, remedy: 'Mend the file.' })
  }
  let records: string[][]
  try {
    records = parse(content, { relax_column_count: true, skip_empty_lines: true, on_record: onRecord })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    throw invalid(begins.next(content.length), FAULTS.get(code) ?? `it is no CSV (${code ?? String(cause)})`)
  }
  const [columns = [], ...values] = records
  const [headLine = 1, ...rowLines] = lines
  const problem = headProblem(columns)
  if (problem !== undefined) throw invalid(headLine, problem)
  const odd = values.findIndex(({ length }) => length !== columns.length)
  if (odd >= 0) {
    throw invalid(
      rowLines[odd] ?? headLine,
      `it has ${values[odd]?.length} values where the first line names ${columns.length} columns`,
    )
  }
  const rows = values.map((row): DataRow => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
  return { rows, lines: rowLines }
}

function headProblem(columns: readonly string[]): string | undefined {
  if (columns.some((column) => column.trim() === '')) return 'the first line has a column without a name'
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined) return `the first line names "${twice}" twice`
  return undefined
}

/** On which line each row begins; a row may have several lines, and there may be empty ones between two of them. */
class RowBegins {
  readonly #content: Buffer
  #at = 0
  #line = 1

  constructor(content: Buffer) {
    this.#content = content
  }

  /** @param endBytes - where the row ends @returns the line on which it begins, from 1 */
  next(endBytes: number): number {
    const content = this.#content
    while (content[this.#at] === LF || content[this.#at] === CR) this.#step()
    const line = this.#line
    while (this.#at < endBytes) this.#step()
    return line
  }

  #step(): void {
    if (this.#content[this.#at] === LF) this.#line++
    this.#at++
  }
}
