import { nowNs } from '../../clock/index.ts'
import {
  type ConnectionFailure,
  type ConnectionHandler,
  type ConnectionOptions,
  type EncodedRequest,
  faultOutcome,
  HttpConnection,
  type HttpEndpoint,
  type ResponseHead,
} from '../../protocol/index.ts'
import type { Recorder } from './recorder.ts'

export interface LaneOwner {
  /** Its connection has opened: the first request may be sent. */
  onLaneOpen(lane: Lane): void
  /** Its request has ended: the next may be sent. */
  onLaneFree(lane: Lane): void
  /** It has no connection any more. @param failure - `undefined` when the target ended it in good order */
  onLaneLost(lane: Lane, failure: ConnectionFailure | undefined): void
}

export interface LaneSettings {
  readonly endpoint: HttpEndpoint
  readonly request: EncodedRequest
  readonly timeoutNs: number
  readonly connection: ConnectionOptions
  /** what was intended before is done, but not counted: it warms up */
  readonly countedFromNs: number
}

const OK_BELOW_STATUS = 400
export const TIMEOUT = 'TIMEOUT'
const CONNECT_TIMEOUT: ConnectionFailure = { kind: 'network', code: 'CONNECT_TIMEOUT', whileConnecting: true }

/** One connection, one request at a time, one sample for each. */
export class Lane implements ConnectionHandler {
  readonly #owner: LaneOwner
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  #connection: HttpConnection | undefined
  #isBusy = false
  #isConnecting = false
  #connectedAtNs = 0
  #intendedNs = 0
  #sentNs = 0
  #status = 0

  constructor(owner: LaneOwner, settings: LaneSettings, recorder: Recorder) {
    this.#owner = owner
    this.#settings = settings
    this.#recorder = recorder
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  get isFree(): boolean {
    return !this.#isBusy && this.#connection?.isOpen === true
  }

  get sinceConnectNs(): number {
    return nowNs() - this.#connectedAtNs
  }

  connect(): void {
    this.#connectedAtNs = nowNs()
    this.#isConnecting = true
    this.#connection = new HttpConnection(this.#settings.endpoint, this, this.#settings.connection)
  }

  /** The lane must be free. */
  send(intendedNs: number): void {
    this.#isBusy = true
    this.#intendedNs = intendedNs
    this.#sentNs = nowNs()
    this.#connection?.send(this.#settings.request)
  }

  /** Give up on what takes too long: an answer that may still come would be taken for the next one's. */
  expire(atNs: number): void {
    const sinceNs = this.#isBusy ? this.#intendedNs : this.#isConnecting ? this.#connectedAtNs : atNs
    if (atNs - sinceNs < this.#settings.timeoutNs) return
    const wasConnecting = !this.#isBusy
    if (this.#isBusy) this.#end(TIMEOUT, false)
    this.close()
    this.#owner.onLaneLost(this, wasConnecting ? CONNECT_TIMEOUT : undefined)
  }

  close(): void {
    this.#isConnecting = false
    this.#connection?.close()
    this.#connection = undefined
  }

  onOpen(): void {
    this.#isConnecting = false
    this.#owner.onLaneOpen(this)
  }

  onHead(head: ResponseHead): void {
    this.#status = head.status
  }

  onBody(_bytes: Uint8Array, from: number, to: number): void {
    if (this.#intendedNs >= this.#settings.countedFromNs) this.#recorder.received(to - from)
  }

  onEnd(isReusable: boolean): void {
    this.#end(`HTTP ${this.#status}`, this.#status < OK_BELOW_STATUS)
    if (isReusable) {
      this.#owner.onLaneFree(this)
      return
    }
    this.#connection = undefined
    this.#owner.onLaneLost(this, undefined)
  }

  onFailure(failure: ConnectionFailure): void {
    this.#connection = undefined
    this.#isConnecting = false
    if (this.#isBusy) this.#end(outcomeOf(failure), false)
    else if (failure.kind === 'protocol') this.#recorder.betweenRequests(outcomeOf(failure))
    this.#owner.onLaneLost(this, failure)
  }

  #end(outcome: string, isOk: boolean): void {
    this.#isBusy = false
    if (this.#intendedNs < this.#settings.countedFromNs) return
    const endNs = nowNs()
    this.#recorder.end(outcome, isOk, endNs - this.#intendedNs, endNs - this.#sentNs)
  }
}

export function outcomeOf({ kind, code }: ConnectionFailure): string {
  return kind === 'protocol' ? faultOutcome(code) : code
}
