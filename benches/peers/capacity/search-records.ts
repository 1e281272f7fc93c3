import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Run } from '@gw/perf-kit'

/** What searches found by another method is not counted with these: raised whenever the search or a known target changes. */
export const METHOD = 1
const RECORDS_FILE = resolve(import.meta.dirname, '../../../docs/data/capacity-searches.jsonl')

export type Answer = NonNullable<Run['capacity']>['answer']

/** One search, as a line of the raw data. */
export interface SearchRecord {
  readonly method: number
  readonly kind: 'bucket' | 'queue' | 'gateway'
  /** from 1, of its kind; searches of one pair share it */
  readonly number: number
  /** absent for a gateway, whose capacity nobody knows */
  readonly truthPerSec?: number
  readonly answer: Answer
  /** `rate verdict`, in the order of time; `clients` for the first */
  readonly trials: readonly string[]
  readonly seconds: number
  readonly validity: Run['validity']
  readonly at: string
  readonly environmentId: string
  readonly source: Run['source']
  /** of the minute before its end, our own processes among it */
  readonly loadAverage: number
}

export async function appendRecord(record: SearchRecord): Promise<void> {
  await mkdir(dirname(RECORDS_FILE), { recursive: true })
  await appendFile(RECORDS_FILE, `${JSON.stringify(record)}\n`)
}

export async function readRecords(): Promise<readonly SearchRecord[]> {
  const text = await readFile(RECORDS_FILE, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): SearchRecord => JSON.parse(line))
    .filter(({ method }) => method === METHOD)
}
