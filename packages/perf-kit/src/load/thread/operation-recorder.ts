import { CANCELLED } from '../../protocol/index.ts'
import { ValueCounts } from '../../run/index.ts'
import type { EndedRequest } from './counted-request.ts'
import type { OperationDelta } from './operation-delta.ts'

/** Counts what became of the requests of one operation until somebody takes the counts away. */
export class OperationRecorder {
  readonly #responseOk = new ValueCounts()
  readonly #responseFailed = new ValueCounts()
  readonly #service = new ValueCounts()
  readonly #outcomes = new Map<string, number>()

  /** Of requests in the counted window that were sent. */
  end({ outcome, isOk, intendedNs, sentNs, endNs }: EndedRequest): void {
    const responses = isOk ? this.#responseOk : this.#responseFailed
    responses.add(endNs - intendedNs)
    if (sentNs !== undefined) this.#service.add(endNs - sentNs)
    this.#count(outcome)
  }

  cancelled(): void {
    this.#count(CANCELLED.outcome)
  }

  #count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
  }

  take(): OperationDelta {
    const outcomes = Object.fromEntries(this.#outcomes)
    this.#outcomes.clear()
    return {
      responseOk: this.#responseOk.drain(),
      responseFailed: this.#responseFailed.drain(),
      service: this.#service.drain(),
      outcomes,
    }
  }
}
