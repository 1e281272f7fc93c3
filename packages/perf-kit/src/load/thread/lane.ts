import { nowNs } from '../../clock/index.ts'
import type {
  Connection,
  ConnectionFailure,
  ConnectionHandler,
  ConnectTimes,
  Ending,
  ResponseHead,
} from '../../protocol/index.ts'
import { outcomeOf, SESSION } from './connection-outcome.ts'
import type { Dialogue } from './dialogue.ts'
import { LaneRequest } from './lane-request.ts'
import { LaneSession } from './lane-session.ts'
import type { LaneSettings } from './lane-settings.ts'
import type { Recorder } from './recorder.ts'

export interface LaneOwner {
  /** Its connection has opened: the first request may be sent. */
  onLaneOpen(lane: Lane): void
  /** Its request has ended: the next may be sent. */
  onLaneFree(lane: Lane): void
  /** Its request has ended, and its session with it: it opens another. `onLaneOpen` or `onLaneLost` follows. */
  onLaneReopening(lane: Lane): void
  /** It has no connection any more. @param failure - `undefined` when it was ended in good order, or given up by us */
  onLaneLost(lane: Lane, failure: ConnectionFailure | undefined): void
}

/**
 * - `closed`: no connection
 * - `opening`: connecting, or saying what has to be said first
 * - `free`, `busy`: open, without a request or with one
 * - `leaving`: saying farewell
 */
type State = 'closed' | 'opening' | 'free' | 'busy' | 'leaving'

const CONNECT_TIMEOUT: ConnectionFailure = { kind: 'network', code: 'CONNECT_TIMEOUT', whileConnecting: true }

/** One connection, one request at a time, one sample for each. */
export class Lane implements ConnectionHandler {
  readonly #owner: LaneOwner
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  readonly #session: LaneSession
  readonly #request: LaneRequest
  #connection: Connection | undefined
  #state: State = 'closed'
  /** since when it has been opening or leaving */
  #sinceNs = 0
  #leavesWhenOpen = false

