import { judgeBudgets, type Run } from '@gw/perf-kit'

/** What a level of half of the capacity may have been of it, should that have changed meanwhile. */
const LEAST_SHARE_RATIO = 0.4
const MOST_SHARE_RATIO = 0.6

const CAPACITY = ' · capacity, '

/**
 * What a Run at half of the capacity says of a target: `kept`, `undecided` (too few requests), `broken`, or why it says nothing.
 * The capacity is measured before the level and after it. A target that was kept at a larger share than half is kept at half too, and
 * one that was broken at a smaller share is broken at half too; the other way round nothing follows.
 */
export type Judgement =
  | { readonly state: 'kept' | 'undecided' | 'broken' }
  | { readonly state: 'unknown'; readonly reason: string }

export function judgeTarget(run: Run, quantileRatio: number): Judgement {
  const { validity, metrics } = run
  if (validity.state === 'invalid') return { state: 'unknown', reason: validity.reasons.join('; ') }
  const capacities = metrics.filter(({ name }) => name === 'capacity').map(({ value }) => value)
  const [before = Number.NaN] = capacities
  const ratePerSec = before / 2
  const own = metrics.filter(({ subject }) => !subject.includes(CAPACITY))
  const verdict = judgeBudgets({ ...run, metrics: own }).find(({ budget }) => budget.quantileRatio === quantileRatio)
  if (verdict === undefined || capacities.length !== 2) return { state: 'unknown', reason: 'nothing was measured' }
  const { state } = verdict
  const shareRatio = ratePerSec / (state === 'broken' ? Math.min(...capacities) : Math.max(...capacities))
  const isKnown = state === 'broken' ? shareRatio <= MOST_SHARE_RATIO : shareRatio >= LEAST_SHARE_RATIO
  if (isKnown) return { state }
  const shown = capacities.map((perSec) => `${perSec.toFixed(0)}/s`).join(' before it and ')
  const reason = `the level was ${(100 * shareRatio).toFixed(0)} % of a capacity of ${shown} after it, and the target ${state}`
  return { state: 'unknown', reason }
}

/** Nothing follows, or a target was broken in a Run that has doubts of its own: the generator came late, say. */
function isDoubtful(run: Run, quantileRatio: number): boolean {
  const { state } = judgeTarget(run, quantileRatio)
  return state === 'unknown' || (state === 'broken' && run.validity.state !== 'valid')
}

/**
 * A machine that others use has seconds in which nothing can be measured: it is measured again then, so many times at most. The last
 * Run counts, whatever it says.
 */
export async function untilJudged(
  measure: () => Promise<Run>,
  quantileRatios: readonly number[],
  mostTries = 5,
): Promise<Run> {
  const run = await measure()
  const isJudged = !quantileRatios.some((quantileRatio) => isDoubtful(run, quantileRatio))
  return isJudged || mostTries <= 1 ? run : await untilJudged(measure, quantileRatios, mostTries - 1)
}
