import type { TargetEnd } from '../../target/index.ts'
import type { MemorySample } from '../memory-sample.ts'
import type { MemoryLimits } from './memory-limits.ts'
import { highest, mib } from './quantities.ts'

/** V8 works harder and harder from there on. */
const NEAR_RATIO = 0.9

export interface HeadroomOptions {
  /** so much of a limit is near it; default 0.9 */
  readonly nearRatio?: number
  /** how the process came to its end, if it has: `explainEnd()` of what was started */
  readonly end?: Pick<TargetEnd, 'kind' | 'because'> | undefined
}

/** How near a process came to one limit. */
export interface LimitVerdict {
  readonly limit: 'heap' | 'control group'
  readonly limitBytes: number
  /** the most that was seen: of a heap all that is not young, with its garbage; of a control group what is resident of this process */
  readonly peakBytes: number
  /** of the peak in the limit */
  readonly peakRatio: number
  /** of a heap, the most that a full collection has left: what it cannot do without; absent when there was none */
  readonly keptBytes?: number
  /**
   * - `near`: so much of the limit was kept, or for want of a full collection was there, that little was left
   * - `within`: less
   * - `open`: this process took less of its control group’s limit; what others of the group took is not known
   */
  readonly state: 'within' | 'near' | 'open'
}

export interface Headroom {
  /** `exceeded`: it has ended because of a limit · `near` one of them · `within` its heap’s · `unknown`: none is known, or only that of a group of processes */
  readonly state: 'exceeded' | 'near' | 'within' | 'unknown'
  readonly because: string
  readonly limits: readonly LimitVerdict[]
}

/**
 * Whether a process kept to its memory limits, and how much room there was.
 *
 * @param samples - in their order, of one process; not mutated
 */
export function judgeHeadroom(
  samples: Iterable<MemorySample>,
  { heapBytes, groupBytes }: MemoryLimits,
  { nearRatio = NEAR_RATIO, end }: HeadroomOptions = {},
): Headroom {
  const seen = seenIn(samples)
  const limits = [
    ...(heapBytes === undefined ? [] : heapVerdict(seen, heapBytes, nearRatio)),
    ...(groupBytes === undefined ? [] : groupVerdict(seen, groupBytes, nearRatio)),
  ]
  if (end?.kind === 'out of heap' || end?.kind === 'killed by the kernel' || end?.kind === 'out of memory') {
    return { state: 'exceeded', because: end.because, limits }
  }
  if (limits.length === 0) return { state: 'unknown', because: whyUnknown(seen, { heapBytes, groupBytes }), limits }
  const near = limits.filter(({ state }) => state === 'near')
  const told = (near.length === 0 ? limits : near).map(words).join('; ')
  if (near.length > 0) return { state: 'near', because: told, limits }
  const isWithin = limits.some(({ state }) => state === 'within')
  return { state: isWithin ? 'within' : 'unknown', because: told, limits }
}

/** The most of each that samples tell. */
interface Seen {
  readonly isAny: boolean
  /** of the old generation, its garbage included; 0: nobody told */
  readonly heapBytes: number
  /** of what full collections have left of it; 0: there was none */
  readonly keptBytes: number
  readonly residentBytes: number
}

function seenIn(samples: Iterable<MemorySample>): Seen {
  let seen: Seen = { isAny: false, heapBytes: 0, keptBytes: 0, residentBytes: 0 }
  for (const { inside, outside } of samples) {
    const kept = highest((inside?.collections ?? []).map(({ oldBytes }) => oldBytes))
    seen = {
      isAny: true,
      heapBytes: Math.max(seen.heapBytes, inside?.oldBytes ?? 0, kept),
      keptBytes: Math.max(seen.keptBytes, kept),
      residentBytes: Math.max(seen.residentBytes, outside?.rssBytes ?? inside?.memory.rssBytes ?? 0),
    }
  }
  return seen
}

function heapVerdict({ heapBytes, keptBytes }: Seen, limitBytes: number, nearRatio: number): LimitVerdict[] {
  if (heapBytes === 0) return []
  // Garbage is let lie up to the limit, and is no danger: what collections leave is.
  const state = (keptBytes || heapBytes) < nearRatio * limitBytes ? 'within' : 'near'
  const kept = keptBytes === 0 ? {} : { keptBytes }
  return [{ limit: 'heap', limitBytes, peakBytes: heapBytes, peakRatio: heapBytes / limitBytes, ...kept, state }]
}

function groupVerdict({ residentBytes }: Seen, limitBytes: number, nearRatio: number): LimitVerdict[] {
  if (residentBytes === 0) return []
  const peakRatio = residentBytes / limitBytes
  const state = peakRatio < nearRatio ? 'open' : 'near'
  return [{ limit: 'control group', limitBytes, peakBytes: residentBytes, peakRatio, state }]
}

function whyUnknown({ isAny }: Seen, { heapBytes, groupBytes }: MemoryLimits): string {
  if (!isAny) return 'nothing was seen of the process'
  if (heapBytes === undefined && groupBytes === undefined) {
    return 'nobody tells a limit: without an agent in it that of its heap is not known, and its control group has none'
  }
  return 'its limit is known, and nothing was seen of what it takes'
}

function words({ limit, limitBytes, peakBytes, peakRatio, keptBytes, state }: LimitVerdict): string {
  const kept = keptBytes === undefined ? '' : `, of which full collections have left ${mib(keptBytes)} at most`
  const whose = limit === 'heap' ? 'heap' : 'this process, of its control group’s limit'
  const others = state === 'open' ? ', and what others of the group take is not known' : ''
  return `${whose}: ${mib(peakBytes)} at most, ${(100 * peakRatio).toFixed(0)} % of ${mib(limitBytes)}${kept}${others}`
}
