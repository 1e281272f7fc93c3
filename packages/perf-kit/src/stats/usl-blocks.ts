import { studentQuantile } from './student-t.ts'
import type { UslInterval } from './usl-intervals.ts'

const TURNS = 30

/** Points without what was the same for all that were measured together. */
export interface Unblocked {
  readonly xs: readonly number[]
  /** that the blocks took */
  readonly degrees: number
  /** of the mean of all blocks, on a logarithmic scale; of one block nobody knows it, and it is 0 */
  readonly standardError: number
}

/**
 * Rounds in which each n was measured once are blocks: a machine that was slower in one of them was slower at all n, which says nothing
 * of the curve's form, and is no noise that hides it. What a block's throughputs have in common, against the mean of the same n over
 * all blocks, is taken off them (a randomized complete block design, on the scale of relative errors).
 *
 * @param blocks - of each point, any numbers
 */
export function withoutBlocks(ns: readonly number[], xs: readonly number[], blocks: readonly number[]): Unblocked {
  if (new Set(blocks).size < 2) return { xs, degrees: 0, standardError: 0 }
  const points = xs.map((x, index) => ({ n: ns[index] ?? 0, block: blocks[index] ?? 0, log: Math.log(x) }))
  const [byLevel, byBlock] = [Map.groupBy(points, ({ n }) => n), Map.groupBy(points, ({ block }) => block)]
  const levels = new Map<number, number>()
  const shifts = new Map([...byBlock.keys()].map((block) => [block, 0]))
  // Least squares of level + block, one after the other: at once where each block has all levels, and soon where some are missing.
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [n, own] of byLevel) levels.set(n, meanOf(own.map(({ log, block }) => log - (shifts.get(block) ?? 0))))
    for (const [block, own] of byBlock) shifts.set(block, meanOf(own.map(({ n, log }) => log - (levels.get(n) ?? log))))
    const mean = meanOf([...shifts.values()])
    for (const [block, shift] of shifts) shifts.set(block, shift - mean)
  }
  const count = shifts.size
  const squares = [...shifts.values()].reduce((sum, shift) => sum + shift ** 2, 0)
  return {
    xs: points.map(({ block, log }) => Math.exp(log - (shifts.get(block) ?? 0))),
    degrees: count - 1,
    standardError: Math.sqrt(squares / (count - 1) / count),
  }
}

/** The height of a curve is known no better than that of its blocks: both errors, on a logarithmic scale. */
export function widenedByBlocks(
  { low, high }: UslInterval,
  estimate: number,
  { degrees, standardError }: Unblocked,
  confidenceRatio: number,
): UslInterval {
  if (degrees === 0) return { low, high }
  const reach = studentQuantile(1 - (1 - confidenceRatio) / 2, degrees) * standardError
  const wide = (end: number): number => Math.hypot(Math.log(end / estimate), reach)
  return { low: low === 0 ? 0 : estimate * Math.exp(-wide(low)), high: estimate * Math.exp(wide(high)) }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
