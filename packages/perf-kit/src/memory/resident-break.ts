import type { GrowthJudgement } from './growth-judgement.ts'
import type { SeenValue } from './lowest-rows.ts'
import type { GrowthClock } from './request-clock.ts'

/** What allocators give back now and then is less, and so is what the system takes of pages that are on the disk. V8 collects when the heap has grown by 8 MB or more (measured). */
const LEAST_FALL_BYTES = 4 * 2 ** 20
/** Of the growth in all. */
const LEAST_FALL_RATIO = 1 / 16
const FEWEST_FALLS = 2
/** Of what was judged: a collection while it warmed up tells nothing of what came after. */
const LAST_PART_RATIO = 1 / 2
/** V8 lets a heap grow to four times of what its last collection has left (kMaxGrowingFactor), and at first, when there was none, to half a GB. */
const BEYOND_GARBAGE_TIMES = 8

/**
 * Resident memory of a process that does not tell of its heap: as long as V8 has collected none of it, all that it has promoted is there, and looks as a leak
 * does, even and for minutes. Collections show in falls, of which one may be chance.
 *
 * @param leastInAll - of its rule: as much as there was at first, and 64 MiB or more
 * @returns the judgement, unless it is a leak that nobody could tell from such garbage
 */
export function judgedWithGarbage(
  judgement: GrowthJudgement,
  seen: readonly SeenValue[],
  clock: GrowthClock,
  leastInAll: number,
): GrowthJudgement {
  const { state, over = 0, inAll = 0 } = judgement
  if (state !== 'leaking' || inAll >= BEYOND_GARBAGE_TIMES * leastInAll) return judgement
  const counted = seen.flatMap((value) => {
    const x = clock.at(value.fromNs)
    return x === undefined ? [] : [{ x, value }]
  })
  const fromX = (counted.at(-1)?.x ?? 0) - LAST_PART_RATIO * over
  const last = counted.filter(({ x }) => x >= fromX).map(({ value }) => value)
  if (falls(last, Math.max(LEAST_FALL_BYTES, LEAST_FALL_RATIO * inAll)) >= FEWEST_FALLS) return judgement
  const because = 'it has grown without a break, as garbage does that nobody had to collect yet'
  return { ...judgement, state: 'inconclusive', because, timesAsLong: 2 }
}

function falls(seen: readonly SeenValue[], by: number): number {
  let count = 0
  let peak = Number.NEGATIVE_INFINITY
  for (const { lowest, highest } of seen) {
    const isFallen = peak - lowest >= by
    if (isFallen) count++
    peak = isFallen ? highest : Math.max(peak, highest)
  }
  return count
}
