import type { Metric } from '../../run/index.ts'

/** The mean of percentiles is none; that it was no worse in any repetition can be said. */
const WORST = /(Max|P99)$/
/** Of one process each. */
const OF_PROCESS: ReadonlySet<string> = new Set(['targetFilesLeft'])
const SLOW_SHARE = /^slow(Share|Excess) /
const SLOW_FROM = 'slowFrom'

/**
 * One value of those of several repetitions of the same length.
 *
 * @param countOf - how many repetitions have a metric of the same subject
 */
export function poolValue(
  { name, unit }: Pick<Metric, 'name' | 'unit'>,
  own: readonly Pick<Metric, 'value'>[],
  countOf: (name: string) => number,
): number {
  const values = own.map(({ value }) => value)
  const sum = values.reduce((total, value) => total + value, 0)
  if (OF_PROCESS.has(name)) return Math.max(...values)
  if (unit === 'count') return sum
  // From there on, every request that was taken for a slow one was slow in its repetition.
  if (name === SLOW_FROM) return Math.min(...values)
  // What a repetition's slow requests spent no time on is not told of it.
  if (SLOW_SHARE.test(name)) return sum / countOf(SLOW_FROM)
  return WORST.test(name) ? Math.max(...values) : sum / values.length
}
