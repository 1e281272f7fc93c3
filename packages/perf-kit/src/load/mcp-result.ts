import type { Histogram } from 'hdr-histogram-js'
import { addCounts, buildHistogram, recordAll } from './histograms.ts'
import type { McpPlan } from './mcp-plan.ts'
import type { DeliveryCounts, DeliveryDelta, McpDelta, OperationDelta } from './thread/mcp-delta.ts'

/** What is of MCP alone, of all threads. */
export class McpResult {
  /** of each operation of a mix; empty when there is only one */
  readonly operations: readonly OperationResult[]
  /** from sending `initialize` until requests might be sent, of all sessions, those of the warm-up too */
  readonly sessionOpen: Histogram = buildHistogram()

  /** that came before answers */
  progressEvents = 0
  readonly deliveries = new DeliveryResult()

  constructor({ operations }: McpPlan) {
    this.operations = operations.length === 1 ? [] : operations.map(({ name }) => new OperationResult(name))
  }

  add(delta: McpDelta): void {
    for (const [index, operation] of delta.operations.entries()) this.operations[index]?.add(operation)
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

/** What became of the requests of one operation. Those that were never sent had none: it is drawn when one is sent. */
export class OperationResult {
  readonly name: string
  readonly response: Histogram = buildHistogram()
  readonly responseOk: Histogram = buildHistogram()
  readonly service: Histogram = buildHistogram()
  readonly outcomes = new Map<string, number>()

  constructor(name: string) {
    this.name = name
  }

  get finished(): number {
    return this.response.totalCount
  }

  get failed(): number {
    return this.finished - this.responseOk.totalCount
  }

  add(delta: OperationDelta): void {
    recordAll(delta.responseOk, [this.response, this.responseOk])
    recordAll(delta.responseFailed, [this.response])
    recordAll(delta.service, [this.service])
    addCounts(this.outcomes, delta.outcomes)
  }
}
