import type { SampledRequest } from '../load/index.ts'

/**
 * What targets say that requests took their time for (Server-Timing), as shares of the time from sending a request to the last
 * byte of its answer; of all requests that were sampled, whether they said so or not.
 */
export function timingShares(sample: readonly SampledRequest[]): ReadonlyMap<string, number> {
  let wholeNs = 0
  const partsNs = new Map<string, number>()
  for (const { sentNs, endNs, timings, weight } of sample) {
    wholeNs += (endNs - sentNs) * weight
    for (const [name, durationNs] of timings) partsNs.set(name, (partsNs.get(name) ?? 0) + durationNs * weight)
  }
  if (!(wholeNs > 0)) return new Map()
  return new Map([...partsNs].map(([name, partNs]) => [name, partNs / wholeNs]))
}
