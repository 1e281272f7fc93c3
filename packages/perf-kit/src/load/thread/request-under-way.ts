import { nowNs } from '../../clock/index.ts'
import type { Ending, ResponseHead } from '../../protocol/index.ts'
import type { Recorder } from './recorder.ts'

/** A lane's request from when it is sent until it has ended; one after the other in the same object. */
export class RequestUnderWay {
  readonly #recorder: Recorder
  #takenNs = 0
  #headNs: number | undefined
  /** in the sample; negative: not there */
  #place: number | undefined
  #serverTiming: string | undefined
  intendedNs = 0
  sentNs = 0

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** @param takenNs - when the generator came to what was due at `intendedNs` */
  begin(intendedNs: number, takenNs: number): void {
    this.intendedNs = intendedNs
    this.#takenNs = takenNs
    this.#headNs = undefined
    this.#place = undefined
    this.#serverTiming = undefined
    this.sentNs = nowNs()
  }

  onHead(head: ResponseHead): void {
    this.#headNs = nowNs()
    this.#place = this.#recorder.head(this.intendedNs)
    if (this.#place >= 0) this.#serverTiming = head.getAll('server-timing')
  }

  onBody(lengthBytes: number): void {
    this.#recorder.received(this.intendedNs, lengthBytes)
  }

  end({ outcome, isOk, isCancelled, progressEvents = 0 }: Ending, operation: number, endNs: number): void {
    const { intendedNs } = this
    if (isCancelled) {
      this.#recorder.cancelled({ operation, intendedNs, place: this.#place, progressEvents })
      return
    }
    // Named one by one: spreading costs as much as counting.
    this.#recorder.end({
      operation,
      outcome,
      isOk,
      intendedNs,
      takenNs: this.#takenNs,
      sentNs: this.sentNs,
      headNs: this.#headNs,
      endNs,
      place: this.#place,
      serverTiming: this.#serverTiming,
      progressEvents,
    })
  }
}
