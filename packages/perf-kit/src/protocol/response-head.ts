import { COLON, LF, spells } from './ascii.ts'

/** The head of one answer. Its bytes are there until the call that brought it returns. */
export class ResponseHead {
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

  /** Looked up in the bytes: a load of thousands of answers a second needs one or two of their headers, if any.
   *
   * @param name - lower case
   * @returns the value of the first header of this name, without blanks around it, decoded as Latin-1
   */
  get(name: string): string | undefined {
    const bytes = this.#bytes
    let lineFrom = bytes.indexOf(LF, this.#from) + 1
    while (lineFrom < this.#to) {
      const lineEnd = bytes.indexOf(LF, lineFrom)
      const colon = lineFrom + name.length
      if (bytes[colon] === COLON && spells(bytes, lineFrom, colon, name)) {
        return latin1(bytes.subarray(colon + 1, lineEnd)).trim()
      }
      lineFrom = lineEnd + 1
    }
    return undefined
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
