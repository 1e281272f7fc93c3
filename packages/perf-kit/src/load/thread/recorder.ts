import { ValueCounts } from '../../run/index.ts'
import type { Delta } from './messages.ts'

/** Counts what became of requests until somebody takes the counts away. */
export class Recorder {
  readonly #responseOk = new ValueCounts()
  readonly #responseFailed = new ValueCounts()
  readonly #service = new ValueCounts()
  readonly #sendLag = new ValueCounts()
  readonly #outcomes = new Map<string, number>()
  #offered = 0
  #dropped = 0
  #receivedBytes = 0
  /** requests that ended, dropped ones too, since the beginning */
  finished = 0

  /** A client asks: there is no time at which it should have. */
  ask(): void {
    this.#offered++
  }

  /**
   * An arrival was due.
   *
   * @param lagNs - how late we came to it: the generator's own delay, not the target's
   */
  due(lagNs: number): void {
    this.#offered++
    this.#sendLag.add(lagNs)
  }

  drop(): void {
    this.#dropped++
    this.finished++
  }

  /** @param serviceNs - since it was really sent; `undefined` when it never was */
  end(outcome: string, isOk: boolean, responseNs: number, serviceNs: number | undefined): void {
    const responses = isOk ? this.#responseOk : this.#responseFailed
    responses.add(responseNs)
    if (serviceNs !== undefined) this.#service.add(serviceNs)
    this.#count(outcome)
    this.finished++
  }

  /** The target did something wrong on a connection that had no request: no request failed, and it is told all the same. */
  betweenRequests(fault: string): void {
    this.#count(`${fault} between requests`)
  }

  received(bytes: number): void {
    this.#receivedBytes += bytes
  }

  #count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
  }

  take(): Delta {
    const delta = {
      responseOk: this.#responseOk.drain(),
      responseFailed: this.#responseFailed.drain(),
      service: this.#service.drain(),
      sendLag: this.#sendLag.drain(),
      outcomes: Object.fromEntries(this.#outcomes),
      dropped: this.#dropped,
      offered: this.#offered,
      receivedBytes: this.#receivedBytes,
    }
    this.#outcomes.clear()
    this.#dropped = 0
    this.#offered = 0
    this.#receivedBytes = 0
    return delta
  }
}
