import { type FileHandle, open } from 'node:fs/promises'
import { PerfKitError } from '../errors/index.ts'

const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * A file that lines are added to, each group of them on the disk before the next is tried. What cannot be written whole is taken away again,
 * so that each line that ends is one.
 */
export class AppendFile implements AsyncDisposable {
  readonly path: string
  readonly #file: FileHandle
  #wholeBytes: number

  private constructor(path: string, file: FileHandle, wholeBytes: number) {
    this.path = path
    this.#file = file
    this.#wholeBytes = wholeBytes
  }

  /**
   * A new file, or one that is continued: of what a process that was killed has left, half a line at the end is taken away.
   *
   * @throws {PerfKitError} `STORE_UNWRITABLE`
   */
  static async open(path: string): Promise<AppendFile> {
    const file = await open(path, 'a+').catch((cause: unknown) => {
      throw unwritable(path, cause)
    })
    try {
      const { size } = await file.stat()
      const wholeBytes = await endOfLines(file, size)
      if (wholeBytes < size) await file.truncate(wholeBytes)
      return new AppendFile(path, file, wholeBytes)
    } catch (cause) {
      await file.close().catch(() => undefined)
      throw unwritable(path, cause)
    }
  }

  /** @throws {PerfKitError} `STORE_UNWRITABLE`: the file ends with what was there before */
  async append(lines: string): Promise<void> {
    try {
      await this.#file.appendFile(lines)
      await this.#file.datasync()
      this.#wholeBytes += Buffer.byteLength(lines)
    } catch (cause) {
      await this.#file.truncate(this.#wholeBytes).catch(() => undefined)
      throw unwritable(this.path, cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // All that was added is on the disk: nothing that a file system says now is worth a soak of hours.
    await this.#file.close().catch(() => undefined)
  }
}

const LINE_END = 0x0a
const CHUNK_BYTES = 2 ** 16

/** @returns how many bytes there are up to the last end of a line */
async function endOfLines(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (let to = size; to > 0; to -= Math.min(to, CHUNK_BYTES)) {
    const from = Math.max(0, to - CHUNK_BYTES)
    const { bytesRead } = await file.read(chunk, 0, to - from, from)
    const at = chunk.subarray(0, bytesRead).lastIndexOf(LINE_END)
    if (at >= 0) return from + at + 1
  }
  return 0
}

export function unwritable(path: string, cause: unknown): PerfKitError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new PerfKitError('STORE_UNWRITABLE', `${path} cannot be written: ${detail}`, {
    where: path,
    cause,
    remedy: hasNoRoom(cause)
      ? 'Free some space on that disk, and go on with --resume.'
      : 'Find out why, and go on with --resume.',
  })
}

function hasNoRoom(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && NO_ROOM.has(String(cause.code))
}
