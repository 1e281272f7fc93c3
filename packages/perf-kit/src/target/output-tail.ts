const TAIL_BYTES = 4096

/** The last of what a process wrote: enough to see why it ended, and no more memory than that. */
export class OutputTail {
  /** of all that was written */
  bytes = 0
  readonly #mostBytes: number
  #tail = Buffer.alloc(0)

  constructor(mostBytes = TAIL_BYTES) {
    this.#mostBytes = mostBytes
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-this.#mostBytes)
  }

  text(): string {
    return this.#tail.toString('utf8').trim()
  }
}
