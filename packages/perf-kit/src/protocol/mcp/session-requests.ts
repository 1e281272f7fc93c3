import type { HttpEndpoint } from '../http-endpoint.ts'
import { type EncodedRequest, encodeRequest } from '../http-request.ts'
import type { McpVersion } from './protocol-versions.ts'

export const INITIALIZE_ID = 1
const SESSION_ID = 'mcp-session-id'
const EVENT_STREAM = 'text/event-stream'
const BASE_HEADERS = { 'content-type': 'application/json', accept: `application/json, ${EVENT_STREAM}` }

/** What a client says about a session, as revisions up to 2025-11-25 have it. */
export class SessionRequests {
  readonly #endpoint: HttpEndpoint
  readonly #headers: Readonly<Record<string, string>>
  #sessionId: string | undefined
  readonly #offered: McpVersion
  #version: string

  /** @param headers - of each request, besides those of the protocol */
  constructor(endpoint: HttpEndpoint, headers: Readonly<Record<string, string>>, offered: McpVersion) {
    this.#endpoint = endpoint
    this.#headers = headers
    this.#offered = offered
    this.#version = offered
  }

  /** What the server has called the session; some have none. */
  get sessionId(): string | undefined {
    return this.#sessionId
  }

  set sessionId(sessionId: string | undefined) {
    this.#sessionId = sessionId
  }

  /** The version that the server has chosen. */
  set version(version: string) {
    this.#version = version
  }

  /** The name of the header that has the session's id. */
  get idHeader(): string {
    return SESSION_ID
  }

  /** Of each request within the session. */
  get headers(): Readonly<Record<string, string>> {
    return { ...this.#headers, ...BASE_HEADERS, ...this.#session, 'mcp-protocol-version': this.#version }
  }

  initialize(): EncodedRequest {
    const clientInfo = { name: 'perf-kit', version: '1' }
    const params = { protocolVersion: this.#offered, capabilities: {}, clientInfo }
    return this.#post(
      { jsonrpc: '2.0', id: INITIALIZE_ID, method: 'initialize', params },
      { ...this.#headers, ...BASE_HEADERS },
    )
  }

  initialized(): EncodedRequest {
    return this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' })
  }

  /** Asks for the stream on which the server says what nobody asked for. */
  listen(): EncodedRequest {
    const { 'content-type': _, ...headers } = this.headers
    return encodeRequest(this.#endpoint, { method: 'GET', headers: { ...headers, accept: EVENT_STREAM } })
  }

  subscribe(uri: string, id: number): EncodedRequest {
    return this.#post({ jsonrpc: '2.0', id, method: 'resources/subscribe', params: { uri } })
  }

  cancel(requestId: number): EncodedRequest {
    const params = { requestId, reason: 'nobody waits for it any more' }
    return this.#post({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
  }

  end(): EncodedRequest {
    return encodeRequest(this.#endpoint, { method: 'DELETE', headers: this.headers })
  }

  get #session(): Record<string, string> {
    return this.#sessionId === undefined ? {} : { [SESSION_ID]: this.#sessionId }
  }

  #post(message: object, headers = this.headers): EncodedRequest {
    const body = Buffer.from(JSON.stringify(message))
    return encodeRequest(this.#endpoint, { method: 'POST', headers, body })
  }
}
