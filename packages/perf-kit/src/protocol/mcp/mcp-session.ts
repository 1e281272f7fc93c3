import type { Ending } from '../ending.ts'
import type { HttpEndpoint } from '../http-endpoint.ts'
import { type EncodedRequest, encodeRequest } from '../http-request.ts'
import type { ResponseHead } from '../response-head.ts'
import { McpAnswer } from './mcp-answer.ts'
import type { McpOperation } from './mcp-operation.ts'
import { NumberedRequest } from './numbered-request.ts'

export interface McpSessionOptions {
  readonly endpoint: HttpEndpoint
  /** of each request, besides those of the protocol */
  readonly headers: Readonly<Record<string, string>>
  readonly operations: readonly McpOperation[]
  /** which of them comes next */
  readonly draw: () => number
}

const PROTOCOL_VERSION = '2025-11-25'
const SESSION_ID = 'mcp-session-id'
const BASE_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const INITIALIZE_ID = 1
const BAD_REQUEST = 400
const NOT_FOUND = 404
const VERSION = /^\d{4}-\d\d-\d\d$/

type State = 'new' | 'initialising' | 'initialised' | 'notifying' | 'open' | 'leaving'

/**
 * A client's session by the revisions up to 2025-11-25, spoken by hand: the official client costs twenty times as much
 * processor a call, and would measure itself. One request at a time; an answer may be JSON or a stream of events.
 */
export class McpSession {
  readonly #options: McpSessionOptions
  readonly #answer = new McpAnswer()
  /** one for each operation, made when it is first asked in a session */
  readonly #requests: (NumberedRequest | undefined)[] = []
  #state: State = 'new'
  #sessionId: string | undefined
  #version = PROTOCOL_VERSION
  #operation = 0
  /** whether this session has answered a call well */
  #hasAnswered = false

  constructor(options: McpSessionOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Index of the operation that `next` asked for last. */
  get operation(): number {
    return this.#operation
  }

  /** The next request of the handshake; nothing once the session is open. */
  opening(): EncodedRequest | undefined {
    if (this.#state === 'open') return undefined
    if (this.#state === 'initialised' || this.#state === 'notifying') {
      this.#state = 'notifying'
      return this.#encode({ jsonrpc: '2.0', method: 'notifications/initialized' }, this.#sessionHeaders())
    }
    this.#state = 'initialising'
    this.#sessionId = undefined
    const clientInfo = { name: 'perf-kit', version: '1' }
    const params = { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo }
    return this.#encode({ jsonrpc: '2.0', id: INITIALIZE_ID, method: 'initialize', params }, BASE_HEADERS)
  }

  next(): EncodedRequest {
    this.#operation = this.#options.draw()
    const request = this.#requests[this.#operation] ?? this.#numberedRequest(this.#operation)
    return request.next()
  }

  /** Whether the server has or is about to have a session for us. */
  get hasSession(): boolean {
    return this.#state !== 'new' && this.#state !== 'leaving'
  }

  farewell(): EncodedRequest | undefined {
    if (!this.hasSession || this.#state === 'initialising' || this.#sessionId === undefined) return undefined
    this.#state = 'leaving'
    const { endpoint, headers } = this.#options
    return encodeRequest(endpoint, { method: 'DELETE', headers: { ...headers, ...this.#sessionHeaders() } })
  }

  onHead(head: ResponseHead): void {
    this.#answer.begin(head)
    if (this.#state === 'initialising') this.#sessionId = head.get(SESSION_ID)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    this.#answer.add(bytes, from, to)
  }

  end(): Ending {
    if (this.#state === 'initialising') return this.#endInitialise()
    if (this.#state === 'notifying') return this.#endNotify()
    if (this.#state === 'leaving') return this.#endFarewell()
    return this.#endCall()
  }

  #endInitialise(): Ending {
    const ending = this.#answer.judge(INITIALIZE_ID)
    this.#state = 'new'
    if (!ending.isOk) return ending
    const version = this.#answer.resultOf(INITIALIZE_ID)?.['protocolVersion']
    // It goes into a header of each request: not whatever a server likes to say.
    if (typeof version !== 'string' || !VERSION.test(version)) return { outcome: 'RPC VERSION', isOk: false }
    this.#version = version
    this.#requests.length = 0
    this.#hasAnswered = false
    this.#state = 'initialised'
    return ending
  }

  #endNotify(): Ending {
    const ending = this.#answer.acceptance()
    this.#state = ending.isOk ? 'open' : 'new'
    return ending
  }

  #endFarewell(): Ending {
    this.#state = 'new'
    return this.#answer.acceptance()
  }

  #endCall(): Ending {
    const { status } = this.#answer
    // Some servers say 400 for a session that they do not know; but a request that was never answered well is bad in itself.
    if (status === NOT_FOUND || (status === BAD_REQUEST && this.#hasAnswered)) this.#state = 'new'
    const ending = this.#answer.judge(this.#requests[this.#operation]?.id ?? 0)
    if (ending.isOk) this.#hasAnswered = true
    return ending
  }

  #numberedRequest(index: number): NumberedRequest {
    const { endpoint, headers, operations } = this.#options
    const operation = operations[index]
    if (operation === undefined) throw new RangeError(`there is no operation number ${index}`)
    const request = new NumberedRequest(endpoint, { ...headers, ...this.#sessionHeaders() }, operation, {
      index,
      of: operations.length,
    })
    this.#requests[index] = request
    return request
  }

  #sessionHeaders(): Record<string, string> {
    const session = this.#sessionId === undefined ? {} : { [SESSION_ID]: this.#sessionId }
    return { ...BASE_HEADERS, ...session, 'mcp-protocol-version': this.#version }
  }

  #encode(message: object, headers: Readonly<Record<string, string>>): EncodedRequest {
    const body = Buffer.from(JSON.stringify(message))
    const { endpoint } = this.#options
    return encodeRequest(endpoint, { method: 'POST', headers: { ...this.#options.headers, ...headers }, body })
  }
}
