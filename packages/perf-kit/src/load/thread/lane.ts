import { nowNs } from '../../clock/index.ts'
import {
  type ConnectionFailure,
  type ConnectionHandler,
  type ConnectionOptions,
  type ConnectTimes,
  type Ending,
  faultOutcome,
  HttpConnection,
  type HttpEndpoint,
  type ResponseHead,
} from '../../protocol/index.ts'
import type { Dialogue } from './dialogue.ts'
import type { Recorder } from './recorder.ts'

export interface LaneOwner {
  /** Its connection has opened: the first request may be sent. */
  onLaneOpen(lane: Lane): void
  /** Its request has ended: the next may be sent. */
  onLaneFree(lane: Lane): void
  /** It has no connection any more. @param failure - `undefined` when it was ended in good order, or given up by us */
  onLaneLost(lane: Lane, failure: ConnectionFailure | undefined): void
}

export interface LaneSettings {
  readonly endpoint: HttpEndpoint
  readonly timeoutNs: number
  readonly connection: ConnectionOptions
}

/**
 * - `closed`: no connection
 * - `opening`: connecting, or saying what has to be said first
 * - `free`, `busy`: open, without a request or with one
 * - `leaving`: saying farewell
 */
type State = 'closed' | 'opening' | 'free' | 'busy' | 'leaving'

export const TIMEOUT = 'TIMEOUT'
const CONNECT_TIMEOUT: ConnectionFailure = { kind: 'network', code: 'CONNECT_TIMEOUT', whileConnecting: true }

/** One connection, one request at a time, one sample for each. */
export class Lane implements ConnectionHandler {
  readonly dialogue: Dialogue
  readonly #owner: LaneOwner
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  #connection: HttpConnection | undefined
  #state: State = 'closed'
  /** since when it has been opening or leaving */
  #sinceNs = 0
  #leavesWhenOpen = false
  #intendedNs = 0
  #takenNs = 0
  #sentNs = 0
  #headNs: number | undefined
  #place: number | undefined
  #serverTiming: string | undefined

  /** @param dialogue - a new one, or that of a lane that was lost: a session outlives its connection */
  constructor(owner: LaneOwner, settings: LaneSettings, recorder: Recorder, dialogue: Dialogue) {
    this.#owner = owner
    this.#settings = settings
    this.#recorder = recorder
    this.dialogue = dialogue
  }

  get isBusy(): boolean {
    return this.#state === 'busy'
  }

  get isFree(): boolean {
    return this.#state === 'free'
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** When its connection was asked for last. */
  get connectAtNs(): number {
    return this.#sinceNs
  }

  /** The lane must be closed. */
  connect(): void {
    this.#state = 'opening'
    this.#sinceNs = nowNs()
    this.#leavesWhenOpen = false
    this.#reconnect()
  }

  /** The lane must be free. @param takenNs - when the generator came to what was due at `intendedNs` */
  send(intendedNs: number, takenNs: number): void {
    this.#state = 'busy'
    this.#intendedNs = intendedNs
    this.#takenNs = takenNs
    this.#headNs = undefined
    this.#place = undefined
    this.#serverTiming = undefined
    this.#sentNs = nowNs()
    this.#connection?.send(this.dialogue.next())
  }

  /** End the session in good order and then the connection; a request under way is given up. */
  leave(): void {
    if (this.#state === 'leaving') return
    if (this.#state === 'opening' && this.dialogue.hasSession) {
      this.#leavesWhenOpen = true
      return
    }
    const farewell = this.#state === 'free' ? this.dialogue.farewell() : undefined
    if (farewell === undefined) {
      this.close()
      return
    }
    this.#state = 'leaving'
    this.#sinceNs = nowNs()
    this.#connection?.send(farewell)
  }

  /** Give up on what takes too long: an answer that may still come would be taken for the next one's. */
  expire(atNs: number): void {
    const state = this.#state
    if (state === 'closed' || state === 'free') return
    const sinceNs = state === 'busy' ? this.#intendedNs : this.#sinceNs
    if (atNs - sinceNs < this.#settings.timeoutNs) return
    if (state === 'busy') this.#end({ outcome: TIMEOUT, isOk: false }, atNs)
    this.close()
    this.#owner.onLaneLost(this, state === 'opening' ? CONNECT_TIMEOUT : undefined)
  }

  close(): void {
    this.#state = 'closed'
    this.#connection?.close()
    this.#connection = undefined
  }

  onOpen(times: ConnectTimes): void {
    this.#recorder.connected(times)
    this.#goOnOpening()
  }

  onHead(head: ResponseHead): void {
    if (this.#state === 'busy') {
      this.#headNs = nowNs()
      this.#place = this.#recorder.head(this.#intendedNs)
      if (this.#place >= 0) this.#serverTiming = head.getAll('server-timing')
    }
    this.dialogue.onHead(head)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    if (this.#state === 'busy') this.#recorder.received(this.#intendedNs, to - from)
    this.dialogue.onBody(bytes, from, to)
  }

  onEnd(isReusable: boolean): void {
    // First of all: what it takes to understand the answer is our own time.
    const endNs = nowNs()
    const ending = this.dialogue.end()
    if (!isReusable) this.#connection = undefined
    if (this.#state === 'opening') this.#endOpening(ending)
    else if (this.#state === 'leaving') this.#lose(undefined)
    else {
      this.#end(ending, endNs)
      // A session that the target has forgotten is opened anew, as its connection is.
      if (isReusable && this.dialogue.isOpen) {
        this.#state = 'free'
        this.#owner.onLaneFree(this)
      } else this.#lose(undefined)
    }
  }

  onFailure(failure: ConnectionFailure): void {
    const state = this.#state
    this.#connection = undefined
    if (state === 'busy') this.#end({ outcome: outcomeOf(failure), isOk: false }, nowNs())
    else if (state === 'free' && failure.kind === 'protocol')
      this.#recorder.betweenRequests(outcomeOf(failure), nowNs())
    this.#lose({ ...failure, whileConnecting: state === 'opening' })
  }

  #lose(failure: ConnectionFailure | undefined): void {
    this.close()
    this.#owner.onLaneLost(this, failure)
  }

  #reconnect(): void {
    this.#connection = new HttpConnection(this.#settings.endpoint, this, this.#settings.connection)
  }

  /** What has to be said first is no request of the load, and part of getting the connection. */
  #goOnOpening(): void {
    if (this.#connection === undefined) {
      this.#reconnect()
      return
    }
    const request = this.dialogue.opening()
    if (request !== undefined) {
      this.#connection.send(request)
      return
    }
    this.#state = 'free'
    if (this.#leavesWhenOpen) this.leave()
    else this.#owner.onLaneOpen(this)
  }

  #endOpening({ outcome, isOk }: Ending): void {
    if (isOk) this.#goOnOpening()
    else this.#lose({ kind: 'network', code: `SESSION ${outcome}`, whileConnecting: true })
  }

  #end({ outcome, isOk }: Ending, endNs: number): void {
    this.#recorder.end({
      operation: this.dialogue.operation,
      outcome,
      isOk,
      intendedNs: this.#intendedNs,
      takenNs: this.#takenNs,
      sentNs: this.#sentNs,
      ...(this.#headNs === undefined ? {} : { headNs: this.#headNs }),
      ...(this.#place === undefined ? {} : { place: this.#place }),
      serverTiming: this.#serverTiming,
      endNs,
    })
  }
}

export function outcomeOf({ kind, code }: ConnectionFailure): string {
  return kind === 'protocol' ? faultOutcome(code) : code
}
