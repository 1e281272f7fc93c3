import { readFile, rename, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { type Environment, readEnvironment } from '@gw/perf-kit'
import type { ExperimentResult } from './experiment.ts'

/** One experiment's result with when and where it was made. */
export interface RecordedResult extends Omit<ExperimentResult, 'text'> {
  /** the tables, line by line: what docs/benchmarks.md shows */
  readonly lines: readonly string[]
  readonly at: string
  readonly seconds: number
  readonly environment: Environment
  /** of the minute before it ended: what else the machine did is in the figures too */
  readonly loadAverage: number
}

export function toRecord({ promises, text, data }: ExperimentResult, seconds: number): RecordedResult {
  const [loadAverage = Number.NaN] = loadavg()
  const lines = text.trimEnd().split('\n')
  return { at: new Date().toISOString(), seconds, environment: readEnvironment([]), loadAverage, promises, lines, data }
}

/** Put results into the record file; experiments that were not run keep theirs. */
export async function writeRecord(file: string, results: Readonly<Record<string, RecordedResult>>): Promise<void> {
  const known = await readKnown(file)
  const text = JSON.stringify(
    { ...known, ...results },
    (_key, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
    1,
  )
  // Whole or not at all: hours of other results are in there.
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, `${text}\n`)
  await rename(temporary, file)
}

async function readKnown(file: string): Promise<object> {
  const known: unknown = JSON.parse(await readIfThere(file))
  return typeof known === 'object' && known !== null ? known : {}
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}'
    throw error
  }
}
