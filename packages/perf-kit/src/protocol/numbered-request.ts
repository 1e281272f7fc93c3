import type { HttpEndpoint } from './http-endpoint.ts'
import { type EncodedRequest, encodeRequest } from './http-request.ts'

/** Ten digits, so that the next id takes the place of the last one and no length changes. */
const ID_BEFORE_FIRST = 1_000_000_000
const ID_DIGITS = 10
const NINE = 0x39
const ZERO = 0x30

/** A JSON-RPC request over HTTP whose id is counted up in its bytes: nothing is encoded again. */
export class NumberedRequest {
  readonly #request: EncodedRequest
  readonly #lastDigit: number
  #id = ID_BEFORE_FIRST

  /** @param params - must be JSON */
  constructor(
    endpoint: HttpEndpoint,
    headers: Readonly<Record<string, string>>,
    { method, params }: { readonly method: string; readonly params: object },
  ) {
    // The id comes before what users write, which may hold anything.
    const body = `{"jsonrpc":"2.0","id":${ID_BEFORE_FIRST},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`
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
