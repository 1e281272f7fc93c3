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
    this.#id = firstId(index, of)
    const { start, beforeParams, beforeToken } = messageParts(operation)
    const upToId = `${start}${this.#id}`
    const upToToken = `${upToId}${beforeParams}${beforeToken}${this.#id}`
    const before = hasToken ? upToToken : `${upToId}${beforeParams}`
    const bytes = Buffer.from(`${before}${paramsJson(operation.params, hasToken)}}`)
    this.#request = encodeRequest(endpoint, { method: 'POST', headers, body: bytes })
    const bodyFrom = this.#request.bytes.length - bytes.length
    this.#lastDigit = bodyFrom + Buffer.byteLength(upToId) - 1
    this.#lastTokenDigit = hasToken ? bodyFrom + Buffer.byteLength(upToToken) - 1 : 0
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

/** Ids of one kind of requests among several in a session count up from here. */
export function firstId(index: number, of: number): number {
  return FIRST_ID + index * Math.floor((LARGEST_ID - FIRST_ID) / of)
}

/** What stands around ids and parameters. The id comes before what users write, which may hold anything. */
export function messageParts({ method }: McpOperation) {
  return {
    start: '{"jsonrpc":"2.0","id":',
    beforeParams: `,"method":${JSON.stringify(method)},"params":`,
    beforeToken: '{"_meta":{"progressToken":',
  }
}

/** @param hasToken - whether a token stands before it, so that what follows is to go on behind that */
export function paramsJson(params: object, hasToken: boolean): string {
  return hasToken ? afterToken(params) : JSON.stringify(params)
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
