import { nowNs } from '../../clock/index.ts'
import type { ConnectionFailure } from '../../protocol/index.ts'
import type { ThreadShare } from '../arrivals.ts'
import type { Schedule } from '../schedule.ts'
import { Lane, type LaneOwner, type LaneSettings, outcomeOf } from './lane.ts'
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

  start(): void {
    this.sweep(nowNs())
  }

  /** Client number n of all threads is there while the level is above n. */
  sweep(atNs: number): void {
    const { clients, share, beginNs } = this.#options
    const level = clients.levelAt(atNs - beginNs)
    this.#isOver = atNs - beginNs >= clients.durationNs
    for (const [index, client] of this.#clients.entries()) client.sweep(atNs, level > index * share.of + share.index)
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
  #isWanted = false
  #isConnecting = false
  #timer: NodeJS.Timeout | undefined
  #backoffMs = FIRST_BACKOFF_MS

  constructor(options: ClosedTrafficOptions, recorder: Recorder) {
    this.#options = options
    this.#recorder = recorder
    this.#lane = new Lane(this, options.lane, recorder)
  }

  get isBusy(): boolean {
    return this.#lane.isBusy
  }

  sweep(atNs: number, isWanted: boolean): void {
    this.#lane.expire(atNs)
    if (isWanted === this.#isWanted) return
    this.#isWanted = isWanted
    if (isWanted) this.#go()
    else if (!this.#lane.isBusy) this.leave()
  }

  get hasLeft(): boolean {
    return this.#lane.hasLeft
  }

  leave(): void {
    this.#rest()
    this.#lane.leave()
  }

  stop(): void {
    this.#rest()
    this.#lane.close()
  }

  #rest(): void {
    this.#isWanted = false
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isConnecting = false
  }

  onLaneOpen(): void {
    this.#isConnecting = false
    this.#backoffMs = FIRST_BACKOFF_MS
    this.#go()
  }

  onLaneFree(): void {
    const { thinkNs } = this.#options
    if (!this.#isWanted) this.leave()
    else if (thinkNs === 0) this.#send()
    else this.#later(thinkNs / NS_PER_MS)
  }

  /** A connection that could not be had is a request that failed: a user would have seen that. */
  onLaneLost(_lane: Lane, failure: ConnectionFailure | undefined): void {
    this.#isConnecting = false
    if (!this.#isWanted) return
    if (failure?.whileConnecting !== true) {
      this.#go()
      return
    }
    if (nowNs() >= this.#options.lane.countedFromNs) {
      this.#recorder.ask()
      this.#recorder.end(outcomeOf(failure), false, this.#lane.sinceConnectNs, undefined)
    }
    this.#later(this.#backoffMs)
    this.#backoffMs = Math.min(LONGEST_BACKOFF_MS, 2 * this.#backoffMs)
  }

  #later(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#go()
    }, delayMs)
  }

  #go(): void {
    if (!this.#isWanted || this.#timer !== undefined || this.#isConnecting) return
    if (this.#lane.isFree) this.#send()
    else if (!this.#lane.isBusy && this.#lane.hasLeft) {
      this.#isConnecting = true
      this.#lane.connect()
    }
  }

  #send(): void {
    const atNs = nowNs()
    if (atNs >= this.#options.lane.countedFromNs) this.#recorder.ask()
    this.#lane.send(atNs)
  }
}
