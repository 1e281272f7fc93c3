import { nowNs } from '../../../clock/index.ts'
import type { CountedWindow } from '../../thread/counted-request.ts'
import type { Recorder } from '../../thread/recorder.ts'
import type { AutocannonClient } from './client.ts'

const FIRST_ERROR_STATUS = 400

/**
 * Counts the requests of one of autocannon's clients. Their times are taken here, from a client's events: autocannon keeps a
 * request that was lost with its connection in its queue, and takes the next answers for those to the requests before.
 */
export class ClientWatch {
  readonly #client: AutocannonClient
  readonly #recorder: Recorder
  readonly #window: CountedWindow
  readonly #onRest: () => void
  /** of the request under way, if it counts */
  #askedNs: number | undefined
  /** of one that another has taken the place of: what became of it, the next event tells */
  #lostNs: number | undefined
  /** whether the answer that is coming in, or the one before, is the last on its connection */
  #isLast = false
  #hasAnswered = false
  #isResting = false

  constructor(client: AutocannonClient, recorder: Recorder, window: CountedWindow, onRest: () => void) {
    this.#client = client
    this.#recorder = recorder
    this.#window = window
    this.#onRest = onRest
    client.on('request', () => this.#asks(nowNs()))
    client.on('headers', ({ shouldKeepAlive }) => {
      this.#isLast = !shouldKeepAlive
      this.#hasAnswered = false
    })
    client.on('response', (status, bytes) => this.#answered(status, bytes, nowNs()))
    client.on('connError', ({ code, message }) => this.#broke(code ?? message, nowNs()))
    client.on('timeout', () => this.#timedOut(nowNs()))
  }

  /** The schedule is over: whoever has no request that counts under way may go. */
  rest(): void {
    if (this.#isResting || this.#askedNs !== undefined || this.#lostNs !== undefined) return
    this.#isResting = true
    // It may be in the middle of telling us something, and go on with its connection after that.
    setImmediate(() => {
      this.#client.destroy()
      this.#onRest()
    })
  }

  #asks(atNs: number): void {
    if (this.#askedNs !== undefined) {
      this.#lostNs = this.#askedNs
      // A timeout is told of after the request that follows it; a connection that was closed, never.
      queueMicrotask(() => this.#closed(atNs))
    }
    this.#askedNs = atNs < this.#window.toNs ? atNs : undefined
    if (this.#askedNs === undefined) this.rest()
  }

  #answered(status: number, bytes: number, atNs: number): void {
    this.#hasAnswered = true
    if (this.#askedNs !== undefined) this.#recorder.received(this.#askedNs, bytes)
    this.#end(this.#askedNs, `HTTP ${status}`, status < FIRST_ERROR_STATUS, atNs)
    this.#askedNs = undefined
    if (atNs >= this.#window.toNs) this.rest()
  }

  #broke(outcome: string, atNs: number): void {
    const askedNs = this.#askedNs
    this.#askedNs = undefined
    if (!this.#takesNoMore()) this.#end(askedNs, outcome, false, atNs)
    if (atNs >= this.#window.toNs) this.rest()
  }

  #closed(atNs: number): void {
    const lostNs = this.#lostNs
    this.#lostNs = undefined
    if (!this.#takesNoMore()) this.#end(lostNs, 'CLOSED', false, atNs)
    if (atNs >= this.#window.toNs) this.rest()
  }

  #timedOut(atNs: number): void {
    this.#end(this.#lostNs, 'TIMEOUT', false, atNs)
    this.#lostNs = undefined
    if (atNs >= this.#window.toNs) this.rest()
  }

  /** A target that ends a connection with an answer, and says so, has not failed the request that autocannon still sends on it. */
  #takesNoMore(): boolean {
    const takesNoMore = this.#isLast && this.#hasAnswered
    this.#isLast = false
    return takesNoMore
  }

  #end(askedNs: number | undefined, outcome: string, isOk: boolean, atNs: number): void {
    if (askedNs === undefined) return
    this.#recorder.ask(askedNs)
    this.#recorder.end({ outcome, isOk, intendedNs: askedNs, takenNs: askedNs, sentNs: askedNs, endNs: atNs })
  }
}
