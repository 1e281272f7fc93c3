import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { SessionDraws } from '../../protocol/index.ts'
import type { McpPlan } from '../mcp-plan.ts'

/** 2³² divided by the golden ratio: multiples of it are far apart from each other (Knuth, TAOCP 3, §6.4). */
const GOLDEN = 0x9e3779b1
/** Drawn by themselves, so that cancelling changes nothing of what is asked. */
const CANCELS = 0x5bd1e995

/**
 * What a session draws by lot.
 *
 * @param session - counts from 0 over all threads: the same number and seed draw the same again
 */
export function sessionDraws({ operations, seed, session: { cancel } }: McpPlan, session: number): SessionDraws {
  const ownSeed = Math.imul(session + 1, GOLDEN) ^ seed
  return {
    operation:
      operations.length === 1
        ? () => 0
        : byShare(
            operations.map(({ shareRatio }) => shareRatio),
            ownSeed,
          ),
    cancels: cancel === undefined ? () => false : oneOf(cancel.shareRatio, ownSeed ^ CANCELS),
  }
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

function oneOf(shareRatio: number, seed: number): () => boolean {
  const random = xoroshiro128plus(seed)
  return () => uniformFloat64(random) < shareRatio
}
