import type { SampledRequest } from '../load/index.ts'
import type { Pauses } from './pauses.ts'
import type { Standstills } from './standstills.ts'

/**
 * What one request's time went into, by name. Together they are its response time:
 * - `generator`: it was due, and the generator came to it late
 * - `connection`: it waited for a connection
 * - `target …`: what the target says that it took its time for (Server-Timing)
 * - `target gc`: the target stood still, collecting garbage, if somebody looked inside
 * - `target event loop`: it stood still for something else that ran long, or for want of a processor
 * - `untold`: the rest of the wait for the answer's head: the network, and what the target does not tell of
 * - `receiving`: from the head of the answer to its last byte
 */
export interface RequestParts {
  readonly parts: ReadonlyMap<string, number>
  readonly totalNs: number
  /** the target's own times were more than the wait, so that they overlap; they are shown smaller, to fit */
  readonly areScaled: boolean
}

/** Two clocks and their rounding: no overlap yet. */
const TOLERANCE_RATIO = 1.05

/** @param standstills - of the target; those that no request saw may be among them */
export function partsOf(request: SampledRequest, { gc, eventLoop }: Standstills): RequestParts {
  const { intendedNs, takenNs, sentNs, headNs, endNs, timings } = request
  const waitNs = headNs - sentNs
  const toldNs = [...timings.values()].reduce((sum, durationNs) => sum + durationNs, 0)
  const scale = toldNs > waitNs ? waitNs / toldNs : 1
  const parts = new Map<string, number>([
    ['generator', takenNs - intendedNs],
    ['connection', sentNs - takenNs],
  ])
  for (const [name, durationNs] of timings) parts.set(`target ${name}`, durationNs * scale)
  let untoldNs = waitNs - toldNs * scale
  const takeOut = (name: string, pauses: Pauses): void => {
    if (pauses.areNone) return
    // It may have stood still in what it told already: never more than the rest.
    const stoodNs = Math.min(untoldNs, pauses.overlapNs(sentNs, headNs))
    // It may have told something by that name.
    parts.set(name, (parts.get(name) ?? 0) + stoodNs)
    untoldNs -= stoodNs
  }
  takeOut('target gc', gc)
  takeOut('target event loop', eventLoop)
  parts.set('untold', untoldNs)
  parts.set('receiving', endNs - headNs)
  return { parts, totalNs: endNs - intendedNs, areScaled: toldNs > waitNs * TOLERANCE_RATIO }
}
