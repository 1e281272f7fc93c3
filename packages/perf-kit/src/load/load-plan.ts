import type { EncodedRequest, HttpEndpoint, TlsTrust } from '../protocol/index.ts'
import type { PackedRows } from './data/packed-rows.ts'
import type { McpPlan } from './mcp-plan.ts'
import type { OperationShare } from './operation-shares.ts'
import type { VariantsPlan } from './requests/weighted-request.ts'
import type { Segment } from './schedule.ts'

export const ARRIVAL_KINDS = ['constant', 'poisson'] as const
/** `constant`: evenly spaced; `poisson`: as of many users who know nothing of each other, with the bunches that makes. */
export type ArrivalKind = (typeof ARRIVAL_KINDS)[number]

/** Clients that wait for each answer before they go on: a slower target is asked less. */
export interface ClosedLoop {
  readonly loop: 'closed'
  /** clients over time */
  readonly clients: readonly Segment[]
  /** between an answer and the client's next request, ns */
  readonly thinkNs: number
}

/** Requests that come when they come, whatever became of those before: what users in their thousands do. */
export interface OpenLoop {
  readonly loop: 'open'
  /** requests a second over time, of all threads together */
  readonly ratePerSec: readonly Segment[]
  readonly arrivals: ArrivalKind
  readonly seed: number
  /** requests sent or waiting at one time; what comes beyond is dropped, and counted */
  readonly maxInFlight: number
  /** connections at one time, of all threads together */
  readonly maxConnections: number
}

export interface Http2Plan {
  /** requests under way on one connection, each of another client, at most */
  readonly streams: number
}

/** All that one thread has to know; plain data, because it is copied there. */
export interface LoadPlan {
  readonly endpoint: HttpEndpoint
  readonly request: EncodedRequest
  readonly method: string
  /** of each request, besides those that the client sets itself */
  readonly headers: Readonly<Record<string, string>>
  /** absent: plain HTTP */
  readonly mcp?: McpPlan
  /** of plain HTTP; absent: `request` again and again */
  readonly variants?: VariantsPlan
  /** fill the gaps of what is asked */
  readonly data?: PackedRows
  /** absent: HTTP/1.1 */
  readonly http2?: Http2Plan
  readonly traffic: ClosedLoop | OpenLoop
  /** what is sent in the first part of the schedule is not counted */
  readonly warmupNs: number
  /** from the intended send time to the last byte */
  readonly timeoutNs: number
  readonly maxAnswerBytes: number
  readonly tls: TlsTrust
  readonly allowRemote: boolean
  readonly threads: number
  /** of the result; absent: all of them */
  readonly secondsKept?: number
}

/** What a load asks, where that may be more than one thing; nothing for one request again and again. */
export function operationsOf({ mcp, variants }: LoadPlan): readonly OperationShare[] {
  return mcp?.operations ?? (variants?.kind === 'list' ? variants.requests : [])
}

export function durationNsOf({ traffic }: LoadPlan): number {
  const segments = traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec
  return segments.reduce((sum, { durationNs }) => sum + durationNs, 0)
}
