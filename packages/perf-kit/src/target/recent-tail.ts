interface Piece {
  readonly atNs: number
  readonly chunk: Buffer
}

/** The last of what a process wrote, and when: what it said long ago tells nothing of its end. */
export class RecentTail {
  readonly #mostBytes: number
  #pieces: Piece[] = []
  #bytes = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** @param atNs - on the clock of `process.hrtime` */
  add(chunk: Buffer, atNs = Number(process.hrtime.bigint())): void {
    this.#pieces.push({ atNs, chunk: chunk.subarray(-this.#mostBytes) })
    this.#bytes += Math.min(chunk.length, this.#mostBytes)
    for (let first = this.#pieces[0]; first !== undefined; first = this.#pieces[0]) {
      if (this.#bytes - first.chunk.length < this.#mostBytes) break
      this.#bytes -= first.chunk.length
      this.#pieces.shift()
    }
  }

  /** @param sinceNs - what came before it is left out; default: nothing is */
  text(sinceNs = Number.NEGATIVE_INFINITY): string {
    const recent = this.#pieces.filter(({ atNs }) => atNs >= sinceNs).map(({ chunk }) => chunk)
    return Buffer.concat(recent).subarray(-this.#mostBytes).toString('utf8').trim()
  }
}
