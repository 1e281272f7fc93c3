import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { AppendFile, unwritable } from './append-file.ts'
import { MinuteSum } from './minute-sum.ts'
import { lineOf, openJournal, writeHead } from './record-files.ts'
import { type JournalLine, RECORD_VERSION, type RecordHead } from './record-lines.ts'
import {
  extentOf,
  journalName,
  journalNumbers,
  journalsFrom,
  MINUTES_FILE,
  type RecordExtent,
  readHead,
  readJournal,
  wholeMinutes,
} from './record-reader.ts'

/** On the axis: minutes of the record are those of its charts. */
const MINUTE_SEC = 60

/**
 * What a soak has learnt, in a folder: its head, a journal of the minute under way, whose lines are on the disk each second, and what earlier minutes came to. A
 * process that is killed loses what it had not told yet, and nothing else.
 *
 * ```
 * soak.json  minutes.jsonl  journal-000012.jsonl
 * ```
 */
export class SoakRecord {
  readonly folder: string
  readonly head: RecordHead
  readonly #minutes: AppendFile
  readonly #minuteSec: number
  readonly #onFailure: (failure: PerfKitError) => void
  readonly #sum = new MinuteSum()
  #journal: AppendFile
  #number: number
  #nextAt: number
  /** of the minute under way */
  #fromAt = 0
  #measuredSec: number
  #wallMs: number | undefined
  #queued = ''
  #queuedSec = 0
  #writing: Promise<void> = Promise.resolve()
  #failure: PerfKitError | undefined
  #lostSec = 0

  private constructor(opened: Opened, { minuteSec = MINUTE_SEC, onFailure = () => undefined }: RecordOptions) {
    this.folder = opened.folder
    this.head = opened.head
    this.#minutes = opened.minutes
    this.#journal = opened.journal
    this.#number = opened.number
    this.#nextAt = opened.nextAt
    this.#measuredSec = opened.measuredSec
    this.#wallMs = opened.wallMs
    this.#minuteSec = minuteSec
    this.#onFailure = onFailure
  }

  /** @throws {PerfKitError} `STORE_UNWRITABLE` */
  static async create(folder: string, head: Omit<RecordHead, 'v'>, options: RecordOptions = {}): Promise<SoakRecord> {
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw unwritable(folder, cause)
    })
    const whole = { v: RECORD_VERSION, ...head }
    await writeHead(folder, whole)
    const minutes = await AppendFile.open(join(folder, MINUTES_FILE))
    const journal = await openJournal(folder, 0)
    const began = { number: 0, nextAt: 0, measuredSec: 0, wallMs: undefined }
    return new SoakRecord({ folder, head: whole, minutes, journal, ...began }, options)
  }

  /**
   * Go on with a record: what a journal was left with becomes a minute.
   *
   * @throws {PerfKitError} `SOAK_RECORD_INVALID`, `STORE_UNWRITABLE`
   */
  static async resume(folder: string, options: RecordOptions = {}): Promise<SoakRecord> {
    const head = await readHead(folder)
    const known = await extentOf(folder)
    const minutes = await AppendFile.open(join(folder, MINUTES_FILE))
    let number = await wholeMinutes(folder)
    for (const left of await journalsFrom(folder, number)) {
      const sum = new MinuteSum()
      for await (const line of readJournal(folder, left)) sum.add(line)
      if (!sum.isEmpty) await minutes.append(lineOf(sum.take(left)))
      number = left + 1
    }
    for (const old of await journalNumbers(folder)) await rm(join(folder, journalName(old)))
    const journal = await openJournal(folder, number)
    return new SoakRecord({ ...known, folder, head, minutes, journal, number }, options)
  }

  /** Where on the axis the next second lies. */
  get nextAt(): number {
    return this.#nextAt
  }

  /** Seconds that were measured, in all parts. */
  get measuredSec(): number {
    return this.#measuredSec
  }

  /** When the last of them ended, by the time of day; `undefined` when there is none. */
  get lastWallMs(): number | undefined {
    return this.#wallMs
  }

  /** Why nothing is recorded any more, if so. */
  get failure(): PerfKitError | undefined {
    return this.#failure
  }

  /** Seconds that could not be written. */
  get lostSec(): number {
    return this.#lostSec
  }

  /** Written with the next `flush`, after those before it. */
  add(line: JournalLine): void {
    if (this.#failure !== undefined) {
      this.#lostSec += secondsIn(line)
      return
    }
    if (this.#sum.isEmpty) this.#fromAt = line.at
    this.#sum.add(line)
    this.#queued += lineOf(line)
    this.#queuedSec += secondsIn(line)
    if (line.type === 'second') {
      this.#nextAt = line.at + 1
      this.#wallMs = line.wallMs
      this.#measuredSec += secondsIn(line)
    }
    if (line.type === 'gap') this.#nextAt = line.at + line.drawnSec
  }

  /** On the disk when it resolves. At the end of a minute all of it becomes one line. */
  async flush(): Promise<void> {
    this.#appendQueued()
    if (this.#minuteAt(this.#nextAt) !== this.#minuteAt(this.#fromAt)) this.#endMinute()
    await this.#writing
  }

  /** What has come in becomes a minute, however short: the next line is of another part. */
  async endPart(): Promise<void> {
    this.#appendQueued()
    this.#endMinute()
    await this.#writing
  }

  async close(): Promise<void> {
    await this.endPart()
    await this.#journal[Symbol.asyncDispose]()
    await this.#minutes[Symbol.asyncDispose]()
    if (this.#failure === undefined) await rm(this.#journal.path, { force: true }).catch(() => undefined)
  }

  #minuteAt(at: number): number {
    return Math.floor(at / this.#minuteSec)
  }

  #appendQueued(): void {
    const [lines, seconds] = [this.#queued, this.#queuedSec]
    this.#queued = ''
    this.#queuedSec = 0
    if (lines !== '') this.#write(async () => await this.#journal.append(lines), seconds)
  }

  #endMinute(): void {
    if (this.#sum.isEmpty) return
    const minute = lineOf(this.#sum.take(this.#number++))
    const number = this.#number
    this.#write(async () => {
      await this.#minutes.append(minute)
      const done = this.#journal
      this.#journal = await openJournal(this.folder, number)
      await done[Symbol.asyncDispose]()
      await rm(done.path)
    }, 0)
  }

  /** One after the other; after one that failed, none. */
  #write(write: () => Promise<void>, seconds: number): void {
    this.#writing = this.#writing.then(async () => {
      if (this.#failure !== undefined) {
        this.#lostSec += seconds
        return
      }
      try {
        await write()
      } catch (cause) {
        this.#lostSec += seconds
        this.#fail(cause)
      }
    })
  }

  #fail(cause: unknown): void {
    this.#failure = asFailure(this.folder, cause)
    this.#onFailure(this.#failure)
  }
}

export interface RecordOptions {
  /** told once, when something cannot be written: nothing that follows is */
  readonly onFailure?: (failure: PerfKitError) => void
  /** how many seconds become a line of their own; default 60 */
  readonly minuteSec?: number
}

interface Opened extends RecordExtent {
  readonly folder: string
  readonly head: RecordHead
  readonly minutes: AppendFile
  readonly journal: AppendFile
  /** of the journal */
  readonly number: number
}

function secondsIn(line: JournalLine): number {
  return line.type === 'second' && line.isWhole && !line.isGap ? 1 : 0
}

function asFailure(path: string, cause: unknown): PerfKitError {
  return cause instanceof PerfKitError ? cause : unwritable(path, cause)
}
