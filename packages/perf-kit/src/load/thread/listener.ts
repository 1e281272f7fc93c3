import { nowNs } from '../../clock/index.ts'
import {
  type Connection,
  type ConnectionFailure,
  type ConnectionHandler,
  MessageStream,
  type ResponseHead,
  readResourceUpdate,
  type StreamRequest,
} from '../../protocol/index.ts'
import { outcomeOf, TIMEOUT } from './connection-outcome.ts'
import { DeliveryTrack } from './delivery-track.ts'
import type { LaneSettings } from './lane-settings.ts'
import type { Recorder } from './recorder.ts'

export interface ListenerOwner {
  /** The stream is there for the first time. */
  onListening(): void
  /** There is none to be had. @param outcome - what the target said, or the system */
  onRefused(outcome: string): void
}

const OK = 200
const EVENT_STREAM = 'text/event-stream'
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 2_000
/** The session, or the stream itself, is not there any more: asking again would not bring it back. */
const GONE: ReadonlySet<string> = new Set(['HTTP 404', 'HTTP 405'])

/**
 * A session's second connection: the stream of events on which the target says what nobody asked for. One that ends without our
 * doing is asked for again.
 */
export class Listener implements ConnectionHandler {
  readonly #settings: LaneSettings
  readonly #stream: StreamRequest
  readonly #owner: ListenerOwner
  readonly #recorder: Recorder
  readonly #track = new DeliveryTrack()
  #connection: Connection | undefined
  #messages: MessageStream | undefined
  #refusal: string | undefined
  #hasListened = false
  #isClosed = false
  #timer: NodeJS.Timeout | undefined
  #backoffMs = FIRST_BACKOFF_MS
  /** when it was asked for, until it is there */
  #askedAtNs: number | undefined
  #arrivedAtNs = 0

  constructor(settings: LaneSettings, recorder: Recorder, stream: StreamRequest, owner: ListenerOwner) {
    this.#settings = settings
    this.#recorder = recorder
    this.#stream = stream
    this.#owner = owner
    this.#connect()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#connection?.close()
  }

  /** One that was there, and does not come back when it is asked for again, is given up, and asked for once more. */
  expire(atNs: number): void {
    if (!this.#hasListened || this.#askedAtNs === undefined || this.#isClosed) return
    if (atNs - this.#askedAtNs >= this.#settings.timeoutNs) this.#end(TIMEOUT)
  }

  onOpen(): void {
    this.#connection?.send(this.#stream.request)
  }

  onHead(head: ResponseHead): void {
    const isStream = head.starts('content-type', EVENT_STREAM)
    if (head.status !== OK || !isStream) {
      this.#refusal = head.status === OK ? 'NO STREAM' : `HTTP ${head.status}`
      return
    }
    this.#backoffMs = FIRST_BACKOFF_MS
    this.#askedAtNs = undefined
    this.#messages = new MessageStream((message) => {
      if (message['method'] === this.#stream.acknowledgedBy) this.#heard()
      const update = readResourceUpdate(message)
      if (update !== undefined) this.#recorder.mcp?.deliveries.arrived(update, this.#arrivedAtNs, this.#track)
    })
    if (this.#stream.acknowledgedBy === undefined) this.#heard()
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    // First of all: what it takes to understand it is our own time.
    this.#arrivedAtNs = nowNs()
    if (this.#messages?.feed(bytes, from, to) === false) this.#end('ENDLESS EVENT')
  }

  onEnd(): void {
    this.#end(this.#refusal ?? 'CLOSED')
  }

  onFailure(failure: ConnectionFailure): void {
    this.#end(outcomeOf(failure))
  }

  #heard(): void {
    if (this.#hasListened) return
    this.#hasListened = true
    this.#owner.onListening()
  }

  #connect(): void {
    this.#refusal = undefined
    this.#askedAtNs = nowNs()
    this.#connection = this.#settings.connectEndless(this)
  }

  #end(outcome: string): void {
    if (this.#isClosed) return
    this.#askedAtNs = undefined
    this.#connection?.close()
    if (!this.#hasListened) {
      this.close()
      this.#owner.onRefused(outcome)
      return
    }
    const wasThere = this.#messages !== undefined
    this.#messages = undefined
    if (wasThere) this.#recorder.mcp?.deliveries.streamLost(nowNs())
    // Only what is asked of the session will tell that it is gone.
    if (GONE.has(outcome)) return
    if (!wasThere) this.#recorder.aside(`STREAM ${outcome}`, nowNs())
    this.#timer = setTimeout(() => this.#connect(), this.#backoffMs)
    this.#backoffMs = Math.min(LONGEST_BACKOFF_MS, 2 * this.#backoffMs)
  }
}
