import { nowNs } from '../../clock/index.ts'
import type { ConnectionFailure } from '../../protocol/index.ts'
import type { Arrivals } from '../arrivals.ts'
import { outcomeOf, SESSION, TIMEOUT } from './connection-outcome.ts'
import type { Dialogue } from './dialogue.ts'
import { Fifo } from './fifo.ts'
import { Lane, type LaneOwner } from './lane.ts'
import type { LaneSettings } from './lane-settings.ts'
import { Pacer } from './pacer.ts'
import type { Recorder } from './recorder.ts'
import type { Traffic } from './traffic.ts'

/** A request, and when the generator came to it. */
interface Due {
  readonly intendedNs: number
  readonly takenNs: number
}

export interface OpenTrafficOptions {
  readonly arrivals: Arrivals
  /** this thread's share */
  readonly maxInFlight: number
  readonly maxConnections: number
  readonly lane: LaneSettings
  readonly dialogue: () => Dialogue
  /** the schedule's beginning, on this thread's clock */
  readonly beginNs: number
}

/** Sends at the intended times, over as many connections as that takes; what finds none waits, and its wait counts. */
export class OpenTraffic implements Traffic, LaneOwner {
  readonly shutOut = 0
  readonly #options: OpenTrafficOptions
  readonly #recorder: Recorder
  readonly #pacer: Pacer
  readonly #lanes = new Set<Lane>()
  readonly #free: Lane[] = []
  /** requests that no connection was free for */
  readonly #waiting = new Fifo<Due>()
  #connecting = 0
  /** among those connecting: they have had their requests, and none waits for one of them in particular */
  readonly #reopening = new Set<Lane>()
  #nextNs: number | undefined
  /** without a connection: their sessions are still there */
  readonly #lost: Lane[] = []
  #isLeaving = false

  constructor(options: OpenTrafficOptions, recorder: Recorder) {
    this.#options = options
    this.#recorder = recorder
    this.#pacer = new Pacer(nowNs, () => this.#sendDue())
  }

  get isDone(): boolean {
    return this.#nextNs === undefined && this.#inFlight === 0
  }

  get #inFlight(): number {
    return this.#lanes.size - this.#connecting - this.#free.length + this.#waiting.length
  }

  start(): void {
    this.#nextNs = this.#takeArrival()
    if (this.#nextNs !== undefined) this.#pacer.start(this.#nextNs)
  }

  leave(): void {
    this.#isLeaving = true
    this.#nextNs = undefined
    this.#pacer.stop()
    for (const lane of this.#lanes) lane.leave()
    for (const lane of this.#lost.splice(0)) {
      if (lane.hasSession) this.#connect(lane)
      lane.leave()
    }
  }

  get hasLeft(): boolean {
    return [...this.#lanes].every(({ isClosed }) => isClosed)
  }

  stop(): void {
    this.#isLeaving = true
    this.#nextNs = undefined
    this.#pacer.stop()
    for (const lane of [...this.#lanes, ...this.#lost]) lane.stop()
    this.#lanes.clear()
  }

  sweep(_atNs: number, expiryNs: number): void {
    for (const lane of this.#lanes) lane.expire(expiryNs)
    // They have streams yet.
    for (const lane of this.#lost) lane.expire(expiryNs)
    for (let first = this.#waiting.first; first !== undefined; first = this.#waiting.first) {
      if (expiryNs - first.intendedNs < this.#options.lane.timeoutNs) return
      this.#failWaiting(TIMEOUT)
    }
  }

  onLaneOpen(lane: Lane): void {
    this.#connecting--
    this.#reopening.delete(lane)
    if (this.#isLeaving) lane.leave()
    else this.onLaneFree(lane)
  }

  onLaneFree(lane: Lane): void {
    const due = this.#waiting.shift()
    // The one that was used last is the one whose buffers are still in the processor's caches.
    if (due === undefined) this.#free.push(lane)
    else lane.send(due.intendedNs, due.takenNs, nowNs())
  }

  onLaneReopening(lane: Lane): void {
    this.#connecting++
    this.#reopening.add(lane)
  }

  onLaneLost(lane: Lane, failure: ConnectionFailure | undefined): void {
    this.#lanes.delete(lane)
    const index = this.#free.indexOf(lane)
    if (index >= 0) this.#free.splice(index, 1)
    const wasReopening = this.#reopening.delete(lane)
    if (failure?.whileConnecting === true) this.#connecting--
    if (this.#isLeaving) {
      lane.stop()
      return
    }
    this.#lost.push(lane)
    if (failure?.whileConnecting === true) this.#noteUnopened(failure, wasReopening)
    this.#connectForWaiting()
  }

  #takeArrival(): number | undefined {
    const atNs = this.#options.arrivals.next()
    return atNs === undefined ? undefined : this.#options.beginNs + atNs
  }

  /** @returns when the next one is due */
  #sendDue(): number | undefined {
    while (this.#nextNs !== undefined) {
      const atNs = nowNs()
      if (this.#nextNs > atNs) break
      this.#dispatch(this.#nextNs, atNs)
      this.#nextNs = this.#takeArrival()
    }
    return this.#nextNs
  }

  #dispatch(intendedNs: number, atNs: number): void {
    this.#recorder.due(intendedNs, atNs)
    const lane = this.#free.pop()
    if (lane !== undefined) {
      lane.send(intendedNs, atNs, atNs)
      return
    }
    if (this.#inFlight >= this.#options.maxInFlight) {
      this.#recorder.drop(intendedNs)
      return
    }
    this.#waiting.push({ intendedNs, takenNs: atNs })
    this.#connectForWaiting()
  }

  #connectForWaiting(): void {
    const { lane, dialogue, maxConnections } = this.#options
    if (this.#connecting >= this.#waiting.length || this.#lanes.size >= maxConnections * lane.perConnection()) return
    this.#connect(this.#lost.pop() ?? new Lane(this, lane, this.#recorder, dialogue()))
  }

  #connect(lane: Lane): void {
    this.#lanes.add(lane)
    this.#connecting++
    lane.connect()
  }

  /** A lane that was opened for a request that waits: that one has failed, not all that wait with it. */
  #noteUnopened(failure: ConnectionFailure, wasReopening: boolean): void {
    const outcome = outcomeOf(failure)
    if (wasReopening) {
      this.#recorder.aside(outcome.startsWith(SESSION) ? outcome : `${SESSION}${outcome}`, nowNs())
      return
    }
    // It may have been answered over another connection meanwhile.
    const { first } = this.#waiting
    if (first !== undefined) this.#recorder.requestLost(failure, first.intendedNs)
    this.#failWaiting(outcome)
  }

  #failWaiting(outcome: string): void {
    const due = this.#waiting.shift()
    if (due === undefined) return
    this.#recorder.end({ outcome, isOk: false, ...due, endNs: nowNs() })
  }
}
