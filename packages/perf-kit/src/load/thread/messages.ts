import type { ErrorCode } from '../../errors/index.ts'
import type { LoadPlan } from '../load-plan.ts'
import type { SampleColumns } from '../request-sample.ts'
import type { TimeName } from '../time-names.ts'
import type { McpDelta } from './mcp-delta.ts'
import type { OperationDelta } from './operation-delta.ts'

/** To a thread. */
export interface ThreadJob {
  readonly plan: LoadPlan
  readonly index: number
}

export type ThreadCommand =
  /** `atNs` on the clock of `process.hrtime`, which all threads share */
  | { readonly type: 'start'; readonly atNs: number }
  /** tell what is known, and end */
  | { readonly type: 'stop' }

/** Connections that several may share, and which failed. */
export interface LostConnections {
  readonly connections: number
  /** that were on them, or waited for them: each has failed */
  readonly requests: number
}

/** What happened to requests that were due in one second of the schedule. Value and count in turn; values in ns. */
export interface Delta {
  readonly responseOk: Float64Array
  readonly responseFailed: Float64Array
  readonly times: Readonly<Record<TimeName, Float64Array>>
  /** how requests ended, by class: `HTTP 200`, `ECONNRESET`, `TIMEOUT` … */
  readonly outcomes: Readonly<Record<string, number>>
  readonly dropped: number
  /** ended without having been sent: no connection was free in time, or none could be had */
  readonly unsent: number
  /** ended, and nobody knows how long they took: failures of an engine that only counts them */
  readonly untimed?: number
  readonly offered: number
  /** successes that came within the counted part of the schedule, whenever they were due */
  readonly succeededInWindow: number
  readonly receivedBytes: number
  /** what the target said of an outcome for the first time; absent when it said nothing new */
  readonly said?: Readonly<Record<string, string>>
  /** of HTTP/2; absent when none was lost */
  readonly lost?: LostConnections
  /** absent: plain HTTP */
  readonly mcp?: McpDelta
  /** of each operation of a mix, in the order of the plan; absent when there is only one */
  readonly operations?: readonly OperationDelta[]
}

/** From a thread. Deltas are numbered, so that none is counted twice or missed without a trace. */
export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'delta'; readonly sequence: number; readonly atNs: number; readonly delta: Delta }
  | {
      readonly type: 'done'
      /** whether it was told to end before the schedule did */
      readonly wasStopped: boolean
      /** requests that ended or were dropped */
      readonly finished: number
      /** event-loop utilisation in the counted part of the schedule; of an open loop, which turns it to be punctual, it says nothing */
      readonly busyRatio: number
      /** the same of its busiest seconds; absent from an engine that does not tell */
      readonly busiestRatio?: number
      /** clients that tried to get a connection or session, and never had one; absent from an engine that does not tell */
      readonly shutOut?: number
      /** clients that shared a connection, at most; absent from an engine that does not tell */
      readonly perConnection?: number
      /** absent from an engine that does not tell what a request's time went into */
      readonly sample?: SampleColumns
    }
  /** what a user has written for it cannot be used: the load ends */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string; readonly remedy: string }
