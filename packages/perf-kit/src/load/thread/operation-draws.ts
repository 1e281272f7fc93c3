import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { OperationShare } from '../operation-shares.ts'

/** 2³² divided by the golden ratio: multiples of it are far apart from each other (Knuth, TAOCP 3, §6.4). */
const GOLDEN = 0x9e3779b1

/** What one connection or session draws from: far from what others do, and the same for the same number and seed. */
export function ownSeed(seed: number, number: number): number {
  return Math.imul(number + 1, GOLDEN) ^ seed
}

/**
 * Which operation comes next, by lot.
 *
 * @param number - of the connection or session, from 0 over all threads
 */
export function operationDraws(operations: readonly OperationShare[], seed: number, number: number): () => number {
  if (operations.length === 1) return () => 0
  const shareRatios = operations.map(({ shareRatio }) => shareRatio)
  return byShare(shareRatios, ownSeed(seed, number))
}

function byShare(shareRatios: readonly number[], seed: number): () => number {
  let sum = 0
  const limits = shareRatios.map((shareRatio) => {
    sum += shareRatio
    return sum
  })
  const random = xoroshiro128plus(seed)
  const last = limits.length - 1
  return () => {
    const value = uniformFloat64(random)
    // Rounding may leave a hair's breadth after the last limit: it belongs to the last.
    let index = 0
    while (index < last && value >= (limits[index] ?? 1)) index++
    return index
  }
}
