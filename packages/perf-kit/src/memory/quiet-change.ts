import type { GrowthJudgement } from './growth-judgement.ts'
import type { SeenValue } from './lowest-rows.ts'
import type { RequestClock } from './request-clock.ts'
import type { RequestKnots } from './request-knots.ts'

/** Connections that are kept for the next request are closed within 5 s (of Node's server, and of what asked it). */
const SETTLING_NS = 5e9

/**
 * Of what is counted, a leak is there in the quiet after a load as well. So what has gone with the load was none, however it grew. What has stayed may be a
 * pool that is full, and is a leak only if the trend says so.
 *
 * @param seen - of a signal that is counted, quiet times included
 * @param leastInAll - so many more may be a process's own doing
 * @returns the judgement, as far as the quiet before the load and after it does not know better
 */
export function judgedByQuiet(
  judgement: GrowthJudgement,
  seen: readonly SeenValue[],
  { quietToNs }: RequestKnots,
  { toNs }: RequestClock,
  leastInAll: number,
): GrowthJudgement {
  const before = lowestOf(seen.filter((each) => quietToNs !== undefined && each.toNs <= quietToNs))
  const after = lowestOf(seen.filter((each) => each.fromNs >= toNs + SETTLING_NS))
  if (before === undefined || after === undefined) return judgement
  const more = after - before
  const { timesAsLong: _, ...known } = judgement
  const there =
    more > 0
      ? `in the quiet after the load there ${more === 1 ? 'is' : 'are'} ${more} more than before it`
      : 'in the quiet after the load there are no more than before it'
  if (judgement.state === 'leaking' && more < leastInAll) {
    // It may have leaked beside what was there before and has gone.
    return { ...known, state: 'inconclusive', because: `it has grown with the load, and ${there}` }
  }
  if (judgement.state !== 'inconclusive') return judgement
  return more > 0
    ? { ...judgement, because: `${judgement.because}; ${there}` }
    : { ...known, state: 'steady', because: there }
}

function lowestOf(seen: readonly SeenValue[]): number | undefined {
  return seen.length === 0 ? undefined : Math.min(...seen.map(({ lowest }) => lowest))
}
