const TAIL_BYTES = 4096

/** The last of what a process wrote: enough to see why it ended, and no more memory than that. */
export class OutputTail {
  /** of all that was written */
  bytes = 0
  #tail = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-TAIL_BYTES)
  }

  text(): string {
    return this.#tail.toString('utf8').trim()
  }
}
