import { performance } from 'node:perf_hooks'

const NS_PER_MS = 1e6

/** Monotonic time in ns since the process started; fractional, because the platform's clock is. */
export function nowNs(): number {
  return performance.now() * NS_PER_MS
}

export interface TimerQuality {
  /** smallest step that the clock was seen to make, ns */
  readonly resolutionNs: number
  /** what one reading costs, ns: the median of back-to-back readings */
  readonly costNs: number
}

/**
 * Measure the clock itself: no time below about ten times its resolution means anything.
 *
 * @param readings - how many back-to-back pairs to read; the default takes about 2 ms
 */
export function measureTimer(readings = 20_000): TimerQuality {
  const deltasNs = new Float64Array(readings)
  for (let index = 0; index < readings; index++) {
    const before = performance.now()
    deltasNs[index] = (performance.now() - before) * NS_PER_MS
  }
  deltasNs.sort()
  return { resolutionNs: medianStepNs(deltasNs), costNs: deltasNs[readings >> 1] ?? 0 }
}

/**
 * The clock's step: the median distance between neighbouring distinct readings. Readings 1 ns apart are one
 * (a 100 MHz counter converted to ns reads both 50 and 51), and the slowest tenth are interruptions, not steps.
 */
function medianStepNs(sortedDeltasNs: Float64Array): number {
  const distinctNs: number[] = [0]
  for (const deltaNs of sortedDeltasNs.subarray(0, sortedDeltasNs.length * 0.9)) {
    if (Math.round(deltaNs) - (distinctNs.at(-1) ?? 0) > 1) distinctNs.push(Math.round(deltaNs))
  }
  const stepsNs = distinctNs.slice(2).map((reading, index) => reading - (distinctNs[index + 1] ?? 0))
  stepsNs.sort((left, right) => left - right)
  return stepsNs[stepsNs.length >> 1] ?? distinctNs[1] ?? 1
}
