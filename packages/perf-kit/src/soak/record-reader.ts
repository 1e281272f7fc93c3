import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { MinuteSum } from './minute-sum.ts'
import {
  isOfJournal,
  isOfMinutes,
  type JournalLine,
  type MinuteLine,
  parseLine,
  RECORD_VERSION,
  type RecordHead,
} from './record-lines.ts'

export const HEAD_FILE = 'soak.json'
export const MINUTES_FILE = 'minutes.jsonl'
const JOURNAL = /^journal-(\d+)\.jsonl$/

export function journalName(number: number): string {
  return `journal-${String(number).padStart(6, '0')}.jsonl`
}

/** @throws {PerfKitError} `SOAK_RECORD_INVALID` when there is no record in the folder, or one of another version */
export async function readHead(folder: string): Promise<RecordHead> {
  const path = join(folder, HEAD_FILE)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalid(folder, `has no ${HEAD_FILE}`, cause)
  })
  const head = parsed(text)
  if (!isHead(head)) throw invalid(folder, `holds a ${HEAD_FILE} that is none`)
  if (head.v !== RECORD_VERSION) {
    throw invalid(folder, `is of version ${head.v}, and this perf-kit reads version ${RECORD_VERSION}`)
  }
  return head
}

/**
 * What a record holds, minute by minute, those that no minute has been made of yet included: nothing here keeps more than one of them. Half a line, at the end
 * of what a process that was killed has left, is none.
 */
export async function* readMinutes(folder: string): AsyncGenerator<MinuteLine> {
  let number = 0
  for await (const text of linesOf(join(folder, MINUTES_FILE))) {
    const line = parseLine<MinuteLine>(text, isOfMinutes)
    if (line === undefined) continue
    number = line.number + 1
    yield line
  }
  for (const left of await journalsFrom(folder, number)) {
    const sum = new MinuteSum()
    for await (const line of readJournal(folder, left)) sum.add(line)
    if (!sum.isEmpty) yield sum.take(left)
  }
}

/** How many minutes need no journal any more. */
export async function wholeMinutes(folder: string): Promise<number> {
  let count = 0
  for await (const text of linesOf(join(folder, MINUTES_FILE))) {
    const line = parseLine<MinuteLine>(text, isOfMinutes)
    if (line !== undefined) count = line.number + 1
  }
  return count
}

export interface RecordExtent {
  /** where on the axis the next second lies */
  readonly nextAt: number
  /** without those in gaps */
  readonly measuredSec: number
  /** when the last of them ended, by the time of day */
  readonly wallMs: number | undefined
}

/** How far a record goes. */
export async function extentOf(folder: string): Promise<RecordExtent> {
  let known: RecordExtent = { nextAt: 0, measuredSec: 0, wallMs: undefined }
  for await (const { seconds, events, wallMs } of readMinutes(folder)) {
    const gapEnds = events.map((event) => (event.type === 'gap' ? event.at + event.drawnSec : event.at))
    known = {
      nextAt: Math.max(known.nextAt, (seconds.at.at(-1) ?? -1) + 1, ...gapEnds),
      measuredSec: known.measuredSec + seconds.at.length,
      wallMs: wallMs ?? known.wallMs,
    }
  }
  return known
}

/** Numbers of journals that no minute has been made of. */
export async function journalsFrom(folder: string, number: number): Promise<number[]> {
  return (await journalNumbers(folder)).filter((each) => each >= number)
}

export async function journalNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names
    .flatMap((name) => {
      const digits = JOURNAL.exec(name)?.[1]
      return digits === undefined ? [] : [Number(digits)]
    })
    .toSorted((left, right) => left - right)
}

export async function* readJournal(folder: string, number: number): AsyncGenerator<JournalLine> {
  for await (const text of linesOf(join(folder, journalName(number)))) {
    const line = parseLine<JournalLine>(text, isOfJournal)
    if (line !== undefined) yield line
  }
}

/** None of a file that is not there. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return
  await using opened = file
  yield* opened.readLines()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isHead(value: unknown): value is RecordHead {
  return typeof value === 'object' && value !== null && 'v' in value && 'subject' in value && 'plannedNs' in value
}

function invalid(folder: string, problem: string, cause?: unknown): PerfKitError {
  return new PerfKitError('SOAK_RECORD_INVALID', `${folder} ${problem}`, {
    where: folder,
    remedy: 'Name the folder of a soak’s record, or begin a new soak.',
    ...(cause === undefined ? {} : { cause }),
  })
}
