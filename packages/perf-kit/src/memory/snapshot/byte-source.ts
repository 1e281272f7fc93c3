import type { FileHandle } from 'node:fs/promises'
import { isSpace } from './json-bytes.ts'
import type { Scanner } from './scanner.ts'
import { SnapshotFault } from './snapshot-fault.ts'

const END = -1

type Ahead = { readonly readBytes: number } | { readonly failure: unknown }

/** A file's bytes in pieces: the next one is read while the present one is looked at. */
export class ByteSource {
  readonly #file: FileHandle
  #piece: Buffer
  #spare: Buffer
  #at = 0
  /** where in the file the present piece begins */
  #beginBytes = 0
  #ahead: Promise<Ahead>

  constructor(file: FileHandle, pieceBytes: number) {
    this.#file = file
    this.#piece = Buffer.alloc(0)
    this.#spare = Buffer.allocUnsafeSlow(pieceBytes)
    this.#ahead = this.#readInto(this.#spare, 0)
  }

  /** How much of the file has been understood, in bytes. */
  get positionBytes(): number {
    return this.#beginBytes + this.#at
  }

  /** The next byte that is no white space, without taking it; −1 at the end of the file. */
  async peek(): Promise<number> {
    for (;;) {
      for (; this.#at < this.#piece.length; this.#at++) {
        const byte = this.#piece[this.#at] ?? END
        if (!isSpace(byte)) return byte
      }
      if (!(await this.#refill())) return END
    }
  }

  /** Take the next byte that is no white space. */
  async take(): Promise<number> {
    const byte = await this.peek()
    if (byte === END) throw new SnapshotFault('it ends too early')
    this.#at++
    return byte
  }

  /**
   * Hand bytes over until the section has ended.
   *
   * @param what - the section's name, for messages
   */
  async feed(scanner: Scanner, what: string): Promise<void> {
    for (;;) {
      this.#at = scanner.scan(this.#piece, this.#at)
      if (scanner.isDone) return
      if (!(await this.#refill())) throw new SnapshotFault(`it ends within its ${what}`)
    }
  }

  /** Leave the file alone: it may be closed afterwards. */
  async stop(): Promise<void> {
    await this.#ahead
  }

  /** @returns false at the end of the file */
  async #refill(): Promise<boolean> {
    const ahead = await this.#ahead
    if ('failure' in ahead) throw ahead.failure
    this.#beginBytes += this.#piece.length
    this.#at = 0
    const empty =
      this.#piece.length === 0 ? Buffer.allocUnsafeSlow(this.#spare.length) : Buffer.from(this.#piece.buffer)
    this.#piece = this.#spare.subarray(0, ahead.readBytes)
    this.#spare = empty
    if (ahead.readBytes === 0) return false
    this.#ahead = this.#readInto(empty, this.#beginBytes + ahead.readBytes)
    return true
  }

  /** Never rejects: nobody may be waiting for it when it fails. */
  #readInto(buffer: Buffer, fromBytes: number): Promise<Ahead> {
    return this.#file.read(buffer, 0, buffer.length, fromBytes).then(
      ({ bytesRead }) => ({ readBytes: bytesRead }),
      (failure: unknown) => ({ failure }),
    )
  }
}
