import { nowNs } from '../../clock/index.ts'
import type { EncodedRequest } from '../../protocol/index.ts'
import { Courier } from './courier.ts'
import type { LaneSettings } from './lane-settings.ts'
import type { Recorder } from './recorder.ts'

/** A target that ends what was cancelled does so at once; one that leaves it open costs the connection. */
const GRACE_NS = 100e6
const NEVER = Number.POSITIVE_INFINITY

/** Calling off a lane's request when its time has come, and for how long its reply is waited for then. */
export class Cancelling {
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  /** when the request is to be cancelled, and then when it is given up */
  #dueNs = NEVER
  #isUnderWay = false
  #courier: Courier | undefined

  constructor(settings: LaneSettings, recorder: Recorder) {
    this.#settings = settings
    this.#recorder = recorder
  }

  /** Whether the target was told: how the reply ends is then not what a request waits for. */
  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  /** Of the request that has just been sent. */
  plan(atNs: number): void {
    this.#dueNs = atNs
  }

  isDue(atNs: number): boolean {
    return atNs >= this.#dueNs
  }

  /** Tell the target, over a connection of its own; the grace begins when it has taken the notice. */
  tell(notice: EncodedRequest): void {
    this.#isUnderWay = true
    this.#dueNs = NEVER
    this.#courier ??= new Courier(this.#settings)
    this.#courier.tell(notice, (problem) => {
      const toldAtNs = nowNs()
      if (problem !== undefined) this.#recorder.aside(`CANCELLATION ${problem}`, toldAtNs)
      // The reply may have ended before, and this be of the one before.
      if (this.#isUnderWay) this.#dueNs = toldAtNs + GRACE_NS
    })
  }

  /** The reply has not ended in time. @param outcome - of a notice that was not taken either */
  giveUp(outcome: string, atNs: number): void {
    if (this.#dueNs !== NEVER) return
    this.#courier?.close()
    this.#recorder.aside(`CANCELLATION ${outcome}`, atNs)
  }

  /** The request has ended, one way or the other. */
  end(): void {
    this.#dueNs = NEVER
    this.#isUnderWay = false
  }

  close(): void {
    this.#courier?.close()
  }
}
