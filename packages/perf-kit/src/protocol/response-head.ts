import { COLON, LF, spells } from './ascii.ts'

/** The head of one answer, to be read before the call that brought it returns. */
export interface ResponseHead {
  readonly status: number
  /**
   * @param name - lower case
   * @returns the value of the first header of this name, without blanks around it
   */
  get(name: string): string | undefined
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
    let lineFrom = bytes.indexOf(LF, from) + 1
    while (lineFrom < this.#to) {
      const colon = lineFrom + name.length
      if (bytes[colon] === COLON && spells(bytes, lineFrom, colon, name)) return lineFrom
      lineFrom = bytes.indexOf(LF, lineFrom) + 1
    }
    return undefined
  }

  #valueAt(lineFrom: number, name: string): string {
    const lineEnd = this.#bytes.indexOf(LF, lineFrom)
    return latin1(this.#bytes.subarray(lineFrom + name.length + 1, lineEnd)).trim()
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
