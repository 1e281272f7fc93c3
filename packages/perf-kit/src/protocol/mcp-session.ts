import type { HttpEndpoint } from './http-endpoint.ts'
import { type EncodedRequest, encodeRequest } from './http-request.ts'
import { loadEventParser } from './lazy-event-parser.ts'
import { NumberedRequest } from './numbered-request.ts'
import type { ResponseHead } from './response-head.ts'

/** What is asked again and again, once a session is open: `tools/call`, `ping` … */
export interface McpOperation {
  readonly method: string
  readonly params: object
}

interface Ending {
  readonly outcome: string
  readonly isOk: boolean
}

const PROTOCOL_VERSION = '2025-11-25'
const SESSION_ID = 'mcp-session-id'
const EVENT_STREAM = 'text/event-stream'
const BASE_HEADERS = { 'content-type': 'application/json', accept: `application/json, ${EVENT_STREAM}` }
const FIRST_ERROR_STATUS = 400
const BAD_REQUEST = 400
const NOT_FOUND = 404
const VERSION = /^\d{4}-\d\d-\d\d$/

type State = 'new' | 'initialising' | 'initialised' | 'notifying' | 'open' | 'leaving'

/**
 * A client's session by the revisions up to 2025-11-25, spoken by hand: the official client costs twenty times as much
 * processor a call, and would measure itself. One request at a time; an answer may be JSON or a stream of events.
 */
export class McpSession {
  readonly #endpoint: HttpEndpoint
  readonly #headers: Readonly<Record<string, string>>
  readonly #operation: McpOperation
  #state: State = 'new'
  #sessionId: string | undefined
  #version = PROTOCOL_VERSION
  #request: NumberedRequest | undefined
  #status = 0
  #isStream = false
  /** whether this session has answered a call well */
  #hasAnswered = false
  readonly #pieces: Uint8Array[] = []

  /** @param headers - of each request, besides those of the protocol */
  constructor(endpoint: HttpEndpoint, headers: Readonly<Record<string, string>>, operation: McpOperation) {
    this.#endpoint = endpoint
    this.#headers = headers
    this.#operation = operation
  }

  get isOpen(): boolean {
    return this.#state === 'open'
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
    return this.#encode({ jsonrpc: '2.0', id: 1, method: 'initialize', params }, BASE_HEADERS)
  }

  next(): EncodedRequest {
    this.#request ??= new NumberedRequest(
      this.#endpoint,
      { ...this.#headers, ...this.#sessionHeaders() },
      this.#operation,
    )
    return this.#request.next()
  }

  /** Whether the server has or is about to have a session for us. */
  get hasSession(): boolean {
    return this.#state !== 'new' && this.#state !== 'leaving'
  }

  farewell(): EncodedRequest | undefined {
    if (!this.hasSession || this.#state === 'initialising' || this.#sessionId === undefined) return undefined
    this.#state = 'leaving'
    return encodeRequest(this.#endpoint, { method: 'DELETE', headers: { ...this.#headers, ...this.#sessionHeaders() } })
  }

  onHead(head: ResponseHead): void {
    this.#status = head.status
    this.#isStream = head.get('content-type')?.startsWith(EVENT_STREAM) ?? false
    this.#pieces.length = 0
    if (this.#state === 'initialising') this.#sessionId = head.get(SESSION_ID)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    // Copied: the next read overwrites them. `slice` would not copy, since they are a Buffer's.
    this.#pieces.push(Uint8Array.from(bytes.subarray(from, to)))
  }

  end(): Ending {
    if (this.#state === 'initialising') return this.#endInitialise()
    if (this.#state === 'notifying') return this.#endNotify()
    if (this.#state === 'leaving') return this.#endFarewell()
    return this.#endCall()
  }

  #endInitialise(): Ending {
    const ending = this.#judge(1)
    this.#state = 'new'
    if (!ending.isOk) return ending
    const result = this.#answerTo(1)?.['result']
    const version = isObject(result) ? result['protocolVersion'] : undefined
    // It goes into a header of each request: not whatever a server likes to say.
    if (typeof version !== 'string' || !VERSION.test(version)) return { outcome: 'RPC VERSION', isOk: false }
    this.#version = version
    this.#request = undefined
    this.#hasAnswered = false
    this.#state = 'initialised'
    return ending
  }

  #endNotify(): Ending {
    const isOk = this.#status < FIRST_ERROR_STATUS
    this.#state = isOk ? 'open' : 'new'
    return { outcome: `HTTP ${this.#status}`, isOk }
  }

  #endFarewell(): Ending {
    this.#state = 'new'
    return { outcome: `HTTP ${this.#status}`, isOk: this.#status < FIRST_ERROR_STATUS }
  }

  #endCall(): Ending {
    // Some servers say 400 for a session that they do not know; but a request that was never answered well is bad in itself.
    if (this.#status === NOT_FOUND || (this.#status === BAD_REQUEST && this.#hasAnswered)) this.#state = 'new'
    const ending = this.#judge(this.#request?.id ?? 0)
    if (ending.isOk) this.#hasAnswered = true
    return ending
  }

  #judge(id: number): Ending {
    if (this.#status >= FIRST_ERROR_STATUS) return { outcome: `HTTP ${this.#status}`, isOk: false }
    const answer = this.#answerTo(id)
    if (answer === undefined) return { outcome: 'RPC NO ANSWER', isOk: false }
    const { error, result } = answer
    if (!('result' in answer)) return { outcome: `RPC ${codeOf(error)}`, isOk: false }
    if (isObject(result) && result['isError'] === true) return { outcome: 'TOOL ERROR', isOk: false }
    return { outcome: `HTTP ${this.#status}`, isOk: true }
  }

  /** Others may come before it: progress, or an event without data that a stream begins with. */
  #answerTo(id: number): Record<string, unknown> | undefined {
    return this.#messages().find((message) => message['id'] === id && ('result' in message || 'error' in message))
  }

  #messages(): Record<string, unknown>[] {
    const text = Buffer.concat(this.#pieces).toString()
    if (!this.#isStream) return parseMessages(text)
    const messages: Record<string, unknown>[] = []
    loadEventParser()
      .createParser({ onEvent: ({ data }) => messages.push(...parseMessages(data)) })
      .feed(text)
    return messages
  }

  #sessionHeaders(): Record<string, string> {
    const session = this.#sessionId === undefined ? {} : { [SESSION_ID]: this.#sessionId }
    return { ...BASE_HEADERS, ...session, 'mcp-protocol-version': this.#version }
  }

  #encode(message: object, headers: Readonly<Record<string, string>>): EncodedRequest {
    const body = Buffer.from(JSON.stringify(message))
    return encodeRequest(this.#endpoint, { method: 'POST', headers: { ...this.#headers, ...headers }, body })
  }
}

/** @returns one message, those of a batch, or none when it is not JSON */
function parseMessages(text: string): Record<string, unknown>[] {
  if (text === '') return []
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).filter(isObject)
  } catch {
    return []
  }
}

/** A closed set: what a server puts there may be anything, and there are as many outcomes as different ones. */
function codeOf(error: unknown): string {
  const code = isObject(error) ? error['code'] : undefined
  return typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 1e6 ? String(code) : 'ERROR'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
