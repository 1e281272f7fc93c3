import { ValueCounts } from '../../run/index.ts'
import type { McpPlan } from '../mcp-plan.ts'
import type { CancelledRequest, CountedWindow, EndedRequest } from './counted-request.ts'
import { DeliveryRecorder } from './delivery-recorder.ts'
import type { McpDelta } from './mcp-delta.ts'

/** Counts what is of MCP alone until somebody takes the counts away. */
export class McpRecorder {
  readonly #sessionOpen = new ValueCounts()
  #progressEvents = 0

  readonly deliveries: DeliveryRecorder

  /** Whether `end` has anything to count: a load that asks for no progress must not pay for it. */
  readonly tellsMore: boolean

  constructor({ session }: McpPlan, window: CountedWindow) {
    this.tellsMore = session.progress === true
    this.deliveries = new DeliveryRecorder(window)
  }

  /** Of requests in the counted window that were sent. */
  end({ progressEvents = 0 }: EndedRequest): void {
    this.#progressEvents += progressEvents
  }

  cancelled({ progressEvents = 0 }: CancelledRequest): void {
    this.#progressEvents += progressEvents
  }

  /** Of all sessions, those of the warm-up too: most are opened then. */
  sessionOpened(durationNs: number): void {
    this.#sessionOpen.add(durationNs)
  }

  take(): McpDelta {
    const progressEvents = this.#progressEvents
    this.#progressEvents = 0
    return {
      sessionOpen: this.#sessionOpen.drain(),
      progressEvents,
      deliveries: this.deliveries.take(),
    }
  }
}
