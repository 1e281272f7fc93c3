import { didYouMean, PerfKitError } from '../../errors/index.ts'
import type { LoadData } from './load-data.ts'
import { type PackedRows, packRows } from './packed-rows.ts'
import type { Template } from './template.ts'

/** A text of the load that rows may fill. */
export interface Place {
  /** `the header authorization`, in messages */
  readonly what: string
  readonly template: Template
}

/** Who has made one mistake in a file has often made it on every line. */
const MOST_TOLD = 5

/**
 * What threads have to know of rows: the columns that are used, of rows that all have them, with values that fit where they go.
 *
 * @throws {PerfKitError} `LOAD_FILE_INVALID` naming line and column; values are left out, which may be tokens
 */
export function planData(data: LoadData, places: readonly Place[]): PackedRows {
  if (data.rows.length === 0) throw invalid(`${data.name} has no rows`, 'Give it a row at least.')
  const columns = [...new Set(places.flatMap(({ template }) => template.gaps.map(({ name }) => name)))]
  if (columns.length === 0) {
    throw invalid(
      `nothing takes a value from ${data.name}`,
      'Write {{column}} where a value of each row is to stand, or leave the data out.',
    )
  }
  refuseUnknown(data, columns, places)
  refuseMissing(data, columns)
  refuseUnfit(data, places)
  return packRows({ name: data.name, columns }, data.rows, (row) => columns.map((column) => row[column]))
}

function refuseUnknown({ name, rows }: LoadData, columns: readonly string[], places: readonly Place[]): void {
  const known = new Set<string>()
  for (const row of rows) for (const column of Object.keys(row)) known.add(column)
  const unknown = columns.find((column) => !known.has(column))
  if (unknown === undefined) return
  const place = places.find(({ template }) => template.gaps.some((gap) => gap.name === unknown))
  throw invalid(
    `${name} has no column "${unknown}", which ${place?.what ?? 'the load'} takes${didYouMean(unknown, known)}`,
    `It has ${[...known].join(', ')}.`,
  )
}

function refuseMissing(data: LoadData, columns: readonly string[]): void {
  refuse(data, (row) => {
    const missing = columns.filter((column) => row[column] === undefined)
    return missing.length === 0 ? undefined : `has no ${missing.map((column) => `"${column}"`).join(', ')}`
  })
}

function refuseUnfit(data: LoadData, places: readonly Place[]): void {
  const checks = places.flatMap(({ what, template }) => template.gaps.map((gap) => ({ what, ...gap })))
  refuse(data, (row) => {
    for (const { what, name, problemOf } of checks) {
      const problem = problemOf(row[name])
      if (problem !== undefined) return `the value of "${name}" ${problem}, in ${what}`
    }
    return undefined
  })
}

function refuse(
  { name, rows, lines }: LoadData,
  problemOf: (row: LoadData['rows'][number]) => string | undefined,
): void {
  const problems: string[] = []
  for (const [index, row] of rows.entries()) {
    const problem = problemOf(row)
    if (problem === undefined) continue
    problems.push(`${lines === undefined ? `row ${index + 1} of ${name}` : `${name}:${lines[index]}`}: ${problem}`)
    if (problems.length === MOST_TOLD) break
  }
  if (problems.length > 0) throw invalid(problems.join('\n'), `Mend the rows of ${name}.`)
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_FILE_INVALID', message, { remedy })
}
