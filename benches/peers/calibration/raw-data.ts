import { appendFile, readFile } from 'node:fs/promises'

/** What the other methods said of the same two sides, from forks run one side after the other. */
export interface SequentialReadings {
  /** per fork: mean and relative margin of error of plain tinybench, one sample a call */
  readonly plain: readonly { readonly meanNs: number; readonly rmeRatio: number }[]
}

/** One comparison, as a line of the raw data. */
export interface ComparisonRecord {
  readonly at: string
  readonly environmentId: string
  readonly subject: string
  /** true change of the candidate: 0, or the slowdown that was put in */
  readonly injectedRatio: number
  readonly verdict: string
  readonly effectRatio: number
  readonly pairs: number
  readonly seconds: number
  /** candidate ÷ baseline, pair by pair */
  readonly ratios: readonly number[]
  /** fork values, ns */
  readonly baselineNs: readonly number[]
  readonly candidateNs: readonly number[]
  readonly allocationVerdict: string | undefined
  /** absent where only our own method was run */
  readonly sequential: { readonly baseline: SequentialReadings; readonly candidate: SequentialReadings } | undefined
}

/** Append a record at once: a calibration runs for hours and may be stopped at any time. */
export async function appendRecord(file: string, record: ComparisonRecord): Promise<void> {
  const rounded = JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
  )
  await appendFile(file, `${rounded}\n`)
}

/** All records of a file; none when there is no file yet. A last line without its end is a stopped write, and left out. */
export async function readRecords(file: string): Promise<ComparisonRecord[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): ComparisonRecord => JSON.parse(line))
}
