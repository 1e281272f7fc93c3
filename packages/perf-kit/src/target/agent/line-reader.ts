const NEWLINE = 0x0a

/** Puts lines together from the pieces in which they come; one that is too long is told once, and is the last. */
export class LineReader {
  readonly #longestBytes: number
  readonly #onLine: (line: string) => void
  readonly #onTooLong: () => void
  #pieces: Buffer[] = []
  #bytes = 0
  #isOver = false

  constructor(longestBytes: number, onLine: (line: string) => void, onTooLong: () => void) {
    this.#longestBytes = longestBytes
    this.#onLine = onLine
    this.#onTooLong = onTooLong
  }

  readonly add = (chunk: Buffer): void => {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1 && !this.#isOver; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end))
      from = end + 1
      if (!this.#isOver) this.#onLine(this.#take())
    }
    this.#keep(chunk.subarray(from))
  }

  #keep(piece: Buffer): void {
    if (this.#isOver) return
    this.#pieces.push(piece)
    this.#bytes += piece.length
    if (this.#bytes <= this.#longestBytes) return
    this.#isOver = true
    this.#pieces = []
    this.#onTooLong()
  }

  #take(): string {
    const line = Buffer.concat(this.#pieces).toString('utf8')
    this.#pieces = []
    this.#bytes = 0
    return line
  }
}
