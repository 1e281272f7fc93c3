import type { HeapSample } from '../target/index.ts'
import type { OutsideSample } from './outside-process.ts'

/** How many requests had ended by a time. */
export interface EndedRequests {
  readonly count: number
  /** on the clock of `process.hrtime` */
  readonly atNs: number
}

/** What a process kept at one time. */
export interface MemorySample {
  /** when it was complete, on the clock of `process.hrtime`, which all processes of a machine share */
  readonly atNs: number
  /** as far as was known by then; `null` where nobody counts them, or none was to come yet */
  readonly requests: EndedRequests | null
  /** as the system tells it; `null` where it does not */
  readonly outside: Extract<OutsideSample, { readonly state: 'seen' }> | null
  /** as the process tells it itself; `null` without an agent in it, and while it stands still */
  readonly inside: HeapSample | null
}
