import type { Histogram } from 'hdr-histogram-js'
import { loadHistograms } from '../run/index.ts'
import type { LoadResult } from './load-result.ts'
import type { DeliveryCounts } from './thread/mcp-delta.ts'
import { TIME_METRICS } from './time-names.ts'

/** Raised when a reader of the version before would misread what is told. */
export const STREAM_VERSION = 1

/** What became of requests. */
export interface StreamedRequests {
  readonly finished: number
  readonly failed: number
  /** by class, as the Run has them */
  readonly outcomes: Readonly<Record<string, number>>
  /** by the names that metrics have, those that are not empty: HDR histograms of ns, V2, compressed, in base64, which can be added up */
  readonly distributions: Readonly<Record<string, string>>
}

/**
 * What a load has learnt in one second, of all threads together. All seconds of a load add up to its Run, and none is told twice.
 * What is of the warm-up is in none of the counts, but for connections and sessions.
 */
export interface StreamedSecond extends StreamedRequests {
  /** from 0, from the beginning of the warm-up; those after the schedule’s end have the last answers */
  readonly second: number
  /** until when the last thread has told, from the schedule’s beginning: a little after the second’s end; within it in the last */
  readonly untilNs: number
  readonly offered: number
  readonly dropped: number
  readonly unsent: number
  readonly succeededInWindow: number
  readonly receivedBytes: number
  /** of a mix, by name; those of which there was something */
  readonly operations?: Readonly<Record<string, StreamedRequests>>
  readonly progressEvents?: number
  /** notifications of updated resources */
  readonly deliveries?: DeliveryCounts
}

/** @param sum - of this second alone */
export function streamedSecond(second: number, untilNs: number, sum: LoadResult): StreamedSecond {
  const { response, responseOk, times, mcp, plan } = sum
  return {
    second,
    untilNs: Math.round(untilNs),
    offered: sum.offered,
    finished: sum.finished,
    failed: sum.failed,
    dropped: sum.dropped,
    unsent: sum.unsent,
    succeededInWindow: sum.succeededInWindow,
    receivedBytes: sum.receivedBytes,
    outcomes: Object.fromEntries(sum.outcomes),
    distributions: encoded([
      ['responseTime', response],
      ['responseTimeOk', responseOk],
      // None of what there was not to do, as in the Run: no name to look up, no TLS.
      ...TIME_METRICS.filter(([, time]) => times[time].maxValue > 0).map(
        ([name, time]) => [name, times[time]] as const,
      ),
      ...(mcp === undefined
        ? []
        : ([
            ['sessionOpenTime', mcp.sessionOpen],
            ['deliveryTime', mcp.deliveries.times],
          ] as const)),
    ]),
    ...(sum.operations.length === 0 ? {} : { operations: operationsOf(sum) }),
    ...(mcp !== undefined && plan.mcp?.session.progress === true ? { progressEvents: mcp.progressEvents } : {}),
    ...(mcp !== undefined && plan.mcp?.session.subscribe !== undefined ? { deliveries: mcp.deliveries.counts } : {}),
  }
}

function operationsOf({ operations }: Pick<LoadResult, 'operations'>): Readonly<Record<string, StreamedRequests>> {
  const told = operations.filter(({ outcomes }) => outcomes.size > 0)
  return Object.fromEntries(
    told.map(({ name, finished, failed, outcomes, response, responseOk, service }) => [
      name,
      {
        finished,
        failed,
        outcomes: Object.fromEntries(outcomes),
        distributions: encoded([
          ['responseTime', response],
          ['responseTimeOk', responseOk],
          ['serviceTime', service],
        ]),
      },
    ]),
  )
}

function encoded(histograms: readonly (readonly [name: string, histogram: Histogram])[]): Record<string, string> {
  const filled = histograms.filter(([, { totalCount }]) => totalCount > 0)
  return Object.fromEntries(
    filled.map(([name, histogram]) => [name, loadHistograms().encodeIntoCompressedBase64(histogram)]),
  )
}
