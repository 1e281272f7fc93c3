import { nowNs } from '../../clock/index.ts'
import type {
  Connection,
  ConnectionFailure,
  ConnectionHandler,
  ConnectTimes,
  Ending,
  ResponseHead,
  StreamRequest,
} from '../../protocol/index.ts'
import { Cancelling } from './cancelling.ts'
import { outcomeOf } from './connection-outcome.ts'
import type { Dialogue } from './dialogue.ts'
import type { LaneSettings } from './lane-settings.ts'
import { Listener } from './listener.ts'
import type { Recorder } from './recorder.ts'
import { RequestUnderWay } from './request-under-way.ts'

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

export const TIMEOUT = 'TIMEOUT'
/** What no session could be opened for is counted behind it. */
export const SESSION = 'SESSION '
const CONNECT_TIMEOUT: ConnectionFailure = { kind: 'network', code: 'CONNECT_TIMEOUT', whileConnecting: true }

/** One connection, one request at a time, one sample for each. */
export class Lane implements ConnectionHandler {
  #dialogue: Dialogue
  readonly #owner: LaneOwner
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  #connection: Connection | undefined
  #state: State = 'closed'
  /** since when it has been opening or leaving */
  #sinceNs = 0
  #leavesWhenOpen = false
  readonly #request: RequestUnderWay
  readonly #cancelling: Cancelling
  #listener: Listener | undefined

  constructor(owner: LaneOwner, settings: LaneSettings, recorder: Recorder, dialogue: Dialogue) {
    this.#owner = owner
    this.#settings = settings
    this.#recorder = recorder
    this.#dialogue = dialogue
    this.#request = new RequestUnderWay(recorder)
    this.#cancelling = new Cancelling(settings, recorder)
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
    return this.#dialogue.hasSession
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
    const request = this.#dialogue.next()
    if (this.#dialogue.isMadeUp === true) {
      // Made up before it is sent: that is the generator's own time, and none of the target's or of a wait for a connection.
      const sentNs = nowNs()
      const madeNs = takenNs + sentNs - atNs
      this.#recorder.madeUp(intendedNs, madeNs)
      this.#request.begin(intendedNs, madeNs, sentNs)
    } else this.#request.begin(intendedNs, takenNs, atNs)
    this.#connection?.send(request)
    const { cancelAfterNs } = this.#dialogue
    if (cancelAfterNs !== undefined) this.#cancelling.plan(this.#request.sentNs + cancelAfterNs)
  }

