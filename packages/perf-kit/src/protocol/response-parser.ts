import { type BodySink, ChunkedBody } from './chunked-body.ts'
import { HeadParser, MALFORMED, NEED_MORE } from './head-parser.ts'
import type { ProtocolFault } from './protocol-fault.ts'
import { HeadBytes, type ResponseHead } from './response-head.ts'

/** What a parser tells, in this order for each answer: a head, pieces of body, then an end; or a fault, once, at any point. */
export interface ResponseHandler extends BodySink {
  onHead(head: ResponseHead): void
  /** @param isReusable - whether another request may be sent on the same connection */
  onEnd(isReusable: boolean): void
  /** Nothing is told after it: where the next answer would begin is not known any more. */
  onFault(fault: ProtocolFault): void
}

export interface ResponseLimits {
  /** of all heads of one answer, informational ones included */
  readonly headBytes: number
  readonly bodyBytes: number
}

const DEFAULT_LIMITS: ResponseLimits = { headBytes: 65_536, bodyBytes: Number.MAX_SAFE_INTEGER }

const SWITCHING_PROTOCOLS = 101
const FIRST_FINAL_STATUS = 200
const NO_CONTENT = 204
const NOT_MODIFIED = 304

type State = 'idle' | 'head' | 'length' | 'chunked' | 'until-close' | 'broken'

/**
 * Answers of an HTTP/1.x server out of the bytes of one connection, cut anywhere. Strict, without queues and without a
 * copy of what comes whole: the client of a load test must cost less than the server that it measures.
 *
 * Answers are expected one at a time; a byte that comes while none is expected is a fault.
 */
export class ResponseParser implements BodySink {
  readonly #handler: ResponseHandler
  readonly #limits: ResponseLimits
  readonly #lines = new HeadParser()
  readonly #chunks = new ChunkedBody()
  readonly #head = new HeadBytes()
  #state: State = 'idle'
  #hasBody = true
  #leftBytes = 0
  #bodyBytes = 0
  #headBytes = 0
  /** the head so far, when it did not come in one piece */
  #kept: Buffer | undefined
  #keptUnread = 0

