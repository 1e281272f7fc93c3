import { CANCELLED, type Ending } from '../ending.ts'
import { type EncodedRequest, encodeRequest } from '../http-request.ts'
import type { ResponseHead } from '../response-head.ts'
import { McpAnswer } from './mcp-answer.ts'
import { OperationRequests, type OperationRequestsOptions } from './operation-requests.ts'
import { STATELESS_VERSION } from './protocol-versions.ts'
import type { StreamRequest } from './stream-request.ts'

export interface McpStatelessOptions extends OperationRequestsOptions {
  /** of each request, besides those of the protocol */
  readonly headers: Readonly<Record<string, string>>
  readonly subscribe?: readonly string[]
}

const LISTEN = 'subscriptions/listen'
const BASE_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': STATELESS_VERSION,
}
const META = {
  'io.modelcontextprotocol/protocolVersion': STATELESS_VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'perf-kit', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}
/** Which parameter of a method stands in the header `Mcp-Name` too. */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
])
/** What may stand in a header as it is; the rest is written in Base64. */
const PLAIN = /^(?!=\?base64\?)[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** Requests by the revision 2026-07-28: each stands for itself, so that there is no session to be opened or ended. */
export class McpStateless {
  readonly isOpen = true
  readonly hasSession = false
  readonly #options: McpStatelessOptions
  readonly #requests: OperationRequests
  readonly #answer = new McpAnswer()
  #isListening = false

  constructor(options: McpStatelessOptions) {
    this.#options = options
    const operations = options.operations.map(({ method, params }) => ({ method, params: withMeta(params) }))
    const { stateless: bodies } = options.bodies
    this.#requests = new OperationRequests({ ...options, operations, bodies }, ({ method, params }) =>
      this.#headersFor(method, params),
    )
  }

  get operation(): number {
    return this.#requests.operation
  }

  get cancelAfterNs(): number | undefined {
    return this.#requests.cancelAfterNs
  }

  opening(): undefined {
    return undefined
  }

  /** One stream for as long as there are requests: it is asked for again by whoever holds it. */
  listening(): StreamRequest | undefined {
    const { endpoint, subscribe = [] } = this.#options
    if (subscribe.length === 0 || this.#isListening) return undefined
    const params = withMeta({ notifications: { resourceSubscriptions: subscribe } })
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: LISTEN, params }))
    return {
      request: encodeRequest(endpoint, { method: 'POST', headers: this.#headersFor(LISTEN, params), body }),
      acknowledgedBy: 'notifications/subscriptions/acknowledged',
    }
  }

  listens(isThere: boolean): void {
    this.#isListening = isThere
  }

  takeOpenTimeNs(): undefined {
    return undefined
  }

  next(): EncodedRequest {
    return this.#requests.next()
  }

  /** Whether `next` had to make one up that is new. */
  get isMadeUp(): boolean {
    return this.#requests.isMadeUp
  }

  /** A request is cancelled by ending its stream. */
  cancellation(): undefined {
    return undefined
  }

  farewell(): undefined {
    return undefined
  }

  onHead(head: ResponseHead): void {
    this.#answer.begin(head)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    this.#answer.add(bytes, from, to)
  }

  end(): Ending {
    return this.#withProgress(this.#answer.judge(this.#requests.id, this.#requests.operation))
  }

  /** What is given up, or has failed: what has come of its answer may have told of progress. */
  endCancelled(): Ending {
    return this.#withProgress(CANCELLED)
  }

  endFailed(ending: Ending): Ending {
    return this.#withProgress(ending)
  }

  cut(): void {
    // Each request stands for itself.
  }

  #withProgress(ending: Ending): Ending {
    const { id, asksForProgress } = this.#requests
    return asksForProgress ? { ...ending, progressEvents: this.#answer.progressOf(id) } : ending
  }

  #headersFor(method: string, params: object): Record<string, string> {
    const key = NAMED_BY.get(method)
    const name: unknown = key === undefined ? undefined : Reflect.get(params, key)
    const named = typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}
    return { ...this.#options.headers, ...BASE_HEADERS, 'mcp-method': headerValue(method), ...named }
  }
}

function withMeta(params: object): object {
  const { _meta: meta, ...others }: Record<string, unknown> = { ...params }
  return { ...others, _meta: { ...(typeof meta === 'object' ? meta : {}), ...META } }
}

function headerValue(text: string): string {
  return PLAIN.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}