  /** End the session in good order and then the connection; a request under way is given up. */
  leave(): void {
    if (this.#state === 'leaving') return
    if (this.#state === 'opening' && this.#dialogue.hasSession) {
      this.#leavesWhenOpen = true
      return
    }
    const farewell = this.#state === 'free' ? this.#dialogue.farewell() : undefined
    if (farewell === undefined) {
      this.stop()
      return
    }
    this.#listener?.close()
    this.#state = 'leaving'
    this.#sinceNs = nowNs()
    this.#connection?.send(farewell)
  }

  /** Give up on what takes too long: an answer that may still come would be taken for the next one's. */
  expire(atNs: number): void {
    this.#listener?.expire(atNs)
    const state = this.#state
    if (state === 'closed' || state === 'free') return
    const sinceNs = state === 'busy' ? this.#request.intendedNs : this.#sinceNs
    if (atNs - sinceNs < this.#settings.timeoutNs) {
      if (state === 'busy' && this.#cancelling.isDue(atNs)) this.#cancel(atNs)
      return
    }
    if (state === 'busy') this.#endOverdue(atNs)
    this.close()
    this.#owner.onLaneLost(this, state === 'opening' ? CONNECT_TIMEOUT : undefined)
  }

  /** Its connection and all others that it has. */
  stop(): void {
    this.close()
    this.#cancelling.close()
    this.#listener?.close()
  }

  /** Its connection; the session is still there, and `connect` goes on with it. */
  close(): void {
    this.#state = 'closed'
    this.#connection?.close()
    this.#connection = undefined
    this.#dialogue.cut()
  }

  onOpen(times: ConnectTimes | undefined): void {
    if (times !== undefined) this.#recorder.connected(times)
    this.#goOnOpening()
  }

  onHead(head: ResponseHead, atNs: number): void {
    if (this.#state === 'busy') this.#request.onHead(head, atNs)
    this.#dialogue.onHead(head)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    if (this.#state === 'busy') this.#request.onBody(to - from)
    this.#dialogue.onBody(bytes, from, to)
  }

  onEnd(isReusable: boolean, atNs: number): void {
    const ending = this.#dialogue.end()
    if (!isReusable) this.#connection = undefined
    if (this.#state === 'opening') this.#endOpening(ending)
    else if (this.#state === 'leaving') {
      this.stop()
      this.#lose(undefined)
    } else {
      this.#end(ending, atNs)
      if (!isReusable) this.#lose(undefined)
      else if (this.#dialogue.isOpen) {
        this.#state = 'free'
        this.#owner.onLaneFree(this)
      } else this.#reopen()
    }
  }

  onFailure(failure: ConnectionFailure): void {
    const state = this.#state
    this.#connection = undefined
    const atNs = nowNs()
    const isFault = state === 'busy' || state === 'opening' || (state === 'free' && failure.kind === 'protocol')
    const isNew = isFault && this.#recorder.connectionLost(failure.shared, atNs, state !== 'free')
    if (state === 'busy') this.#end(this.#endingOf(failure), atNs)
    else if (state === 'free' && isNew) this.#recorder.betweenRequests(outcomeOf(failure), atNs)
    this.#lose({ ...failure, whileConnecting: state === 'opening' })
  }

  /** Say so, and let the target end its reply; give it up when it does not. */
  #cancel(atNs: number): void {
    const notice = this.#cancelling.isUnderWay ? undefined : this.#dialogue.cancellation()
    if (notice !== undefined) {
      this.#cancelling.tell(notice)
      return
    }
    this.#end(this.#dialogue.endCancelled(), atNs)
    this.#lose(undefined)
  }

  #endOverdue(atNs: number): void {
    if (!this.#cancelling.isUnderWay) {
      this.#end(this.#dialogue.endFailed({ outcome: TIMEOUT, isOk: false }), atNs)
      return
    }
    this.#cancelling.giveUp(TIMEOUT, atNs)
    this.#end(this.#dialogue.endCancelled(), atNs)
  }

  /** A target may end the reply to what was cancelled with its connection; what is no HTTP is its fault all the same. */
  #endingOf(failure: ConnectionFailure): Ending {
    const isCut = failure.kind === 'network' || failure.code === 'TRUNCATED'
    if (this.#cancelling.isUnderWay && isCut) return this.#dialogue.endCancelled()
    return this.#dialogue.endFailed({ outcome: outcomeOf(failure), isOk: false })
  }

  /** A session that the target has forgotten, or that has had its requests, is followed by another on the same connection. */
  #reopen(): void {
    this.#state = 'opening'
    this.#sinceNs = nowNs()
    this.#leavesWhenOpen = false
    this.#listener?.close()
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

  /** What has to be said first is no request of the load, and part of getting the connection. */
  #goOnOpening(): void {
    if (this.#leavesWhenOpen && !this.#dialogue.hasSession) {
      this.stop()
      this.#lose(undefined)
      return
    }
    if (this.#connection === undefined) {
      this.#reconnect()
      return
    }
    // A stream may be there before the connection is, when that had to be made again: `onOpen` goes on.
    if (!this.#connection.isOpen) return
    const stream = this.#dialogue.listening()
    if (stream !== undefined) {
      this.#listen(stream)
      return
    }
    const request = this.#dialogue.opening()
    if (request !== undefined) {
      // A farewell: the target ends the stream with its session.
      if (!this.#dialogue.hasSession) this.#listener?.close()
      this.#connection.send(request)
      return
    }
    this.#state = 'free'
    const openTimeNs = this.#dialogue.takeOpenTimeNs()
    if (openTimeNs !== undefined) this.#recorder.mcp?.sessionOpened(openTimeNs)
    if (this.#leavesWhenOpen) this.leave()
    else this.#owner.onLaneOpen(this)
  }

  #listen(request: StreamRequest): void {
    this.#listener?.close()
    this.#listener = new Listener(this.#settings, this.#recorder, request, {
      onListening: () => {
        this.#dialogue.listens(true)
        if (this.#state === 'opening') this.#goOnOpening()
      },
      onRefused: (outcome) => {
        this.#dialogue.listens(false)
        if (this.#state === 'opening') this.#endOpening({ outcome: `STREAM ${outcome}`, isOk: false })
      },
    })
  }

  #endOpening({ outcome, isOk }: Ending): void {
    const { successor } = this.#dialogue
    if (successor !== undefined) this.#dialogue = successor
    if (isOk || successor !== undefined) this.#goOnOpening()
    else this.#lose({ kind: 'network', code: `${SESSION}${outcome}`, whileConnecting: true })
  }

  #end(ending: Ending, endNs: number): void {
    this.#cancelling.end()
    this.#request.end(ending, this.#dialogue.operation, endNs)
  }
}
