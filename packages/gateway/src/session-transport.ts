import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, JSONRPCRequest, MessageExtraInfo, RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { EventStream } from './event-stream.ts'
import type { Exchange } from './exchange.ts'
import { isResponse, serializeMessage, type ValidMessage } from './json-rpc.ts'
import { encodeSseEvent } from './sse.ts'
import type { Subscriber } from './subscription-hub.ts'

const CANCELLED = 'notifications/cancelled'

/**
 * The server side of Streamable HTTP for one session, between our HTTP server and the SDK's `Server`.
 *
 * The SDK has a transport of its own. This one is here because the gateway is a thing to measure: with it our parser,
 * serialiser and SSE encoder are the ones every message goes through, and each reply can say where its time went.
 */
export class SessionTransport implements Transport, Subscriber {
  readonly sessionId: string
  onclose?: (() => void) | undefined
  onerror?: ((error: Error) => void) | undefined
  onmessage?: (<T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void) | undefined
  readonly #exchanges = new Map<RequestId, Exchange>()
  readonly #maxPendingEvents: number
  /** Events sent before the client opened its stream: it does so a moment after initialize. */
  readonly #pendingEvents: string[] = []
  #stream: EventStream | undefined
  #closed = false

  constructor(sessionId: string, { maxPendingEvents = 64 }: { readonly maxPendingEvents?: number } = {}) {
    this.sessionId = sessionId
    this.#maxPendingEvents = maxPendingEvents
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Whether somebody waits for an answer or listens. */
  get busy(): boolean {
    return this.#exchanges.size > 0 || this.hasStream
  }

  get hasStream(): boolean {
    return this.#stream?.open ?? false
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  exchangeOf(id: RequestId): Exchange | undefined {
    return this.#exchanges.get(id)
  }

  /** Takes a request whose answer is to go to `exchange`. Its id must not be in use. */
  receiveRequest(exchange: Exchange): void {
    this.#exchanges.set(exchange.request.id, exchange)
    this.onmessage?.(exchange.request)
  }

  /** Takes a notification, or the client's response to a request of ours. */
  receive({ message }: Exclude<ValidMessage, { kind: 'request' }>): void {
    if ('method' in message && message.method === CANCELLED) this.#cancelRequested(message.params?.['requestId'])
    else this.onmessage?.(message)
  }

  /**
   * Gives up a request. The SDK's server is told as if the client had cancelled, also when the client only went away:
   * without an event store the answer could not reach it any more.
   */
  cancel(id: RequestId, reason: string): void {
    const exchange = this.#exchanges.get(id)
    if (exchange === undefined) return
    this.#exchanges.delete(id)
    this.onmessage?.({ jsonrpc: '2.0', method: CANCELLED, params: { requestId: id, reason } })
    exchange.cancel(reason)
  }

  /** Makes `stream` the session's one stream for messages that answer no request. */
  openStream(stream: EventStream): void {
    this.#stream = stream
    for (const event of this.#pendingEvents.splice(0)) stream.write(event)
  }

  /** Sends an encoded event on the session's stream, or keeps it for the stream to come, the newest few. */
  deliver(event: string): void {
    if (this.#stream?.open) {
      this.#stream.write(event)
      return
    }
    if (this.#pendingEvents.length >= this.#maxPendingEvents) this.#pendingEvents.shift()
    this.#pendingEvents.push(event)
  }

  heartbeat(): void {
    this.#stream?.heartbeat()
  }

  /** Called by the SDK's server. What belongs to a request that was given up is dropped. */
  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (isResponse(message)) this.#respond(message)
    else if (options?.relatedRequestId !== undefined) this.#exchanges.get(options.relatedRequestId)?.notify(message)
    else this.deliver(encodeSseEvent({ data: serializeMessage(message) }))
    return Promise.resolve()
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#closed = true
    for (const id of this.#exchanges.keys()) this.cancel(id, 'session closed')
    this.#stream?.end()
    this.onclose?.()
    return Promise.resolve()
  }

  #respond(message: Exclude<JSONRPCMessage, JSONRPCRequest | { method: string }>): void {
    if (message.id === undefined) return
    const exchange = this.#exchanges.get(message.id)
    this.#exchanges.delete(message.id)
    exchange?.respond(message)
  }

  #cancelRequested(id: unknown): void {
    if (typeof id === 'string' || typeof id === 'number') this.cancel(id, 'cancelled by the client')
  }
}
