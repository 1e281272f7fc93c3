import type { ServerResponse } from 'node:http'
import { SSE_HEARTBEAT } from './sse.ts'

export interface EventStreamOptions {
  readonly headers?: Readonly<Record<string, string>>
  /**
   * A reader that is further behind when the next event comes is dropped: buffering for it without end is how a gateway
   * runs out of memory. One event may be larger, so that a long answer is no reason to be dropped.
   */
  readonly maxBufferedBytes: number
  readonly onSlowConsumer?: () => void
}

/** One HTTP reply that is a stream of SSE events, with Node's own write buffer as its queue. */
export class EventStream {
  readonly #res: ServerResponse
  readonly #options: EventStreamOptions

  constructor(res: ServerResponse, options: EventStreamOptions) {
    this.#res = res
    this.#options = options
    res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...options.headers,
    })
    res.flushHeaders()
  }

  get open(): boolean {
    return !this.#res.writableEnded && !this.#res.destroyed
  }

  /** @param event - already encoded */
  write(event: string): void {
    if (!this.open) return
    if (this.#res.writableLength <= this.#options.maxBufferedBytes) {
      this.#res.write(event)
      return
    }
    this.#options.onSlowConsumer?.()
    this.#res.destroy()
  }

  heartbeat(): void {
    this.write(SSE_HEARTBEAT)
  }

  end(): void {
    if (this.open) this.#res.end()
  }
}
