import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { McpPlan } from '../mcp-plan.ts'

/** 2³² divided by the golden ratio: multiples of it are far apart from each other (Knuth, TAOCP 3, §6.4). */
const GOLDEN = 0x9e3779b1

/**
 * Which operation a session asks next, by weight.
 *
 * @param session - counts from 0 over all threads: the same number and seed draw the same again
 * @returns indices of the plan's operations
 */
export function operationDraw({ operations, seed }: McpPlan, session: number): () => number {
  if (operations.length === 1) return () => 0
  let sum = 0
  const limits = operations.map(({ shareRatio }) => {
    sum += shareRatio
    return sum
  })
  const random = xoroshiro128plus(Math.imul(session + 1, GOLDEN) ^ seed)
  const last = limits.length - 1
  return () => {
    const value = uniformFloat64(random)
    // Rounding may leave a hair's breadth after the last limit: it belongs to the last.
    let index = 0
    while (index < last && value >= (limits[index] ?? 1)) index++
    return index
  }
}
