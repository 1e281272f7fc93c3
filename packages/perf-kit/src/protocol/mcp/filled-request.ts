import type { HttpEndpoint } from '../http-endpoint.ts'
import { type EncodedHead, type EncodedRequest, encodeHead } from '../http-request.ts'
import type { McpOperation } from './mcp-operation.ts'
import { firstId, messageParts, type NumberedOptions } from './numbered-request.ts'

/**
 * Finds the gaps of a piece of JSON, to be filled for one request after another.
 *
 * @returns what fills them for the next request, and gives its bytes, a character each; `undefined` when there are none
 */
export type FillJson = (json: string) => (() => string) | undefined

/** A header that tells of a parameter has its gap too. */
const GAP = '{{'
/** Beyond ASCII it is written in Base64, where none can be seen. */
const HIDDEN = '=?base64?'

export interface FilledOptions extends Required<NumberedOptions> {
  readonly operation: McpOperation
  /** may tell of the parameters */
  readonly headersOf: (params: object) => Readonly<Record<string, string>>
  /** the parameters of the next request, as `paramsJson` has them */
  readonly fill: () => string
}

/** A JSON-RPC request over HTTP whose parameters differ from call to call: its head is encoded once, and its body put together each time. */
export class FilledRequest {
  readonly #endpoint: HttpEndpoint
  readonly #options: FilledOptions
  readonly #head: EncodedHead | undefined
  readonly #start: string
  readonly #beforeParams: string
  readonly #beforeToken: string
  #id: number

  constructor(endpoint: HttpEndpoint, options: FilledOptions) {
    const { operation, headersOf, index, of } = options
    this.#endpoint = endpoint
    this.#options = options
    this.#id = firstId(index, of)
    const { start, beforeParams, beforeToken } = messageParts(operation)
    this.#start = bytesOf(start)
    this.#beforeParams = bytesOf(beforeParams)
    this.#beforeToken = bytesOf(beforeToken)
    const headers = headersOf(operation.params)
    const hasGap = Object.values(headers).some((value) => value.includes(GAP) || value.startsWith(HIDDEN))
    this.#head = hasGap ? undefined : encodeHead(endpoint, { method: 'POST', headers })
  }

  /** of the request that `next` gave last */
  get id(): number {
    return this.#id
  }

  next(): EncodedRequest {
    const { hasToken, fill } = this.#options
    const id = ++this.#id
    const params = hasToken ? `${this.#beforeToken}${id}${fill()}` : fill()
    const body = `${this.#start}${id}${this.#beforeParams}${params}}`
    const { text, fields } = this.#head ?? this.#headFor(params)
    const head = `${text}${body.length}\r\n\r\n`
    return { bytes: Buffer.from(`${head}${body}`, 'latin1'), bodyFrom: head.length, fields, expectsBody: true }
  }

  #headFor(params: string): EncodedHead {
    const parsed: object = JSON.parse(Buffer.from(params, 'latin1').toString())
    return encodeHead(this.#endpoint, { method: 'POST', headers: this.#options.headersOf(parsed) })
  }
}

/** As UTF-8 has it, a character a byte. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
