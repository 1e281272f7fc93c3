import type { Readable } from 'node:stream'

/** What prints for each request would leave nothing else to be seen. */
const MOST_LINES = 100
/** Characters, of one line: what is printed without an end is not kept. */
const LONGEST_LINE = 1_000

/** Passes on what threads print, line by line: the first hundred lines of all of them, and how many more there were. */
export class PrintedLines {
  readonly #tell: (line: string) => void
  #lines = 0

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  /** Until its end. Rejects with what the listener throws. */
  async read(stream: Readable): Promise<void> {
    let begun = ''
    for await (const text of stream.setEncoding('utf8')) {
      const lines = `${begun}${text}`.split(/\r?\n/)
      begun = (lines.pop() ?? '').slice(0, LONGEST_LINE + 1)
      for (const line of lines) this.#add(line)
    }
    if (begun !== '') this.#add(begun)
  }

  /** Nothing more is printed. */
  end(): void {
    const more = this.#lines - MOST_LINES
    if (more > 0) this.#tell(`… and ${more.toLocaleString('en-US')} ${more === 1 ? 'line' : 'lines'} more`)
  }

  #add(line: string): void {
    if (++this.#lines > MOST_LINES) return
    this.#tell(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line)
  }
}
