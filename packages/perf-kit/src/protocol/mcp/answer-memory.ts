/** Longer ones are not remembered: to compare them takes as long as to read them. */
const MOST_BYTES = 4096
/** After so many answers in a row that were all different, only each so-manieth is still looked at. */
const PATIENCE = 8
const TRY_EVERY = 256
const ZERO = 0x30
/** What no client of ours gives a request for a number. */
const OTHER_ID = 2 ** 52 - 1
const NOTHING = new Uint8Array()

/** What came, and to the request of which number it should be an answer. */
export interface HeardAnswer {
  readonly bytes: Uint8Array
  /** of the bytes */
  readonly length: number
  readonly isStream: boolean
  readonly id: number
}

/**
 * The answer that came last and was good, but for the number of its request. Of a tool that says the same each time only that number
 * differs, and to see so is a fraction of the price of reading JSON. What is equal is understood alike.
 */
export class AnswerMemory {
  /** as many as there were */
  #bytes = NOTHING
  /** of the digits, which are not kept */
  #idAt = 0
  #isStream = false
  #missesInARow = 0

  /** @returns whether it is that answer, to the request of this number; nothing is made for it */
  recalls(bytes: Uint8Array, length: number, isStream: boolean, id: number): boolean {
    const known = this.#bytes
    const digits = digitsOf(id)
    if (known.length === 0 || length !== known.length + digits || isStream !== this.#isStream) return false
    const idAt = this.#idAt
    // From its last digit on.
    for (let at = idAt + digits - 1, rest = id; at >= idAt; at--, rest = Math.floor(rest / 10)) {
      if (bytes[at] !== ZERO + (rest % 10)) return false
    }
    for (let at = 0; at < idAt; at++) if (known[at] !== bytes[at]) return false
    for (let at = idAt; at < known.length; at++) if (known[at] !== bytes[at + digits]) return false
    this.#missesInARow = 0
    return true
  }

  /**
   * A good answer, which had to be read.
   *
   * @param isGood - whether a text would be a good answer to the request of another number
   */
  learn({ bytes, length, isStream, id }: HeardAnswer, isGood: (text: string, id: number) => boolean): void {
    this.#missesInARow++
    this.#bytes = NOTHING
    const isTired = this.#missesInARow > PATIENCE && this.#missesInARow % TRY_EVERY !== 0
    if (isTired || length > MOST_BYTES) return
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1')
    const idAt = placeOfId(text, id)
    if (idAt === undefined) return
    const digits = digitsOf(id)
    const [before, after] = [text.slice(0, idAt), text.slice(idAt + digits)]
    // Digits elsewhere in it may look like its number: with others in their place it has to be an answer to those.
    if (!isGood(`${before}${OTHER_ID}${after}`, OTHER_ID)) return
    this.#bytes = Buffer.from(`${before}${after}`, 'latin1')
    this.#idAt = idAt
    this.#isStream = isStream
  }
}

/** @returns where its digits begin, in the first place that looks like it */
function placeOfId(text: string, id: number): number | undefined {
  const name = text.indexOf('"id":')
  if (name < 0) return undefined
  const from = name + '"id":'.length
  const at = text[from] === ' ' ? from + 1 : from
  return text.startsWith(String(id), at) ? at : undefined
}

function digitsOf(id: number): number {
  let digits = 1
  for (let rest = id; rest >= 10; rest /= 10) digits++
  return digits
}
