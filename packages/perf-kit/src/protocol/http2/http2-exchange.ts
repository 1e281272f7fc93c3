import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2'
import type { BodySink } from '../chunked-body.ts'
import type { ResponseHead } from '../response-head.ts'
import { CANCEL } from './error-names.ts'
import { HeadFields } from './head-fields.ts'

/** Told in this order: a head, pieces of body, then an end; or a break, once, at any point. */
export interface ExchangeHandler extends BodySink {
  onHead(head: ResponseHead): void
  onEnd(): void
  /** @param error - what Node says of it; of the connection, if that is to blame */
  onBreak(rstCode: number, error: Error | undefined): void
  onTooLarge(): void
}

const END_STREAM = 1

/** One request and its answer: a stream, of which nothing is told any more after it has been given up. */
export class Http2Exchange {
  readonly #stream: ClientHttp2Stream
  readonly #handler: ExchangeHandler
  readonly #mostBytes: number
  #state: 'waiting' | 'receiving' | 'over' = 'waiting'
  #hasHead = false
  #isWhole = false
  #bodyBytes = 0
  #error: Error | undefined

  constructor(stream: ClientHttp2Stream, handler: ExchangeHandler, mostBytes = Number.MAX_SAFE_INTEGER) {
    this.#stream = stream
    this.#handler = handler
    this.#mostBytes = mostBytes
    this.#watchEnd()
    stream.on('response', (fields, flags) => this.#head(fields, flags))
    stream.on('end', () => this.#end())
    stream.on('error', (error) => {
      this.#error = error
    })
    stream.on('close', () => this.#break())
  }

  /** Whether a head has come. */
  get hasBegun(): boolean {
    return this.#hasHead
  }

  /** Give it up: the target is told, and the connection is there still. */
  cancel(): void {
    this.#state = 'over'
    this.#stream.close(CANCEL)
  }

  #head(fields: IncomingHttpHeaders & IncomingHttpStatusHeader, flags: number): void {
    if (this.#state !== 'waiting') return
    this.#state = 'receiving'
    this.#hasHead = true
    // Nothing of a body comes before somebody listens.
    if ((flags & END_STREAM) === 0) this.#stream.on('data', (chunk: Buffer) => this.#body(chunk))
    else this.#stream.resume()
    this.#handler.onHead(new HeadFields(fields))
  }

  #body(chunk: Buffer): void {
    if (this.#state !== 'receiving') return
    this.#bodyBytes += chunk.length
    if (this.#bodyBytes <= this.#mostBytes) this.#handler.onBody(chunk, 0, chunk.length)
    else this.#handler.onTooLarge()
  }

  /**
   * Node tells of an end also when the target has reset the stream with `NO_ERROR`, which in the middle of an answer is none. It
   * pushes that end after it has closed the stream, and one that the target has sent before; later nothing tells them apart.
   */
  #watchEnd(): void {
    const stream = this.#stream
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !stream.closed) this.#isWhole = true
      return push(chunk, encoding)
    }
  }

  #end(): void {
    if (this.#state === 'over') return
    if (this.#state === 'waiting' || !this.#isWhole) {
      this.#break()
      return
    }
    this.#state = 'over'
    // An answer may come before all of the request was sent: the rest is for nobody.
    if (!this.#stream.writableFinished) this.#stream.close(CANCEL)
    this.#handler.onEnd()
  }

  #break(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#handler.onBreak(this.#stream.rstCode, this.#error)
  }
}
