import type { Histogram } from 'hdr-histogram-js'
import { loadHistograms } from '../run/index.ts'

/** For times in ns, to three digits. */
export function buildHistogram(): Histogram {
  return loadHistograms().build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
}

/**
 * @param valuesAndCounts - value and count in turn
 * @returns how many values were recorded
 */
export function recordAll(valuesAndCounts: Float64Array, into: readonly Histogram[]): number {
  let total = 0
  for (let index = 0; index < valuesAndCounts.length; index += 2) {
    const value = valuesAndCounts[index] ?? 0
    const count = valuesAndCounts[index + 1] ?? 0
    for (const histogram of into) histogram.recordValueWithCount(value, count)
    total += count
  }
  return total
}

export function addCounts(to: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) to.set(name, (to.get(name) ?? 0) + count)
}
