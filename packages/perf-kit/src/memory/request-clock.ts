import type { EndedRequests } from './memory-sample.ts'

const NS_PER_SEC = 1e9

/** What growth is told for. */
export type Per = 'request' | 'second'

/** Where on the way a time lies. */
export interface GrowthClock {
  readonly per: Per
  /** `undefined`: it does not count */
  readonly at: (atNs: number) => number | undefined
}

/** In requests that had ended by a time. A process that nobody asks is another one: before the first request and after the last, time does not count. */
export interface RequestClock extends GrowthClock {
  readonly per: 'request'
  /** the last that is known of */
  readonly toNs: number
  /** from the first to the last, pauses included */
  readonly perSec: number
}

/**
 * Between two counts, requests are taken to have ended evenly.
 *
 * @returns `undefined` where they are not counted, or none ended
 */
export function requestClock(knots: readonly EndedRequests[]): RequestClock | undefined {
  // Before the first request of all, time does not count.
  const counts = knots[1]?.count === knots[0]?.count ? knots.slice(1) : knots
  const [first, last] = [counts[0], counts.at(-1)]
  if (first === undefined || last === undefined || last.count === first.count) return undefined
  return {
    per: 'request',
    toNs: last.atNs,
    perSec: ((last.count - first.count) * NS_PER_SEC) / (last.atNs - first.atNs),
    at: (atNs) => requestsAt(atNs, counts),
  }
}

/** In seconds since the first sample, whether anything is asked or not. */
export function secondClock(fromNs: number): GrowthClock {
  return { per: 'second', at: (atNs) => (atNs - fromNs) / NS_PER_SEC }
}

/** Who looks at the last count may look after the last request, when its connection is gone: so that time does not count either. */
function requestsAt(atNs: number, counts: readonly EndedRequests[]): number | undefined {
  const next = upperBound(counts, atNs)
  const [before, after] = [counts[next - 1], counts[next]]
  if (before === undefined || after === undefined) return undefined
  return before.count + ((atNs - before.atNs) / (after.atNs - before.atNs)) * (after.count - before.count)
}

/** The first that is later. */
function upperBound(counts: readonly EndedRequests[], atNs: number): number {
  let low = 0
  let high = counts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((counts[middle]?.atNs ?? Number.POSITIVE_INFINITY) <= atNs) low = middle + 1
    else high = middle
  }
  return low
}
