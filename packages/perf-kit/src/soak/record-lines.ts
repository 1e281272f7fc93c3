import type { StreamedRequests, StreamedSecond } from '../load/index.ts'
import type { MemorySample } from '../memory/index.ts'
import type { Budget, Run, SoakGap, SoakPart } from '../run/index.ts'

/** Raised when a reader of the version before would misread a record. */
export const RECORD_VERSION = 1

/** What has to be known to make a Run of a record. */
export interface RecordHead {
  readonly v: number
  /** of the scenario */
  readonly name: string
  readonly subject: string
  readonly configuration: string
  /** what a level is: clients of a closed loop, or requests a second of an open one */
  readonly loop: 'closed' | 'open'
  readonly startedAt: string
  readonly plannedNs: number
  readonly environment: Run['environment']
  readonly harness: Run['harness']
  readonly source: Run['source']
  readonly budgets: readonly Budget[]
}

/** `at` is a place on the axis of all parts together, in whole seconds: without what is left out of long gaps. */
interface Placed {
  readonly at: number
}

export interface PartLine extends Placed {
  readonly type: 'part'
  readonly startedAt: string
  readonly pid: number | null
  /** the same for two parts that watch one process */
  readonly process: string | null
  /** it answers a part of the requests only */
  readonly isOneOfMany: boolean
  readonly notes: readonly string[]
}

export interface SecondLine extends Placed {
  readonly type: 'second'
  readonly wallMs: number
  /** clients, or requests a second */
  readonly level: number
  /** within a time in which this process stood still: nothing that came in counts */
  readonly isGap: boolean
  /** not a piece of one, and no part of what came in after the schedule's end: so that it has a rate */
  readonly isWhole: boolean
  readonly second: StreamedSecond
}

export interface SampleLine extends Placed {
  readonly type: 'sample'
  readonly sample: MemorySample
}

export interface GapLine extends Placed {
  readonly type: 'gap'
  readonly kind: SoakGap['kind']
  readonly lastedNs: number
  /** on the axis */
  readonly drawnSec: number
}

/** Somebody has set the machine's clock. */
export interface ClockLine extends Placed {
  readonly type: 'clock'
  readonly byNs: number
}

export interface EndLine extends Placed {
  readonly type: 'end'
  readonly end: SoakPart['end']
  readonly because: string
  readonly said: string
  /** of the process that was watched: why some of what could be known of it is not */
  readonly doubts: readonly string[]
  /** and what was not seen, so that nothing can be called steady */
  readonly unseen: readonly string[]
  /** what came to its limit that is ours, and not the target's */
  readonly limits: readonly string[]
}

/** What a journal holds: on the disk before the next second is whole. */
export type JournalLine = PartLine | SecondLine | SampleLine | GapLine | ClockLine | EndLine

export type EventLine = PartLine | GapLine | ClockLine | EndLine

/** Counts that add up. */
export interface Counts {
  readonly offered: number
  readonly dropped: number
  readonly unsent: number
  readonly receivedBytes: number
  readonly lostConnections: number
  readonly deliveriesLost: number
  readonly deliveriesArrived: number
  /** ended while this process stood still, or when it went on: in no other count */
  readonly inGaps: number
}

/** Second by second, without those in gaps; null where nothing ended. */
export interface SecondColumns {
  readonly at: readonly number[]
  readonly level: readonly number[]
  readonly succeeded: readonly number[]
  readonly failed: readonly number[]
  readonly notSent: readonly number[]
  readonly p50Ns: readonly (number | null)[]
  readonly p99Ns: readonly (number | null)[]
  readonly highestNs: readonly (number | null)[]
}

/** What a journal comes to, once a minute: then the journal is not needed any more. */
export interface MinuteLine {
  readonly type: 'minute'
  /** from 0 */
  readonly number: number
  /** the end of its last second, by the time of day */
  readonly wallMs: number | null
  readonly seconds: SecondColumns
  readonly counts: Counts
  /** distributions by the names that metrics have: HDR histograms of ns, V2, compressed, in base64 */
  readonly requests: StreamedRequests
  /** of a mix, by name */
  readonly operations: Readonly<Record<string, StreamedRequests>>
  readonly samples: readonly SampleLine[]
  readonly events: readonly EventLine[]
}

/** Whether text is a line of ours, and not half of one. */
export function parseLine<Line extends JournalLine | MinuteLine>(
  text: string,
  isOurs: (type: string) => boolean,
): Line | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isLine<Line>(value, isOurs) ? value : undefined
  } catch {
    return undefined
  }
}

function isLine<Line>(value: unknown, isOurs: (type: string) => boolean): value is Line {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return typeof value.type === 'string' && isOurs(value.type)
}

const JOURNAL_TYPES: ReadonlySet<string> = new Set(['part', 'second', 'sample', 'gap', 'clock', 'end'])

export const isOfJournal = (type: string): boolean => JOURNAL_TYPES.has(type)
export const isOfMinutes = (type: string): boolean => type === 'minute'
