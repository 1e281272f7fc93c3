import type { HttpEndpoint } from '../http-endpoint.ts'
import { type EncodedRequest, encodeRequest } from '../http-request.ts'
import type { McpOperation } from './mcp-operation.ts'

/** Ten digits, so that the next id takes the place of the last one and no length changes. */
const FIRST_ID = 1_000_000_000
const ID_DIGITS = 10
/** Some servers keep ids in 32 bits. */
const LARGEST_ID = 2 ** 31 - 1
const NINE = 0x39
const ZERO = 0x30

/** Which of how many kinds of requests in one session: each kind has ids of its own, as no id may be used twice. */
export interface IdShare {
  readonly index: number
  readonly of: number
}

/** A JSON-RPC request over HTTP whose id is counted up in its bytes: nothing is encoded again. */
export class NumberedRequest {
  readonly #request: EncodedRequest
  readonly #lastDigit: number
  #id: number

  constructor(
    endpoint: HttpEndpoint,
    headers: Readonly<Record<string, string>>,
    { method, params }: McpOperation,
    { index, of }: IdShare = { index: 0, of: 1 },
  ) {
    this.#id = FIRST_ID + index * Math.floor((LARGEST_ID - FIRST_ID) / of)
    // The id comes before what users write, which may hold anything.
    const body = `{"jsonrpc":"2.0","id":${this.#id},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`
    const bytes = Buffer.from(body)
    this.#request = encodeRequest(endpoint, { method: 'POST', headers, body: bytes })
    const bodyFrom = this.#request.bytes.length - bytes.length
    const idFrom = bodyFrom + '{"jsonrpc":"2.0","id":'.length
    this.#lastDigit = idFrom + ID_DIGITS - 1
  }

  /** of the request that `next` gave last */
  get id(): number {
    return this.#id
  }

  /** The same bytes each time, with another id: what was given before must have been sent. */
  next(): EncodedRequest {
    this.#id++
    const { bytes } = this.#request
    for (let at = this.#lastDigit; ; at--) {
      const digit = bytes[at] ?? ZERO
      if (digit < NINE) {
        bytes[at] = digit + 1
        return this.#request
      }
      bytes[at] = ZERO
    }
  }
}
