import { nowNs } from '../../clock/index.ts'
import type { ConnectionFailure, EncodedRequest, Ending, ResponseHead } from '../../protocol/index.ts'
import { Cancelling } from './cancelling.ts'
import { outcomeOf, TIMEOUT } from './connection-outcome.ts'
import type { LaneSession } from './lane-session.ts'
import type { LaneSettings } from './lane-settings.ts'
import type { Recorder } from './recorder.ts'
import { RequestUnderWay } from './request-under-way.ts'

/** A lane's request, one after the other: what is sent, whether it is called off, and how it ends. Each ends once. */
export class LaneRequest {
  readonly #session: LaneSession
  readonly #recorder: Recorder
  readonly #underWay: RequestUnderWay
  readonly #cancelling: Cancelling

  constructor(session: LaneSession, settings: LaneSettings, recorder: Recorder) {
    this.#session = session
    this.#recorder = recorder
    this.#underWay = new RequestUnderWay(recorder)
    this.#cancelling = new Cancelling(settings, recorder)
  }

  get intendedNs(): number {
    return this.#underWay.intendedNs
  }

  /**
   * @param takenNs - when the generator came to what was due at `intendedNs`
   * @param atNs - the time now
   * @returns what is to be sent
   */
  begin(intendedNs: number, takenNs: number, atNs: number): EncodedRequest {
    const { dialogue } = this.#session
    const request = dialogue.next()
    if (dialogue.isMadeUp === true) {
      // Made up before it is sent: that is the generator's own time, and none of the target's or of a wait for a connection.
      const sentNs = nowNs()
      const madeNs = takenNs + sentNs - atNs
      this.#recorder.madeUp(intendedNs, madeNs)
      this.#underWay.begin(intendedNs, madeNs, sentNs)
    } else this.#underWay.begin(intendedNs, takenNs, atNs)
    const { cancelAfterNs } = dialogue
    if (cancelAfterNs !== undefined) this.#cancelling.plan(this.#underWay.sentNs + cancelAfterNs)
    return request
  }

  onHead(head: ResponseHead, atNs: number): void {
    this.#underWay.onHead(head, atNs)
  }

  onBody(lengthBytes: number): void {
    this.#underWay.onBody(lengthBytes)
  }

  /**
   * Call it off if it is time to: say so, and let the target end its reply; give it up when it does not.
   *
   * @returns whether it has ended
   */
  cancelIfDue(atNs: number): boolean {
    if (!this.#cancelling.isDue(atNs)) return false
    const { dialogue } = this.#session
    const notice = this.#cancelling.isUnderWay ? undefined : dialogue.cancellation()
    if (notice !== undefined) {
      this.#cancelling.tell(notice)
      return false
    }
    this.end(dialogue.endCancelled(), atNs)
    return true
  }

  end(ending: Ending, endNs: number): void {
    this.#cancelling.end()
    this.#underWay.end(ending, this.#session.dialogue.operation, endNs)
  }

  endOverdue(atNs: number): void {
    if (!this.#cancelling.isUnderWay) {
      this.end(this.#session.dialogue.endFailed({ outcome: TIMEOUT, isOk: false }), atNs)
      return
    }
    this.#cancelling.giveUp(TIMEOUT, atNs)
    this.end(this.#session.dialogue.endCancelled(), atNs)
  }

  /**
   * Its connection has failed, or what came over it was no answer. A target may end the reply to what was cancelled with its
   * connection; what is no HTTP is its fault all the same.
   */
  endLost(failure: ConnectionFailure, atNs: number): void {
    const isCut = failure.kind === 'network' || failure.code === 'TRUNCATED'
    if (this.#cancelling.isUnderWay && isCut) {
      this.end(this.#session.dialogue.endCancelled(), atNs)
      return
    }
    this.#recorder.requestLost(failure, this.intendedNs)
    this.end(this.#session.dialogue.endFailed({ outcome: outcomeOf(failure), isOk: false }), atNs)
  }

  /** Nobody is told any more that it was called off. */
  close(): void {
    this.#cancelling.close()
  }
}
