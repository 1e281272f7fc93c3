import type { AgentMemory, CollectedHeap, HeapSample } from '../target/index.ts'
import type { MemorySample } from './memory-sample.ts'

/**
 * What can grow, each by itself. Of a process that tells of itself, memory is four kinds that add up to what is resident, less what its heap has
 * free; of one that does not, it is `rss`.
 *
 * - `heap`: what full collections leave of objects, strings, closures and code
 * - `arrayBuffers`: bytes of Buffers and ArrayBuffers
 * - `external`: other memory that objects hold outside of the heap
 * - `rssResidual`: resident memory, less all that the heap has taken and what is external: native code's, threads', and what the allocator keeps
 * - `rss`: resident memory as a whole
 * - `handles`: what keeps the event loop alive: sockets, servers, timers, requests under way
 * - `listeners`: of the `process` object
 */
export type SignalName = MemorySignal | CountSignal
type MemorySignal = 'heap' | 'arrayBuffers' | 'external' | 'rssResidual' | 'rss'
type CountSignal = 'sockets' | 'descriptors' | 'handles' | 'listeners' | 'children' | 'threads'

export type Reading = Pick<CollectedHeap, 'atNs' | 'memory' | 'oldBytes'>

interface SignalBase {
  readonly name: SignalName
  readonly unit: 'bytes' | 'count'
  /** growth of less in all is no leak */
  readonly leastInAll: number
}

/** Garbage lies in it until a full collection comes. */
interface CollectedSignal extends SignalBase {
  readonly kind: 'collected'
  readonly of: (reading: Reading) => number
}

/** It is what it is at any time. */
interface SampledSignal extends SignalBase {
  readonly kind: 'sampled'
  /** `undefined`: nobody tells */
  readonly of: (sample: MemorySample) => number | undefined
}

export type Signal = CollectedSignal | SampledSignal

const KIB = 2 ** 10
const MIB = 2 ** 20
/** A process opens a log, looks a name up, sets a timer of its own. */
const FEW = 8
/** Garbage that nobody had to collect yet: V8 lets tens of MB of it lie. */
export const MUCH_GARBAGE_BYTES = 64 * MIB

export const COLLECTED: readonly CollectedSignal[] = [
  collected('heap', 256 * KIB, ({ oldBytes }) => oldBytes),
  collected('arrayBuffers', MIB, ({ memory }) => memory.arrayBuffersBytes),
  collected('external', MIB, ({ memory }) => memory.externalBytes - memory.arrayBuffersBytes),
]

const INSIDE: readonly SampledSignal[] = [
  // The allocator keeps for the next time what was given back, for each thread, up to some MB.
  sampled('rssResidual', 'bytes', 16 * MIB, ({ inside }) => (inside === null ? undefined : residualOf(inside.memory))),
  sampled('handles', 'count', FEW, ({ inside }) => handlesOf(inside)),
  sampled('listeners', 'count', FEW, ({ inside }) => inside?.listeners),
]

const OUTSIDE: readonly SampledSignal[] = [
  sampled('sockets', 'count', FEW, ({ outside }) => outside?.sockets ?? undefined),
  sampled('descriptors', 'count', FEW, ({ outside }) => outside?.descriptors ?? undefined),
  sampled('children', 'count', FEW, ({ outside }) => outside?.children ?? undefined),
  sampled('threads', 'count', FEW, ({ outside }) => outside?.threads),
]

/** Without a word from inside, garbage is in it. */
const WHOLE = sampled('rss', 'bytes', MUCH_GARBAGE_BYTES, ({ outside }) => outside?.rssBytes)

export const SAMPLED: readonly SampledSignal[] = [...INSIDE, WHOLE, ...OUTSIDE]

/** @param insideRatio - of the samples, those in which the process has told of itself */
export function signalsFor(insideRatio: number): readonly Signal[] {
  if (insideRatio === 0) return [WHOLE, ...OUTSIDE]
  return [...COLLECTED, ...INSIDE, ...(insideRatio < 1 / 2 ? [WHOLE] : []), ...OUTSIDE]
}

function residualOf({ rssBytes, heapTotalBytes, externalBytes }: AgentMemory): number {
  return rssBytes - heapTotalBytes - externalBytes
}

/** Those of a sample that has counted them. */
function handlesOf(inside: HeapSample | null): number | undefined {
  const counts = inside?.resources
  return counts === undefined || counts === null
    ? undefined
    : Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function collected(name: SignalName, leastInAll: number, of: CollectedSignal['of']): CollectedSignal {
  return { kind: 'collected', name, unit: 'bytes', leastInAll, of }
}

function sampled(name: SignalName, unit: Signal['unit'], leastInAll: number, of: SampledSignal['of']): SampledSignal {
  return { kind: 'sampled', name, unit, leastInAll, of }
}
