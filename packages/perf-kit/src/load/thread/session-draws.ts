import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { SessionDraws } from '../../protocol/index.ts'
import type { McpPlan } from '../mcp-plan.ts'
import { operationDraws, ownSeed } from './operation-draws.ts'

/** Drawn by themselves, so that cancelling changes nothing of what is asked. */
const CANCELS = 0x5bd1e995

/**
 * What a session draws by lot.
 *
 * @param session - counts from 0 over all threads: the same number and seed draw the same again
 */
export function sessionDraws({ operations, seed, session: { cancel } }: McpPlan, session: number): SessionDraws {
  return {
    operation: operationDraws(operations, seed, session),
    cancels: cancel === undefined ? () => false : oneOf(cancel.shareRatio, ownSeed(seed, session) ^ CANCELS),
  }
}

function oneOf(shareRatio: number, seed: number): () => boolean {
  const random = xoroshiro128plus(seed)
  return () => uniformFloat64(random) < shareRatio
}
