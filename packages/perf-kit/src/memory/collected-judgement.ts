import { FEWEST_POINTS, type GrowthJudgement, type GrowthRule, judgeGrowth, tooFew } from './growth-judgement.ts'
import { floorsOf, type GrowthPoint } from './growth-points.ts'
import { plainSlopeOf, spanOf } from './growth-slope.ts'
import { plural } from './growth-words.ts'

/** Of all that was seen. */
const LONG_AT_END_RATIO = 1 / 4
const TWICE = 2

/** What is known of a kind of memory in which garbage lies. */
interface CollectedPoints {
  /** what each full collection has left */
  readonly left: readonly GrowthPoint[]
  /** all that was there at each sample, its garbage included */
  readonly held: readonly GrowthPoint[]
}

/**
 * A leak is in all that is there, as well as in what collections leave. So where that surely does not grow, nothing leaks, however few full collections
 * there were; and where it does grow, it may be garbage that nobody had to collect yet.
 */
export function judgeCollected({ left, held }: CollectedPoints, rule: GrowthRule): GrowthJudgement {
  const judgement = judgeGrowth(left, rule)
  if (judgement.state === 'leaking') return judgement
  if (judgement.state === 'steady' && !growsSince(left, held, rule)) return judgement
  const all = judgeGrowth(held, rule)
  if (all.state === 'steady') return all
  if (judgement.state === 'steady') {
    const because = 'it has grown since the last full collection of garbage, which was long before the end'
    return { ...judgement, state: 'inconclusive', because, timesAsLong: TWICE }
  }
  if (left.length >= FEWEST_POINTS) return judgement
  const few = tooFew(left.length)
  if (left.length === 0)
    return { ...few, because: `there was no full collection of garbage: ${FEWEST_POINTS} at least tell what grows` }
  const there = plural(left.length, 'full collection of garbage is', 'full collections of garbage are')
  return { ...few, because: `${there} too few: ${FEWEST_POINTS} at least tell what grows` }
}

/** Whether there was a long time at the end of which collections tell nothing, and in which more and more was there. */
function growsSince(left: readonly GrowthPoint[], held: readonly GrowthPoint[], rule: GrowthRule): boolean {
  const last = left.at(-1)?.x ?? 0
  const since = held.filter(({ x }) => x > last)
  if (since.length < FEWEST_POINTS || spanOf(since) < LONG_AT_END_RATIO * spanOf(held)) return false
  const slope = plainSlopeOf(floorsOf(since))
  return slope >= TWICE * rule.least && slope * spanOf(since) >= rule.leastInAll
}
