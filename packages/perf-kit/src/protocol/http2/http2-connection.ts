import { nowNs } from '../../clock/index.ts'
import type { Connection, ConnectionFailure, ConnectionHandler, ConnectTimes } from '../connection.ts'
import type { EncodedRequest } from '../http-request.ts'
import type { ResponseHead } from '../response-head.ts'
import type { ResponseLimits } from '../response-parser.ts'
import { errorName } from './error-names.ts'
import { type ExchangeHandler, Http2Exchange } from './http2-exchange.ts'
import type { Http2Session, SessionMember } from './http2-session.ts'

/** A connection over which nothing came for so long while something was asked may be dead. */
const SILENCE_NS = 1e9

/** One client's part of an HTTP/2 connection: one request at a time, with no queue and no timer of its own. */
export class Http2Connection implements Connection, SessionMember, ExchangeHandler {
  readonly #handler: ConnectionHandler
  readonly #limits: Partial<ResponseLimits>
  #session: Http2Session | undefined
  #exchange: Http2Exchange | undefined
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  #sentNs = 0
  /** what the connection had heard by then */
  #heardBefore = 0

  constructor(handler: ConnectionHandler, limits: Partial<ResponseLimits>) {
    this.#handler = handler
    this.#limits = limits
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get isBusy(): boolean {
    return this.#exchange !== undefined
  }

  join(session: Http2Session): void {
    this.#session = session
    session.join(this)
  }

  send(request: EncodedRequest): boolean {
    const session = this.#session
    if (this.#state !== 'open' || this.#exchange !== undefined || session === undefined) return false
    const stream = session.request(request)
    if (stream === undefined) return false
    this.#sentNs = nowNs()
    this.#heardBefore = session.heard
    this.#exchange = new Http2Exchange(stream, this, this.#limits.bodyBytes)
    return true
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#exchange?.cancel()
    if (this.#isDoubtful()) this.#session?.retire()
    this.#session?.leave(this)
  }

  /** Whether others who want to send should rather have another connection. */
  #isDoubtful(): boolean {
    if (this.#session?.isUsable !== true) return true
    const isSilent = this.#exchange !== undefined && this.#session.heard === this.#heardBefore
    return isSilent && nowNs() - this.#sentNs >= SILENCE_NS
  }

  onSessionOpen(times: ConnectTimes | undefined): void {
    if (this.#state !== 'connecting') return
    this.#state = 'open'
    this.#handler.onOpen(times)
  }

  onSessionLost(kind: ConnectionFailure['kind'], code: string): void {
    const isCut = code === 'CLOSED' && this.#exchange?.hasBegun === true
    const shared = this.#session
    if (isCut) this.#fail('protocol', 'TRUNCATED', shared)
    else this.#fail(kind, code, shared)
  }

  onHead(head: ResponseHead): void {
    this.#handler.onHead(head, this.#heardAtNs())
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    this.#session?.noteHeard()
    this.#handler.onBody(bytes, from, to)
  }

  onEnd(): void {
    const atNs = this.#heardAtNs()
    this.#exchange = undefined
    const isReusable = this.#session?.isUsable === true && !this.#session.isCrowded
    if (!isReusable) this.close()
    this.#handler.onEnd(isReusable, atNs)
  }

  onBreak(rstCode: number, error: Error | undefined): void {
    const session = this.#session
    // Then all who share it are told, and this one with them.
    if (session?.hasBroken(error) === true) return
    this.#exchange = undefined
    session?.noteHeard()
    this.#fail('network', session?.isGoingAway === true ? 'GOAWAY' : `RST_STREAM ${errorName(rstCode)}`)
  }

  onTooLarge(): void {
    this.#fail('protocol', 'BODY_TOO_LARGE')
  }

  #heardAtNs(): number {
    return this.#session?.noteHeard() ?? nowNs()
  }

  /** @param shared - absent: only this one's request has failed, and the connection is there still */
  #fail(kind: ConnectionFailure['kind'], code: string, shared?: object): void {
    if (this.#state === 'closed') return
    const whileConnecting = this.#state === 'connecting'
    this.close()
    this.#handler.onFailure({ kind, code, whileConnecting, ...(shared === undefined ? {} : { shared }) })
  }
}
