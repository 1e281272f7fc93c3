import type { Histogram } from 'hdr-histogram-js'
import { addCounts, buildHistogram, recordAll } from './histograms.ts'
import type { OperationDelta } from './thread/operation-delta.ts'

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
