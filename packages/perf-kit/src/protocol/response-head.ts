import { COLON, LF, SPACE, spells, TAB } from './ascii.ts'

/** The head of one answer, to be read before the call that brought it returns. */
export interface ResponseHead {
  readonly status: number
  /**
   * @param name - lower case
   * @returns the value of the first header of this name, without blanks around it
   */
  get(name: string): string | undefined
  /**
   * Whether the value of the first header of this name starts like that; without making a text of it.
   *
   * @param name - lower case
   */
  starts(name: string, start: string): boolean
  /**
   * @param name - lower case
   * @returns the values of all headers of this name, with a comma between them, as one header could have had them (RFC 9110, §5.3)
   */
  getAll(name: string): string | undefined
}

/** In the bytes of an HTTP/1.x connection. */
export class HeadBytes implements ResponseHead {
  status = 0
  #bytes: Uint8Array = new Uint8Array()
  #from = 0
  #to = 0

  set(status: number, bytes: Uint8Array, from: number, to: number): void {
    this.status = status
    this.#bytes = bytes
    this.#from = from
    this.#to = to
  }

  /** Looked up in the bytes: a load of thousands of answers a second needs one or two of their headers, if any. */
  get(name: string): string | undefined {
    const lineFrom = this.#lineOf(name, this.#from)
    return lineFrom === undefined ? undefined : this.#valueAt(lineFrom, name)
  }

  starts(name: string, start: string): boolean {
    const lineFrom = this.#lineOf(name, this.#from)
    if (lineFrom === undefined) return false
    let from = lineFrom + name.length + 1
    while (isBlank(this.#bytes[from])) from++
    for (let at = 0; at < start.length; at++) {
      if (this.#bytes[from + at] !== start.charCodeAt(at)) return false
    }
    return true
  }

  getAll(name: string): string | undefined {
    const values: string[] = []
    for (let at = this.#lineOf(name, this.#from); at !== undefined; at = this.#lineOf(name, at)) {
      values.push(this.#valueAt(at, name))
    }
    return values.length === 0 ? undefined : values.join(', ')
  }

  /** @returns where the first line of this header after the one at `from` begins */
  #lineOf(name: string, from: number): number | undefined {
    const bytes = this.#bytes
    // No line begins behind the end of the last one, the empty one.
    const to = this.#to - 1
    // A loop of our own: lines are short, and a call of the platform's search costs more than the search.
    for (let at = from; at < to; at++) {
      if (bytes[at] !== LF) continue
      const colon = at + 1 + name.length
      if (bytes[colon] === COLON && spells(bytes, at + 1, colon, name)) return at + 1
    }
    return undefined
  }

  #valueAt(lineFrom: number, name: string): string {
    const lineEnd = this.#bytes.indexOf(LF, lineFrom)
    return latin1(this.#bytes.subarray(lineFrom + name.length + 1, lineEnd)).trim()
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
