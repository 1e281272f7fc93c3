import { readFile, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { type Environment, readEnvironment } from '@gw/perf-kit'
import type { ExperimentResult } from './experiment.ts'

/** One experiment's result with when and where it was made. */
export interface RecordedResult extends Omit<ExperimentResult, 'text'> {
  /** the tables, line by line: what docs/peers.md shows */
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
  await writeFile(file, `${text}\n`)
}

async function readKnown(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const known: unknown = JSON.parse(text)
  return typeof known === 'object' && known !== null ? known : {}
}
