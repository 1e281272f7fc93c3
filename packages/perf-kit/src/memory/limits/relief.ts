import type { MemorySample } from '../memory-sample.ts'
import { highest, mib } from './quantities.ts'

const APPROACH_RATIO = 0.7
/** Of the limit: less comes and goes with requests that are under way. */
const LEAST_RATIO = 0.1

export interface ReliefOptions {
  /** from so much of its limit on a process is near it; default 0.7 */
  readonly approachRatio?: number
  /** to give up less of the limit is nothing; default 0.1 */
  readonly leastRatio?: number
}

export interface Relief {
  /**
   * - `relieved`: it came near its limit, and gave memory up by itself afterwards
   * - `held`: it came near, and stayed there
   * - `far`: it did not come near
   * - `unknown`: no full collection of garbage was seen, and what it keeps is not known without one
   */
  readonly state: 'relieved' | 'held' | 'far' | 'unknown'
  readonly because: string
  /** the most that a full collection has left */
  readonly peakBytes?: number
  /** the least that one has left after it had come near */
  readonly lowestAfterBytes?: number
  /** how often it came near, and gave up again */
  readonly times?: number
}

/**
 * Whether a process makes room when its heap comes near its limit: sheds what waits, or forgets what it can do without. Judged by what full collections
 * leave, since garbage is no answer to that: V8 collects oftener there, whoever it is.
 *
 * @param samples - in their order, of one process; not mutated
 * @param limitBytes - of its heap
 */
export function judgeRelief(
  samples: Iterable<MemorySample>,
  limitBytes: number,
  { approachRatio = APPROACH_RATIO, leastRatio = LEAST_RATIO }: ReliefOptions = {},
): Relief {
  const left = leftBy(samples)
  if (left.length === 0) {
    return { state: 'unknown', because: 'no full collection of garbage was seen, and only these tell what is kept' }
  }
  const peakBytes = highest(left)
  const nearBytes = approachRatio * limitBytes
  if (peakBytes < nearBytes) {
    const because = `it did not come near its limit: full collections have left ${mib(peakBytes)} at most, of ${mib(limitBytes)}`
    return { state: 'far', because, peakBytes }
  }
  const { times, lowestAfterBytes } = reliefs(left, nearBytes, leastRatio * limitBytes)
  const told = { peakBytes, lowestAfterBytes, times }
  if (times === 0) {
    const because = `it came near its limit (${mib(peakBytes)} of ${mib(limitBytes)} were left by a full collection), and gave nothing up after that`
    return { state: 'held', because, ...told }
  }
  const often = times === 1 ? 'once' : `${times} times`
  const because = `it came near its limit (${mib(peakBytes)} of ${mib(limitBytes)}) and gave memory up ${often}, down to ${mib(lowestAfterBytes)}`
  return { state: 'relieved', because, ...told }
}

/** What each full collection has left, in their order. */
function leftBy(samples: Iterable<MemorySample>): readonly number[] {
  const left: number[] = []
  for (const { inside } of samples) for (const { oldBytes } of inside?.collections ?? []) left.push(oldBytes)
  return left
}

/** From near the limit down by at least so much, and perhaps up again. */
function reliefs(left: readonly number[], nearBytes: number, leastBytes: number) {
  let times = 0
  let high = 0
  let lowestAfterBytes = Number.POSITIVE_INFINITY
  let wasNear = false
  for (const bytes of left) {
    if (wasNear) lowestAfterBytes = Math.min(lowestAfterBytes, bytes)
    if (bytes >= nearBytes) {
      wasNear = true
      high = Math.max(high, bytes)
    }
    if (high > 0 && high - bytes >= leastBytes) {
      times++
      high = 0
    }
  }
  // Nothing came after the last collection, which left the most.
  return { times, lowestAfterBytes: Number.isFinite(lowestAfterBytes) ? lowestAfterBytes : (left.at(-1) ?? 0) }
}
