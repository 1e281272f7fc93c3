import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'

/** One process of the methods that we are compared with: one side, measured alone. */
export interface PlainFork {
  /** plain tinybench, one sample a call */
  readonly meanNs: number
  /** half the width of tinybench's own 95 % interval, relative to the mean */
  readonly rmeRatio: number
  /** median of batch means, as careful as one side alone can be measured */
  readonly batchMedianNs: number
}

/** The same two sides by hand: all forks of the baseline, and then all forks of the candidate. */
export interface SequentialForks {
  readonly baseline: readonly PlainFork[]
  readonly candidate: readonly PlainFork[]
}

/** One benchmark of one whole `bench --against`, as a line of the raw data. */
export interface ComparisonRecord {
  readonly at: string
  readonly commit: string
  readonly environmentId: string
  /** numbers the `bench --against` runs; its benchmarks were judged as one family */
  readonly round: string
  readonly roundSeconds: number
  readonly roundBenchmarks: number
  readonly subject: string
  /** what was put into the candidate's code: 0, or 0.05 for 5 % */
  readonly slowdownRatio: number
  /** how much work that was, in turns of a loop a call; absent for none */
  readonly work?: number
  /** how it was put in; absent in the records of earlier ways, which no table counts */
  readonly mechanism?: string
  /** the run's own verdicts */
  readonly time: string
  /** whether time or another of its metrics has regressed, in a verdict that fails a build */
  readonly failsBuild: boolean
  /** which metrics those are; absent in the first records */
  readonly regressed?: readonly string[]
  /** of all verdicts that can fail a build together: `inconclusive` fails it too; absent in the first records */
  readonly overall?: string
  /** the same pairs judged as if this benchmark had been compared alone */
  readonly timeAlone: string
  readonly failsBuildAlone: boolean
  readonly effectRatio: number
  /** candidate ÷ baseline, pair by pair, in the order measured */
  readonly ratios: readonly number[]
  /** the same of null pairs, both sides the baseline's code */
  readonly nullRatios: readonly number[]
  /** absent where only our own method was run */
  readonly sequential?: SequentialForks
}

/** Append at once: a calibration takes hours, and what it has learnt must survive whatever ends it. */
export async function appendRecords(file: string, records: readonly ComparisonRecord[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const text = await readText(file)
  // A write that was stopped left a piece of a line: the next record would be glued to it, and neither could be read.
  if (text !== '' && !text.endsWith('\n'))
    await truncate(file, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)))
  await appendFile(file, records.map((record) => `${JSON.stringify(record, roundNumber)}\n`).join(''))
}

/** What a record would make of a number, so that what was asked for can be found again among them. */
export function asRecorded(value: number): number {
  return Number(value.toPrecision(6))
}

/** Six digits are far more than any of these readings has. */
function roundNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? asRecorded(value) : value
}

/** All records of a file; none when there is no file yet. A last line without its end is a write that was stopped. */
export async function readRecords(file: string): Promise<ComparisonRecord[]> {
  return (await readText(file))
    .split('\n')
    .slice(0, -1)
    .map((line): ComparisonRecord => JSON.parse(line))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

/** `2026-11-24`, in UTC. */
export function dayOf(at: string): string {
  return at.slice(0, 10)
}
