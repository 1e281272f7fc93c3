import type { HttpEndpoint } from '../http-endpoint.ts'
import { type EncodedRequest, encodeRequest, withText } from '../http-request.ts'
import type { McpOperation } from './mcp-operation.ts'

/** Ten digits always, so that the next id takes the place of the last one and no length changes. */
const FIRST_ID = 1_000_000_000
/** Some servers keep ids in 32 bits. */
const LARGEST_ID = 2 ** 31 - 1
const DIGITS = 10
const NINE = 0x39
const ZERO = 0x30

export interface NumberedOptions {
  /** which of how many kinds of requests in one session: each kind has ids of its own, as no id may be used twice */
  readonly index?: number
  readonly of?: number
  /** asks for progress, with the id as the token for it */
  readonly hasToken?: boolean
}

/** Beyond it, what stands behind the ids is in one piece of memory for all sessions: a thousand of them may send a body of a MB. */
const SHARED_FROM_BYTES = 16_384

/** The body of an operation's requests, which are the same in all sessions but for their ids. */
export interface NumberedBody {
  /** with the id before the first */
  readonly bytes: Uint8Array
  readonly idBefore: number
  /** where in the bytes an id ends */
  readonly lastDigit: number
  /** of the same number as a token; 0 without one */
  readonly lastTokenDigit: number
}

type MutableText = Omit<EncodedRequest, 'text'> & { text?: string }

/** A JSON-RPC request over HTTP whose id is counted up in its bytes: nothing is encoded again. */
export class NumberedRequest {
  readonly #request: MutableText
  /** what stands around the ids, a character a byte; nothing for what is too long to be written as text */
  readonly #texts: readonly string[]
  readonly #lastDigit: number
  /** of the same number as a token; 0 without one */
  readonly #lastTokenDigit: number
  #id: number

  /** @param body - may be shared: what changes in it is copied */
  constructor(endpoint: HttpEndpoint, headers: Readonly<Record<string, string>>, body: NumberedBody) {
    this.#id = body.idBefore
    this.#request = encoded(endpoint, headers, body)
    const { bodyFrom } = this.#request
    this.#lastDigit = bodyFrom + body.lastDigit
    this.#lastTokenDigit = body.lastTokenDigit === 0 ? 0 : bodyFrom + body.lastTokenDigit
    this.#texts = this.#textsAround()
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
    const [start, end, behindToken] = this.#texts
    if (behindToken !== undefined) this.#request.text = `${start}${this.#id}${end}${this.#id}${behindToken}`
    else if (end !== undefined) this.#request.text = `${start}${this.#id}${end}`
    return this.#request
  }

  #textsAround(): string[] {
    const { text } = this.#request
    if (text === undefined) return []
    const start = text.slice(0, this.#lastDigit + 1 - DIGITS)
    if (this.#lastTokenDigit === 0) return [start, text.slice(this.#lastDigit + 1)]
    return [
      start,
      text.slice(this.#lastDigit + 1, this.#lastTokenDigit + 1 - DIGITS),
      text.slice(this.#lastTokenDigit + 1),
    ]
  }
}

export function numberedBody(
  operation: McpOperation,
  { index = 0, of = 1, hasToken = false }: NumberedOptions = {},
): NumberedBody {
  const idBefore = firstId(index, of)
  const { start, beforeParams, beforeToken } = messageParts(operation)
  const upToId = `${start}${idBefore}`
  const upToToken = `${upToId}${beforeParams}${beforeToken}${idBefore}`
  const before = hasToken ? upToToken : `${upToId}${beforeParams}`
  return {
    bytes: Buffer.from(`${before}${paramsJson(operation.params, hasToken)}}`),
    idBefore,
    lastDigit: Buffer.byteLength(upToId) - 1,
    lastTokenDigit: hasToken ? Buffer.byteLength(upToToken) - 1 : 0,
  }
}

function encoded(endpoint: HttpEndpoint, headers: Readonly<Record<string, string>>, body: NumberedBody): MutableText {
  const { bytes, lastDigit, lastTokenDigit } = body
  if (bytes.length < SHARED_FROM_BYTES)
    return withText(encodeRequest(endpoint, { method: 'POST', headers, body: bytes }))
  const behindIds = Math.max(lastDigit, lastTokenDigit) + 1
  const [own, tail] = [bytes.subarray(0, behindIds), bytes.subarray(behindIds)]
  return encodeRequest(endpoint, { method: 'POST', headers, body: own, tail })
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
