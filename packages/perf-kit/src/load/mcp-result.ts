import type { Histogram } from 'hdr-histogram-js'
import { buildHistogram, recordAll } from './histograms.ts'
import type { DeliveryCounts, DeliveryDelta, McpDelta } from './thread/mcp-delta.ts'

/** What is of MCP alone, of all threads. */
export class McpResult {
  /** from sending `initialize` until requests might be sent, of all sessions, those of the warm-up too */
  readonly sessionOpen: Histogram = buildHistogram()
  /** that came before answers */
  progressEvents = 0
  readonly deliveries = new DeliveryResult()

  add(delta: McpDelta): void {
    recordAll(delta.sessionOpen, [this.sessionOpen])
    this.progressEvents += delta.progressEvents
    this.deliveries.add(delta.deliveries)
  }
}

/** What became of notifications of updated resources, within the counted part of the schedule. */
export class DeliveryResult {
  /** from publishing to arrival, of those whose publisher says when that was */
  readonly times: Histogram = buildHistogram()
  #counts: DeliveryCounts = { arrived: 0, lost: 0, late: 0, twice: 0, untimed: 0, streamsLost: 0 }

  get counts(): DeliveryCounts {
    return this.#counts
  }

  add({ times, ...delta }: DeliveryDelta): void {
    recordAll(times, [this.times])
    const { arrived, lost, late, twice, untimed, streamsLost } = this.#counts
    this.#counts = {
      arrived: arrived + delta.arrived,
      lost: lost + delta.lost,
      late: late + delta.late,
      twice: twice + delta.twice,
      untimed: untimed + delta.untimed,
      streamsLost: streamsLost + delta.streamsLost,
    }
  }
}