  constructor(owner: LaneOwner, settings: LaneSettings, recorder: Recorder, dialogue: Dialogue) {
    this.#owner = owner
    this.#settings = settings
    this.#recorder = recorder
    this.#session = new LaneSession(dialogue, settings, recorder, {
      onListening: () => {
        if (this.#state === 'opening') this.#goOnOpening()
      },
      onRefused: (outcome) => {
        if (this.#state === 'opening') this.#endOpening({ outcome: `STREAM ${outcome}`, isOk: false })
      },
    })
    this.#request = new LaneRequest(this.#session, settings, recorder)
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

  /** Whether the target has, or is about to have, a session of it, which outlives connections. */
  get hasSession(): boolean {
    return this.#session.isThere
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

  /**
   * The lane must be free.
   *
   * @param takenNs - when the generator came to what was due at `intendedNs`
   * @param atNs - the time now
   */
  send(intendedNs: number, takenNs: number, atNs: number): void {
    this.#state = 'busy'
    this.#connection?.send(this.#request.begin(intendedNs, takenNs, atNs))
  }

  /** End the session in good order and then the connection; a request under way is given up. */
  leave(): void {
    if (this.#state === 'leaving') return
    if (this.#state === 'opening' && this.#session.isThere) {
      this.#leavesWhenOpen = true
      return
    }
    const farewell = this.#state === 'free' ? this.#session.farewell() : undefined
    if (farewell === undefined) {
      this.stop()
      return
    }
    this.#state = 'leaving'
    this.#sinceNs = nowNs()
    this.#connection?.send(farewell)
  }

  /** Give up on what takes too long: an answer that may still come would be taken for the next one's. */
  expire(atNs: number): void {
    this.#session.expire(atNs)
    const state = this.#state
    if (state === 'closed' || state === 'free') return
    const sinceNs = state === 'busy' ? this.#request.intendedNs : this.#sinceNs
    if (atNs - sinceNs < this.#settings.timeoutNs) {
      if (state === 'busy' && this.#request.cancelIfDue(atNs)) this.#lose(undefined)
      return
    }
    if (state === 'busy') this.#request.endOverdue(atNs)
    this.#lose(state === 'opening' ? CONNECT_TIMEOUT : undefined)
  }

  /** Its connection and all others that it has. */
  stop(): void {
    this.close()
    this.#request.close()
    this.#session.stopListening()
  }

  /** Its connection; the session is still there, and `connect` goes on with it. */
  close(): void {
    this.#state = 'closed'
    this.#connection?.close()
    this.#connection = undefined
    this.#session.dialogue.cut()
  }

  onOpen(times: ConnectTimes | undefined): void {
    if (times !== undefined) this.#recorder.connected(times)
    this.#goOnOpening()
  }

  onHead(head: ResponseHead, atNs: number): void {
    if (this.#state === 'busy') this.#request.onHead(head, atNs)
    this.#session.dialogue.onHead(head)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    if (this.#state === 'busy') this.#request.onBody(to - from)
    this.#session.dialogue.onBody(bytes, from, to)
  }

  onEnd(isReusable: boolean, atNs: number): void {
    const { dialogue } = this.#session
    const ending = dialogue.end()
    if (!isReusable) this.#connection = undefined
    if (this.#state === 'opening') this.#endOpening(ending)
    else if (this.#state === 'leaving') {
      this.stop()
      this.#lose(undefined)
    } else {
      this.#request.end(ending, atNs)
      if (!isReusable) this.#lose(undefined)
      else if (dialogue.isOpen) {
        this.#state = 'free'
        this.#owner.onLaneFree(this)
      } else this.#reopen()
    }
  }

  onFailure(failure: ConnectionFailure): void {
    const state = this.#state
    this.#connection = undefined
    // Nobody wants one before the stream is there: then it is made again.
    if (state === 'opening' && failure.kind === 'network' && this.#session.awaitsStream) return
    const atNs = nowNs()
    const isNew = this.#isFault(failure) && this.#recorder.connectionLost(failure, atNs)
    if (state === 'busy') this.#request.endLost(failure, atNs)
    else if (state === 'free' && isNew) this.#recorder.betweenRequests(outcomeOf(failure), atNs)
    this.#lose({ ...failure, whileConnecting: state === 'opening' })
  }

  /** Whether somebody wanted the connection that has failed: one that has nothing to do may be ended in good order. */
  #isFault({ kind }: ConnectionFailure): boolean {
    if (this.#state === 'free') return kind === 'protocol'
    return this.#state === 'busy' || (this.#state === 'opening' && !this.#leavesWhenOpen)
  }

  /** A session that the target has forgotten, or that has had its requests, is followed by another on the same connection. */
  #reopen(): void {
    this.#state = 'opening'
    this.#sinceNs = nowNs()
    this.#leavesWhenOpen = false
    this.#session.stopListening()
    this.#owner.onLaneReopening(this)
    if (this.#state === 'opening') this.#goOnOpening()
  }

  #lose(failure: ConnectionFailure | undefined): void {
    this.close()
    this.#owner.onLaneLost(this, failure)
  }

  #reconnect(): void {
    this.#connection = this.#settings.connect(this)
  }

  #goOnOpening(): void {
    if (this.#leavesWhenOpen && !this.#session.isThere) {
      this.stop()
      this.#lose(undefined)
      return
    }
    if (this.#connection === undefined) {
      this.#reconnect()
      return
    }
    // A stream may be there before the connection is, when that had to be made again: `onOpen` goes on.
    if (!this.#connection.isOpen || !this.#session.goOn(this.#connection)) return
    this.#state = 'free'
    if (this.#leavesWhenOpen) this.leave()
    else this.#owner.onLaneOpen(this)
  }

  #endOpening(ending: Ending): void {
    if (this.#session.goesOnAfter(ending)) this.#goOnOpening()
    else this.#lose({ kind: 'network', code: `${SESSION}${ending.outcome}`, whileConnecting: true })
  }
}
