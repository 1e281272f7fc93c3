/** Chains as a bench file, for our own forks: each chain is its benchmark's `fn`, with nothing in between. */
import { defineBench } from '@gw/perf-kit/config'
import { CHAIN_LENGTHS, makeChain, newChainState } from './chain.ts'

export default CHAIN_LENGTHS.map((length) =>
  defineBench({ name: `chain-of-${length}-multiplications`, setup: newChainState, fn: makeChain(length) }),
)