  constructor(handler: ResponseHandler, limits: Partial<ResponseLimits> = {}) {
    this.#handler = handler
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  /** Whether a byte of the answer that was expected last has come. */
  get hasBegun(): boolean {
    return this.#headBytes > 0
  }

  /** @param hasBody - false for the answer to a HEAD request, whose headers speak of a body that does not come */
  expect(hasBody: boolean): void {
    if (this.#state !== 'idle') return
    this.#state = 'head'
    this.#hasBody = hasBody
    this.#headBytes = 0
    this.#lines.reset()
  }

  /** @param bytes - valid from 0 to `length`; not kept */
  feed(bytes: Uint8Array, length: number): void {
    let at = 0
    while (at < length) {
      switch (this.#state) {
        case 'head':
          at = this.#feedHead(bytes, at, length)
          break
        case 'length':
          at = this.#feedLength(bytes, at, length)
          break
        case 'chunked':
          at = this.#feedChunks(bytes, at, length)
          break
        case 'until-close':
          this.onBody(bytes, at, length)
          return
        case 'idle':
          this.#break('EXCESS')
          return
        default:
          return
      }
    }
  }

  /** The peer has ended the connection. */
  end(): void {
    if (this.#state === 'until-close') this.#complete(false, 0)
    else if (this.#state !== 'idle' && this.#state !== 'broken') this.#break('TRUNCATED')
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    this.#bodyBytes += to - from
    if (this.#bodyBytes > this.#limits.bodyBytes) this.#break('BODY_TOO_LARGE')
    else this.#handler.onBody(bytes, from, to)
  }

  #feedHead(chunk: Uint8Array, from: number, to: number): number {
    const allowedTo = Math.min(to, from + this.#limits.headBytes - this.#headBytes)
    const kept = this.#kept
    // A head in several pieces is rare: joined, and read on from the line that had not ended.
    const head = kept === undefined ? chunk : Buffer.concat([kept, chunk.subarray(from, allowedTo)])
    const headFrom = kept === undefined ? from : 0
    const headEnd = kept === undefined ? allowedTo : head.length
    const bodyFrom = this.#lines.parse(head, kept === undefined ? from : this.#keptUnread, headEnd)
    if (bodyFrom === MALFORMED) return this.#break(this.#lines.fault)
    if (bodyFrom === NEED_MORE) {
      if (allowedTo < to) return this.#break('HEAD_TOO_LARGE')
      this.#headBytes += to - from
      this.#kept = Buffer.from(head.subarray(headFrom, headEnd))
      this.#keptUnread = this.#lines.unread - headFrom
      return to
    }
    const end = allowedTo - (headEnd - bodyFrom)
    this.#headBytes += end - from
    this.#kept = undefined
    return this.#beginBody(head, headFrom, bodyFrom, end, to)
  }

  #beginBody(head: Uint8Array, headFrom: number, headTo: number, bodyFrom: number, to: number): number {
    const { status, isChunked, contentLengthBytes } = this.#lines
    if (status === SWITCHING_PROTOCOLS) return this.#break('UPGRADE')
    if (status < FIRST_FINAL_STATUS) {
      this.#lines.reset()
      return bodyFrom
    }
    this.#head.set(status, head, headFrom, headTo)
    this.#bodyBytes = 0
    this.#handler.onHead(this.#head)
    if (this.#state !== 'head') return bodyFrom
    if (!this.#hasBody || status === NO_CONTENT || status === NOT_MODIFIED) return this.#endAt(bodyFrom, to)
    if (isChunked) {
      this.#state = 'chunked'
      this.#chunks.reset()
      return bodyFrom
    }
    if (contentLengthBytes < 0) {
      this.#state = 'until-close'
      return bodyFrom
    }
    if (contentLengthBytes > this.#limits.bodyBytes) return this.#break('BODY_TOO_LARGE')
    if (contentLengthBytes === 0) return this.#endAt(bodyFrom, to)
    this.#state = 'length'
    this.#leftBytes = contentLengthBytes
    return bodyFrom
  }

  #feedLength(bytes: Uint8Array, from: number, to: number): number {
    const pieceTo = Math.min(to, from + this.#leftBytes)
    this.#leftBytes -= pieceTo - from
    this.onBody(bytes, from, pieceTo)
    return this.#leftBytes === 0 && this.#state === 'length' ? this.#endAt(pieceTo, to) : pieceTo
  }

  #feedChunks(bytes: Uint8Array, from: number, to: number): number {
    const end = this.#chunks.read(bytes, from, to, this)
    if (this.#state !== 'chunked' || end === NEED_MORE) return to
    return end === MALFORMED ? this.#break(this.#chunks.fault) : this.#endAt(end, to)
  }

  /** What lies beyond the end, with no other request sent, was not asked for: its Content-Length was wrong, if it had one. */
  #endAt(end: number, to: number): number {
    if (end < to) return this.#break('EXCESS')
    this.#complete(this.#lines.keepsAlive, end)
    return end
  }

  #complete(isReusable: boolean, end: number): number {
    this.#state = 'idle'
    this.#handler.onEnd(isReusable)
    return end
  }

  /** @returns an offset beyond all bytes, so that none is read any more */
  #break(fault: ProtocolFault): number {
    if (this.#state === 'broken') return Number.POSITIVE_INFINITY
    this.#state = 'broken'
    this.#kept = undefined
    this.#handler.onFault(fault)
    return Number.POSITIVE_INFINITY
  }

  /** Nothing more is told, whatever comes: the one who listens has given up. */
  stop(): void {
    this.#state = 'broken'
    this.#kept = undefined
  }
}
