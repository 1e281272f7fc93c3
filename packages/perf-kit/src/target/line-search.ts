const LONGEST_LINE_CHARS = 8192

/** Looks for a pattern in the lines of a stream, as they come in pieces; of endless lines it keeps the last part only. */
export class LineSearch {
  readonly #pattern: RegExp
  readonly #onMatch: (match: RegExpExecArray) => void
  #line = ''

  constructor(pattern: RegExp, onMatch: (match: RegExpExecArray) => void) {
    this.#pattern = pattern
    this.#onMatch = onMatch
  }

  readonly add = (chunk: Buffer): void => {
    const lines = (this.#line + chunk.toString('utf8')).split(/\r?\n/)
    this.#line = (lines.pop() ?? '').slice(-LONGEST_LINE_CHARS)
    for (const line of lines) {
      const match = this.#pattern.exec(line)
      if (match !== null) this.#onMatch(match)
    }
  }
}
