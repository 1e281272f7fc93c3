import type { ServerResponse } from 'node:http'
import type { JSONRPCMessage, JSONRPCNotification, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js'
import { EventStream, type EventStreamOptions } from './event-stream.ts'
import { sendJson } from './http-checks.ts'
import { serializeMessage } from './json-rpc.ts'
import type { ServerTiming } from './server-timing.ts'
import { encodeSseEvent } from './sse.ts'

export type ExchangeOutcome = 'ok' | 'error' | 'cancelled'

export interface ExchangeOptions extends EventStreamOptions {
  readonly timing: ServerTiming
  readonly onEnd: (outcome: ExchangeOutcome) => void
}

/**
 * One POSTed request and the reply it waits for: a JSON object, or, once something has to be said before the answer, an
 * SSE stream that ends with it.
 */
export class Exchange {
  readonly request: JSONRPCRequest
  readonly timing: ServerTiming
  readonly #res: ServerResponse
  readonly #options: ExchangeOptions
  readonly #abort = new AbortController()
  #stream: EventStream | undefined
  #ended = false

  constructor(request: JSONRPCRequest, res: ServerResponse, options: ExchangeOptions) {
    this.request = request
    this.timing = options.timing
    this.#res = res
    this.#options = options
  }

  /** Aborted when nobody waits for the answer any more; never after an answer. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Sends a notification that belongs to this request, such as progress. */
  notify(message: JSONRPCNotification | JSONRPCRequest): void {
    if (this.#ended) return
    this.#openStream().write(encodeSseEvent({ data: serializeMessage(message) }))
  }

  respond(message: JSONRPCMessage): void {
    if (this.#ended) return
    const body = this.timing.measure('serialise', () => serializeMessage(message))
    if (this.#stream) {
      this.#stream.write(encodeSseEvent({ data: body }))
      this.#stream.end()
    } else {
      sendJson(this.#res, 200, body, this.#headers())
    }
    // Its client went away, or is so far behind that it was dropped.
    if (this.#res.destroyed) this.#finish('cancelled')
    else this.#finish('error' in message ? 'error' : 'ok')
  }

  /** Ends the reply without an answer, as MCP wants it for a cancelled request: as a stream with no further events. */
  cancel(reason: string): void {
    if (this.#ended) return
    if (!this.#res.destroyed) this.#openStream().end()
    this.#finish('cancelled')
    this.#abort.abort(reason)
  }

  // The stream's headers leave before the backend has answered: they carry only the parts known by then.
  #openStream(): EventStream {
    this.#stream ??= new EventStream(this.#res, { ...this.#options, headers: this.#headers() })
    return this.#stream
  }

  #headers(): Record<string, string> {
    const timing = this.timing.toHeader()
    return timing === '' ? { ...this.#options.headers } : { ...this.#options.headers, 'server-timing': timing }
  }

  #finish(outcome: ExchangeOutcome): void {
    this.#ended = true
    this.#options.onEnd(outcome)
  }
}
