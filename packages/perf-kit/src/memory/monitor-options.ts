import { PerfKitError } from '../errors/index.ts'
import type { TargetAgent } from '../target/index.ts'
import type { MemorySample } from './memory-sample.ts'
import type { CountedLoad } from './request-count.ts'

const NS_PER_SEC = 1e9
const NS_PER_MS = 1e6
/** Oftener, and looking would be what is seen. */
const SHORTEST_NS = 10 * NS_PER_MS
/** Node's timers take no longer time, and fire at once instead. */
const LONGEST_NS = (2 ** 31 - 1) * NS_PER_MS

export interface MonitorOptions {
  /** between two samples; default 1 s */
  readonly everyNs?: number
  /** the `LoadGenerator` that drives it: then what grows is told for each request, and otherwise for each second */
  readonly load?: CountedLoad
  /** without one: how many requests have ended so far */
  readonly requests?: () => number
  /**
   * between two full collections of garbage that are asked for, for when natural ones come too seldom. The process has to run with
   * `--expose-gc`, and stands still for each for as long as its heap takes: some 10 ms for 20 MB. Default: none is asked for
   */
  readonly collectEveryNs?: number
  /** told of each sample when it is complete: the monitor keeps what a verdict needs, and no samples. What it throws ends the watch, and `stop` throws it */
  readonly onSample?: (sample: MemorySample) => void
}

/** Whom to watch: what `startTarget` has started is one. */
export interface MonitoredTarget {
  readonly pid: number
  readonly agent: TargetAgent | undefined
  /** why there is none, although it was wished */
  readonly withoutAgent?: string | undefined
}

export interface Intervals {
  readonly everyNs: number
  /** infinite: none is asked for */
  readonly collectEveryNs: number
}

/** @throws {PerfKitError} `OUT_OF_RANGE` */
export function intervalsOf({
  everyNs = NS_PER_SEC,
  collectEveryNs = Number.POSITIVE_INFINITY,
}: MonitorOptions): Intervals {
  if (!(everyNs >= SHORTEST_NS)) throw outOfRange(`${everyNs} ns between two samples are too few`, '10 ms or more')
  if (!(everyNs <= LONGEST_NS)) {
    throw outOfRange(`${everyNs} ns between two samples are too many`, '24 days at most')
  }
  if (!(collectEveryNs >= everyNs)) {
    throw outOfRange(`${collectEveryNs} ns between two collections are too few`, 'as many as between two samples')
  }
  return { everyNs, collectEveryNs }
}

/** @throws {PerfKitError} `OUT_OF_RANGE` when that is no number of a process */
export function requirePid(pid: number): void {
  if (!(Number.isInteger(pid) && pid > 0)) throw outOfRange(`${pid} is no process`, 'the number that ps shows')
}

function outOfRange(message: string, wanted: string): PerfKitError {
  return new PerfKitError('OUT_OF_RANGE', message, { remedy: `Give ${wanted}.` })
}
