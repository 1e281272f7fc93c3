import { type FileHandle, open } from 'node:fs/promises'
import { PerfKitError } from '../errors/index.ts'
import { STREAM_VERSION, type StreamBeginning, type StreamedSecond } from '../load/index.ts'

const ELSEWHERE = 'give --stream another file'
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * The seconds of a load in a file, a line of JSON each, on the disk before the next is whole: what a load that is killed has
 * learnt. Lines are written in one piece, and what cannot be written whole is taken away again, so that each line that ends is one.
 */
export class SecondFile {
  readonly path: string
  readonly #onFailure: (failure: PerfKitError) => void
  #file: FileHandle | undefined
  /** a pipe or a device has neither a length nor a disk */
  #isPlain = false
  #wholeBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #failure: PerfKitError | undefined

  /** @param onFailure - told once, when a line cannot be written; those that follow are not tried */
  constructor(path: string, onFailure: (failure: PerfKitError) => void) {
    this.path = path
    this.#onFailure = onFailure
  }

  /** Why there are no more lines, if so. */
  get failure(): PerfKitError | undefined {
    return this.#failure
  }

  /**
   * Make the file, with its first line.
   *
   * @throws {PerfKitError} `REPORT_PATH_INVALID` for what cannot be opened, or holds something already; `STORE_UNWRITABLE` when there
   * is no room for it
   */
  async start(beginning: StreamBeginning): Promise<void> {
    const file = await open(this.path, 'a').catch((cause: unknown) => {
      throw refused(this.path, cause)
    })
    try {
      const stat = await file.stat()
      this.#isPlain = stat.isFile()
      if (this.#isPlain && stat.size > 0) throw occupied(this.path)
      const failure = await this.#append(file, lineOf('begin', beginning))
      if (failure !== undefined) throw failure
      this.#file = file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Its line is written after those before it. */
  readonly add = (second: StreamedSecond): void => this.#write(lineOf('second', second))

  /** @param isComplete - whether the schedule went to its end */
  async stop(isComplete: boolean): Promise<void> {
    this.#write(lineOf('end', { isComplete }))
    await this.#writing
    // Each line is on the disk: nothing that a file system says now is worth a load of hours.
    await this.#file?.close().catch(() => undefined)
  }

  #write(line: string): void {
    this.#writing = this.#writing.then(async () => {
      if (this.#file === undefined || this.#failure !== undefined) return
      this.#failure = await this.#append(this.#file, line)
      if (this.#failure !== undefined) this.#onFailure(this.#failure)
    })
  }

  /** @returns why it could not be written, if so: the file ends with the line before */
  async #append(file: FileHandle, line: string): Promise<PerfKitError | undefined> {
    try {
      await file.appendFile(line)
      if (this.#isPlain) await file.datasync()
      this.#wholeBytes += Buffer.byteLength(line)
      return undefined
    } catch (cause) {
      if (this.#isPlain) await file.truncate(this.#wholeBytes).catch(() => undefined)
      return unwritable(this.path, cause)
    }
  }
}

function lineOf(type: string, told: object): string {
  return `${JSON.stringify({ v: STREAM_VERSION, type, ...told })}\n`
}

function occupied(path: string): PerfKitError {
  return new PerfKitError('REPORT_PATH_INVALID', `${path} holds something already`, {
    where: path,
    remedy: `It may be what is known of another load: move it away, or ${ELSEWHERE}.`,
  })
}

function refused(path: string, cause: unknown): PerfKitError {
  if (NO_ROOM.has(codeOf(cause))) return unwritable(path, cause)
  return new PerfKitError('REPORT_PATH_INVALID', `${path} cannot be opened: ${messageOf(cause)}`, {
    where: path,
    cause,
    remedy: `Make its folder, and give this user write access to it, or ${ELSEWHERE}.`,
  })
}

function unwritable(path: string, cause: unknown): PerfKitError {
  return new PerfKitError('STORE_UNWRITABLE', `${path} cannot be written: ${messageOf(cause)}`, {
    where: path,
    cause,
    remedy: NO_ROOM.has(codeOf(cause))
      ? `Free some space on that disk, or ${ELSEWHERE}.`
      : `Find out why, or ${ELSEWHERE}.`,
  })
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
