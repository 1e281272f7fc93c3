import { nowNs } from '../../clock/index.ts'
import type { ConnectionFailure } from '../../protocol/index.ts'
import type { ThreadShare } from '../arrivals.ts'
import type { Schedule } from '../schedule.ts'
import { outcomeOf } from './connection-outcome.ts'
import type { Dialogue } from './dialogue.ts'
import { Lane, type LaneOwner } from './lane.ts'
import type { LaneSettings } from './lane-settings.ts'
import type { Recorder } from './recorder.ts'
import type { Traffic } from './traffic.ts'

const NS_PER_MS = 1e6
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 2_000

export interface ClosedTrafficOptions {
  /** clients of all threads together, over time */
  readonly clients: Schedule
  readonly share: ThreadShare
  readonly thinkNs: number
  readonly lane: LaneSettings
  readonly dialogue: () => Dialogue
  /** the schedule's beginning, on this thread's clock */
  readonly beginNs: number
}

/** Clients that ask, wait for the answer, think, and ask again; as many of them as the schedule has at each moment. */
export class ClosedTraffic implements Traffic {
  readonly #options: ClosedTrafficOptions
  readonly #clients: readonly Client[]
  #isOver = false

  constructor(options: ClosedTrafficOptions, recorder: Recorder) {
    const { clients, share } = options
    this.#options = options
    const count = Math.ceil((Math.ceil(clients.highest) - share.index) / share.of)
    this.#clients = Array.from({ length: Math.max(0, count) }, () => new Client(options, recorder))
  }

  get isDone(): boolean {
    return this.#isOver && this.#clients.every(({ isBusy }) => !isBusy)
  }

  get shutOut(): number {
    return this.#clients.reduce((count, { isShutOut }) => count + (isShutOut ? 1 : 0), 0)
  }

  start(): void {
    const atNs = nowNs()
    this.sweep(atNs, atNs)
  }

  /** Client number n of all threads is there while the level is above n. */
  sweep(atNs: number, expiryNs: number): void {
    const { clients, share, beginNs } = this.#options
    const level = clients.levelAt(atNs - beginNs)
    this.#isOver = atNs - beginNs >= clients.durationNs
    for (const [index, client] of this.#clients.entries()) {
      client.expire(expiryNs)
      client.sweep(level > index * share.of + share.index)
    }
  }

  leave(): void {
    for (const client of this.#clients) client.leave()
  }

  get hasLeft(): boolean {
    return this.#clients.every(({ hasLeft }) => hasLeft)
  }

  stop(): void {
    for (const client of this.#clients) client.stop()
  }
}

class Client implements LaneOwner {
  readonly #lane: Lane
  readonly #recorder: Recorder
  readonly #options: ClosedTrafficOptions
  /** of the schedule */
  readonly #endNs: number
  #isWanted = false
  /** its connection or session is being opened for a request, and not to say farewell */
  #isOpening = false
  #hasOpened = false
  #hasFailed = false
  #timer: NodeJS.Timeout | undefined
  #backoffMs = FIRST_BACKOFF_MS

  constructor(options: ClosedTrafficOptions, recorder: Recorder) {
    this.#options = options
    this.#recorder = recorder
    this.#endNs = options.beginNs + options.clients.durationNs
    this.#lane = new Lane(this, options.lane, recorder, options.dialogue())
  }

  /** A user who waits for a connection waits, however long: what becomes of it counts after the schedule's end too. */
  get isBusy(): boolean {
    return this.#lane.isBusy || this.#isOpening
  }

  /** Whether it tried, and could never ask anything. */
  get isShutOut(): boolean {
    return this.#hasFailed && !this.#hasOpened
  }

  expire(atNs: number): void {
    this.#lane.expire(atNs)
  }

  sweep(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return
    this.#isWanted = isWanted
    if (isWanted) this.#go()
    else if (!this.isBusy) this.leave()
  }

  get hasLeft(): boolean {
    return this.#lane.isClosed
  }

  leave(): void {
    this.#rest()
    // Its session is still there, and ends only with a farewell.
    if (this.#lane.isClosed && this.#lane.hasSession) this.#lane.connect()
    this.#lane.leave()
  }

  stop(): void {
    this.#rest()
    this.#lane.stop()
  }

  #rest(): void {
    this.#isWanted = false
    this.#isOpening = false
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  onLaneOpen(): void {
    this.#isOpening = false
    this.#hasOpened = true
    this.#backoffMs = FIRST_BACKOFF_MS
    if (this.#isWanted) this.#go()
    else this.leave()
  }

  onLaneFree(): void {
    if (this.#isWanted) this.#think()
    else this.leave()
  }

  onLaneReopening(): void {
    if (!this.#isWanted || nowNs() >= this.#endNs) {
      this.leave()
      return
    }
    this.#isOpening = true
    if (this.#options.thinkNs > 0) this.#think()
  }

  onLaneLost(_lane: Lane, failure: ConnectionFailure | undefined): void {
    if (failure?.whileConnecting === true && this.#isOpening) this.#noteUnopened(failure)
    this.#isOpening = false
    if (!this.#isWanted) {
      // A target that cannot be reached is left without a farewell.
      if (failure?.whileConnecting !== true) this.leave()
      return
    }
    if (failure?.whileConnecting !== true) {
      // One that was lost while the client was thinking is made again when it has thought.
      if (this.#timer === undefined) this.#think()
      return
    }
    this.#later(this.#backoffMs)
    this.#backoffMs = Math.min(LONGEST_BACKOFF_MS, 2 * this.#backoffMs)
  }

  /** A connection that could not be had is a request that failed: a user would have seen that. */
  #noteUnopened(failure: ConnectionFailure): void {
    this.#hasFailed = true
    const intendedNs = this.#lane.connectAtNs
    this.#recorder.ask(intendedNs)
    this.#recorder.requestLost(failure, intendedNs)
    this.#recorder.end({
      outcome: outcomeOf(failure),
      isOk: false,
      intendedNs,
      takenNs: intendedNs,
      endNs: nowNs(),
    })
  }

  #think(): void {
    const { thinkNs } = this.#options
    if (thinkNs === 0) this.#go()
    else this.#later(thinkNs / NS_PER_MS)
  }

  #later(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#go()
    }, delayMs)
  }

  #go(): void {
    if (!this.#isWanted || this.#timer !== undefined) return
    // The sweep that ends it comes some ms later, and nothing is due any more.
    const atNs = nowNs()
    if (atNs >= this.#endNs) return
    if (this.#lane.isFree) this.#send(atNs)
    else if (this.#lane.isClosed) this.#connect()
  }

  #connect(): void {
    this.#isOpening = true
    this.#lane.connect()
  }

  #send(atNs: number): void {
    this.#recorder.ask(atNs)
    this.#lane.send(atNs, atNs, atNs)
  }
}
