import { nowNs } from '../../clock/index.ts'
import { CANCELLED, type Ending } from '../ending.ts'
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
  readonly draws: SessionDraws
  /** it ends after so many; absent: never */
  readonly requestsPerSession?: number
  /** ask tools for progress */
  readonly progress?: boolean
  /** when calls that are to be cancelled are */
  readonly cancel?: { readonly afterNs: number }
}

/** What is left to chance. */
export interface SessionDraws {
  /** which operation comes next */
  readonly operation: () => number
  /** whether a call is to be cancelled */
  readonly cancels: () => boolean
}

const PROTOCOL_VERSION = '2025-11-25'
const SESSION_ID = 'mcp-session-id'
const BASE_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const INITIALIZE_ID = 1
const TOOL_CALL = 'tools/call'
const FIRST_ERROR_STATUS = 400
const BAD_REQUEST = 400
const NOT_FOUND = 404
/** A client cannot end sessions of every server. */
const NOT_ALLOWED = 405
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
  /** requests of this session */
  #asked = 0
  #cancelAfterNs: number | undefined
  #isCancelled = false
  #openingSinceNs = 0
  #openTimeNs: number | undefined

  constructor(options: McpSessionOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#state === 'open' && !this.#isSpent
  }

  get #isSpent(): boolean {
    return this.#asked >= (this.#options.requestsPerSession ?? Number.POSITIVE_INFINITY)
  }

  /** Index of the operation that `next` asked for last. */
  get operation(): number {
    return this.#operation
  }

  /** The next request of the handshake, after the farewell of a session that is spent; nothing once one is open. */
  opening(): EncodedRequest | undefined {
    if (this.#state === 'open') {
      if (!this.#isSpent) return undefined
      const farewell = this.farewell()
      if (farewell !== undefined) return farewell
    }
    if (this.#state === 'initialised' || this.#state === 'notifying') {
      this.#state = 'notifying'
      return this.#encode({ jsonrpc: '2.0', method: 'notifications/initialized' }, this.#sessionHeaders())
    }
    this.#state = 'initialising'
    this.#sessionId = undefined
    this.#asked = 0
    this.#openingSinceNs = nowNs()
    const clientInfo = { name: 'perf-kit', version: '1' }
    const params = { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo }
    return this.#encode({ jsonrpc: '2.0', id: INITIALIZE_ID, method: 'initialize', params }, BASE_HEADERS)
  }

  takeOpenTimeNs(): number | undefined {
    const openTimeNs = this.#openTimeNs
    this.#openTimeNs = undefined
    return openTimeNs
  }

  next(): EncodedRequest {
    this.#asked++
    const { draws, cancel } = this.#options
    this.#operation = draws.operation()
    const request = this.#requests[this.#operation] ?? this.#numberedRequest(this.#operation)
    this.#cancelAfterNs = cancel !== undefined && this.#isCall && draws.cancels() ? cancel.afterNs : undefined
    this.#isCancelled = false
    return request.next()
  }

  get cancelAfterNs(): number | undefined {
    return this.#cancelAfterNs
  }

  cancellation(): EncodedRequest {
    this.#isCancelled = true
    const params = { requestId: this.#id, reason: 'the user has changed their mind' }
    return this.#encode({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, this.#sessionHeaders())
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
    if (ending.isOk) this.#openTimeNs = nowNs() - this.#openingSinceNs
    return ending
  }

  #endFarewell(): Ending {
    this.#state = 'new'
    const { status } = this.#answer
    const ending = this.#answer.acceptance()
    return status === NOT_FOUND || status === NOT_ALLOWED ? { ...ending, isOk: true } : ending
  }

  #endCall(): Ending {
    const { status } = this.#answer
    // Some servers say 400 for a session that they do not know; but a request that was never answered well is bad in itself.
    if (status === NOT_FOUND || (status === BAD_REQUEST && this.#hasAnswered)) this.#state = 'new'
    const ending = this.#answer.judge(this.#id)
    if (ending.isOk) this.#hasAnswered = true
    // The answer may have been on its way already; else the server has ended its reply, or says that it was cancelled.
    else if (this.#isCancelled && status < FIRST_ERROR_STATUS) return CANCELLED
    return this.#options.progress === true ? { ...ending, progressEvents: this.#answer.progressOf(this.#id) } : ending
  }

  /** of the request that was given last */
  get #id(): number {
    return this.#requests[this.#operation]?.id ?? 0
  }

  get #isCall(): boolean {
    return this.#options.operations[this.#operation]?.method === TOOL_CALL
  }

  #numberedRequest(index: number): NumberedRequest {
    const { endpoint, headers, operations, progress } = this.#options
    const operation = operations[index]
    if (operation === undefined) throw new RangeError(`there is no operation number ${index}`)
    const request = new NumberedRequest(endpoint, { ...headers, ...this.#sessionHeaders() }, operation, {
      index,
      of: operations.length,
      hasToken: progress === true && operation.method === TOOL_CALL,
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
