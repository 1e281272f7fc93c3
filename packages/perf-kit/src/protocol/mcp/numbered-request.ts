import type { HttpEndpoint } from '../http-endpoint.ts'
import { type EncodedRequest, encodeRequest } from '../http-request.ts'
import type { McpOperation } from './mcp-operation.ts'

/** Ten digits always, so that the next id takes the place of the last one and no length changes. */
const FIRST_ID = 1_000_000_000
/** Some servers keep ids in 32 bits. */
const LARGEST_ID = 2 ** 31 - 1
const NINE = 0x39
const ZERO = 0x30

export interface NumberedOptions {
  /** which of how many kinds of requests in one session: each kind has ids of its own, as no id may be used twice */
  readonly index?: number
  readonly of?: number
  /** asks for progress, with the id as the token for it */
  readonly hasToken?: boolean
}

/** A JSON-RPC request over HTTP whose id is counted up in its bytes: nothing is encoded again. */
export class NumberedRequest {
  readonly #request: EncodedRequest
  readonly #lastDigit: number
  /** of the same number as a token; 0 without one */
  readonly #lastTokenDigit: number
  #id: number

  constructor(
    endpoint: HttpEndpoint,
    headers: Readonly<Record<string, string>>,
    operation: McpOperation,
    { index = 0, of = 1, hasToken = false }: NumberedOptions = {},
  ) {
    this.#id = FIRST_ID + index * Math.floor((LARGEST_ID - FIRST_ID) / of)
    // The id comes before what users write, which may hold anything.
    const start = `{"jsonrpc":"2.0","id":${this.#id}`
    const beforeParams = `${start},"method":${JSON.stringify(operation.method)},"params":`
    const beforeToken = `${beforeParams}{"_meta":{"progressToken":${this.#id}`
    const body = hasToken ? beforeToken + afterToken(operation.params) : beforeParams + JSON.stringify(operation.params)
    const bytes = Buffer.from(`${body}}`)
    this.#request = encodeRequest(endpoint, { method: 'POST', headers, body: bytes })
    const bodyFrom = this.#request.bytes.length - bytes.length
    this.#lastDigit = bodyFrom + Buffer.byteLength(start) - 1
    this.#lastTokenDigit = hasToken ? bodyFrom + Buffer.byteLength(beforeToken) - 1 : 0
  }

  /** of the request that `next` gave last */
  get id(): number {
    return this.#id
  }

  /** The same bytes each time, with another id: what was given before must have been sent. */
  next(): EncodedRequest {
    this.#id++
    countUp(this.#request.bytes, this.#lastDigit)
    if (this.#lastTokenDigit > 0) countUp(this.#request.bytes, this.#lastTokenDigit)
    return this.#request
  }
}

function countUp(bytes: Uint8Array, lastDigit: number): void {
  for (let at = lastDigit; ; at--) {
    const digit = bytes[at] ?? ZERO
    if (digit < NINE) {
      bytes[at] = digit + 1
      return
    }
    bytes[at] = ZERO
  }
}

/** The rest of `_meta` and of the parameters, with what a user has put there. */
function afterToken(params: object): string {
  const { _meta: meta, ...others }: Record<string, unknown> = { ...params }
  return `${furtherMembers(typeof meta === 'object' && meta !== null ? meta : {})}}${furtherMembers(others)}}`
}

function furtherMembers(object: object): string {
  const members = JSON.stringify(object).slice(1, -1)
  return members === '' ? '' : `,${members}`
}
