import { loadEventParser } from '../lazy-event-parser.ts'
import { type JsonObject, parseMessages } from './json-messages.ts'

/** An event that is longer has no end: nobody announces changes in that many characters. */
const LONGEST_EVENT_CHARACTERS = 2 ** 20

/** Messages out of a stream of events that does not end, cut anywhere; of what was read nothing is kept. */
export class MessageStream {
  readonly #decoder = new TextDecoder()
  readonly #parser
  #isBroken = false

  constructor(onMessage: (message: JsonObject) => void) {
    this.#parser = loadEventParser().createParser({
      maxBufferSize: LONGEST_EVENT_CHARACTERS,
      onEvent: ({ data }) => {
        for (const message of parseMessages(data)) onMessage(message)
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#isBroken = true
      },
    })
  }

  /** @returns false when no end of an event is to be found */
  feed(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#isBroken) return false
    this.#parser.feed(this.#decoder.decode(bytes.subarray(from, to), { stream: true }))
    return !this.#isBroken
  }
}
