import { appendFile, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LeakVerdict, SignalVerdict } from '@gw/perf-kit'
import type { Expectation, SignalName } from '../../../tests/performance/fixtures/leaks/corpus.ts'

/** What was found by another method is not counted with these: raised whenever the cases, or how they are driven and watched, change. */
export const METHOD = 1
/** How long each is driven. */
export const DRIVEN_SEC = 100

/** What was said of one kind of memory, or of what is counted. */
export type SaidOfSignal = Pick<SignalVerdict, 'signal' | 'state' | 'because' | 'points' | 'per' | 'each'>

/** One run of one case, as a line of the raw data. */
export interface CorpusRecord {
  readonly method: number
  readonly case: string
  readonly expected: Expectation
  /** why there is no verdict; `null`: there is one */
  readonly failure: string | null
  readonly verdict: Pick<LeakVerdict, 'state' | 'because'>
  readonly signals: readonly SaidOfSignal[]
  /** what the server says itself that it keeps more for each request, from a quarter of the time on */
  readonly kept: { readonly heapBytes: number; readonly arrayBufferBytes: number } | null
  /** file and line of what keeps it, or its path in the heap; `null`: nobody has looked */
  readonly culprit: string | null
  readonly requests: number
  /** how many of them ended how */
  readonly outcomes: Readonly<Record<string, number>>
  /** from before the start of the server until after its end */
  readonly seconds: number
  readonly doubts: readonly string[]
  /** of the watched process, what was not seen: then nothing is steady */
  readonly unseen: readonly string[]
  readonly at: string
  readonly environmentId: string
  /** cases that ran beside each other, this one included */
  readonly atOnce: number
  /** of the minute before its end, our own processes among it */
  readonly loadAverage: number
}

export async function appendRecord(file: string, record: CorpusRecord): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  // Whoever was killed in the middle of a line must not take the next one with it.
  const start = (await endsInLine(file)) ? '' : '\n'
  await appendFile(file, `${start}${JSON.stringify(record, shorter)}\n`)
}

/** A line that was cut off is told of, and left out; a file that is not there is empty. */
export async function readRecords(file: string): Promise<readonly CorpusRecord[]> {
  const lines = (await textOf(file)).split('\n')
  return lines
    .flatMap((line, index) => {
      const record = recordIn(line)
      if (record === undefined && line !== '') process.stderr.write(`${file}:${index + 1} is no record, and left out\n`)
      return record ?? []
    })
    .filter(({ method }) => method === METHOD)
}

function recordIn(line: string): CorpusRecord | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

async function endsInLine(file: string): Promise<boolean> {
  await using handle = await open(file, 'a+')
  const { size } = await handle.stat()
  if (size === 0) return true
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}

export function leakingOf({ signals }: CorpusRecord): readonly SaidOfSignal[] {
  return signals.filter(({ state }) => state === 'leaking')
}

/** What has to be found, where it was. */
export function foundOf(record: CorpusRecord): SaidOfSignal | undefined {
  const { expected } = record
  return expected.leaks ? leakingOf(record).find(({ signal }) => signal === expected.signal) : undefined
}

/** What was called a leak, and is none. */
export function mistakenOf(record: CorpusRecord): readonly SignalName[] {
  const { expected } = record
  const real: readonly SignalName[] = expected.leaks ? [expected.signal, ...expected.also] : []
  return leakingOf(record).flatMap(({ signal }) => (real.includes(signal) ? [] : [signal]))
}

/** Six digits say more than is known. */
function shorter(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value
}
