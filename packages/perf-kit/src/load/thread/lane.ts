import { nowNs } from '../../clock/index.ts'
import {
  type ConnectionFailure,
  type ConnectionHandler,
  type ConnectionOptions,
  faultOutcome,
  HttpConnection,
  type HttpEndpoint,
  type ResponseHead,
} from '../../protocol/index.ts'
import type { Dialogue, Ending } from './dialogue.ts'
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
  /** a new one for each lane */
  readonly dialogue: () => Dialogue
  readonly timeoutNs: number
  readonly connection: ConnectionOptions
  /** what was intended before is done, but not counted: it warms up */
  readonly countedFromNs: number
}

export const TIMEOUT = 'TIMEOUT'
const CONNECT_TIMEOUT: ConnectionFailure = { kind: 'network', code: 'CONNECT_TIMEOUT', whileConnecting: true }

/** One connection, one request at a time, one sample for each. */
export class Lane implements ConnectionHandler {
  readonly #owner: LaneOwner
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  readonly #dialogue: Dialogue
  #connection: HttpConnection | undefined
  #isBusy = false
  #isConnecting = false
  #leavingSinceNs: number | undefined
  #connectedAtNs = 0
  #intendedNs = 0
  #sentNs = 0

  constructor(owner: LaneOwner, settings: LaneSettings, recorder: Recorder) {
    this.#owner = owner
    this.#settings = settings
    this.#recorder = recorder
    this.#dialogue = settings.dialogue()
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  get isFree(): boolean {
    return (
      !this.#isBusy && !this.#isConnecting && this.#leavingSinceNs === undefined && this.#connection?.isOpen === true
    )
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
    this.#connection?.send(this.#dialogue.next())
  }

  /** End the session in good order and then the connection; `hasLeft` says when. A request under way is given up. */
  leave(): void {
    if (this.#leavingSinceNs !== undefined) return
    const farewell = this.isFree ? this.#dialogue.farewell() : undefined
    if (farewell === undefined) {
      this.close()
      return
    }
    this.#leavingSinceNs = nowNs()
    this.#connection?.send(farewell)
  }

  get hasLeft(): boolean {
    return this.#connection === undefined
  }

  /** Give up on what takes too long: an answer that may still come would be taken for the next one's. */
  expire(atNs: number): void {
    if (atNs - this.#underWaySinceNs(atNs) < this.#settings.timeoutNs) return
    const wasConnecting = this.#isConnecting
    if (this.#isBusy) this.#end(TIMEOUT, false)
    this.close()
    this.#owner.onLaneLost(this, wasConnecting ? CONNECT_TIMEOUT : undefined)
  }

  #underWaySinceNs(atNs: number): number {
    if (this.#isBusy) return this.#intendedNs
    if (this.#isConnecting) return this.#connectedAtNs
    return this.#leavingSinceNs ?? atNs
  }

  close(): void {
    this.#isConnecting = false
    this.#leavingSinceNs = undefined
    this.#connection?.close()
    this.#connection = undefined
  }

  onOpen(): void {
    this.#goOnOpening()
  }

  onHead(head: ResponseHead): void {
    this.#dialogue.onHead(head)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isBusy && this.#intendedNs >= this.#settings.countedFromNs) this.#recorder.received(to - from)
    this.#dialogue.onBody(bytes, from, to)
  }

  onEnd(isReusable: boolean): void {
    const ending = this.#dialogue.end()
    if (!isReusable) this.#connection = undefined
    if (this.#isConnecting) {
      this.#endOpening(ending)
      return
    }
    if (this.#leavingSinceNs !== undefined) {
      this.close()
      this.#owner.onLaneLost(this, undefined)
      return
    }
    this.#end(ending.outcome, ending.isOk)
    // A session that the target has forgotten is opened anew, as its connection is.
    const hasSession = this.#dialogue.opening() === undefined
    if (isReusable && hasSession) {
      this.#owner.onLaneFree(this)
      return
    }
    this.close()
    this.#owner.onLaneLost(this, undefined)
  }

  onFailure(failure: ConnectionFailure): void {
    const whileConnecting = this.#isConnecting
    this.#leavingSinceNs = undefined
    this.#connection = undefined
    this.#isConnecting = false
    if (this.#isBusy) this.#end(outcomeOf(failure), false)
    else if (failure.kind === 'protocol' && !whileConnecting) this.#recorder.betweenRequests(outcomeOf(failure))
    this.#owner.onLaneLost(this, { ...failure, whileConnecting })
  }

  /** What has to be said first is no request of the load, and part of getting the connection. */
  #goOnOpening(): void {
    const request = this.#dialogue.opening()
    if (request === undefined) {
      this.#isConnecting = false
      this.#owner.onLaneOpen(this)
    } else if (this.#connection === undefined) this.connect()
    else this.#connection.send(request)
  }

  #endOpening({ outcome, isOk }: Ending): void {
    if (isOk) {
      this.#goOnOpening()
      return
    }
    this.close()
    this.#owner.onLaneLost(this, { kind: 'network', code: `SESSION ${outcome}`, whileConnecting: true })
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
