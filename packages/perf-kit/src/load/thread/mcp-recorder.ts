import { CANCELLED } from '../../protocol/index.ts'
import { ValueCounts } from '../../run/index.ts'
import type { McpPlan } from '../mcp-plan.ts'
import type { CancelledRequest, CountedWindow, EndedRequest } from './counted-request.ts'
import { DeliveryRecorder } from './delivery-recorder.ts'
import type { McpDelta, OperationDelta } from './mcp-delta.ts'

/** Counts what is of MCP alone until somebody takes the counts away. */
export class McpRecorder {
  /** empty when there is only one operation: what became of it is what became of all */
  readonly #operations: readonly OperationRecorder[]
  readonly #sessionOpen = new ValueCounts()
  #progressEvents = 0

  readonly deliveries: DeliveryRecorder

  /** Whether `end` has anything to count: a load of a single operation must not pay for the others. */
  readonly tellsMore: boolean

  constructor({ operations, session }: McpPlan, window: CountedWindow) {
    this.tellsMore = operations.length > 1 || session.progress === true
    this.deliveries = new DeliveryRecorder(window)
    this.#operations = operations.length === 1 ? [] : operations.map(() => new OperationRecorder())
  }

  /** Of requests in the counted window that were sent. */
  end(ended: EndedRequest): void {
    this.#progressEvents += ended.progressEvents ?? 0
    if (ended.operation !== undefined) this.#operations[ended.operation]?.end(ended)
  }

  cancelled({ operation, progressEvents = 0 }: CancelledRequest): void {
    this.#progressEvents += progressEvents
    this.#operations[operation]?.cancelled()
  }

  /** Of all sessions, those of the warm-up too: most are opened then. */
  sessionOpened(durationNs: number): void {
    this.#sessionOpen.add(durationNs)
  }

  take(): McpDelta {
    const progressEvents = this.#progressEvents
    this.#progressEvents = 0
    return {
      operations: this.#operations.map((operation) => operation.take()),
      sessionOpen: this.#sessionOpen.drain(),
      progressEvents,
      deliveries: this.deliveries.take(),
    }
  }
}

/** What became of the requests of one operation. */
class OperationRecorder {
  readonly #responseOk = new ValueCounts()
  readonly #responseFailed = new ValueCounts()
  readonly #service = new ValueCounts()
  readonly #outcomes = new Map<string, number>()

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
