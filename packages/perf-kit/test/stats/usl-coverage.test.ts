import { describe, expect, it } from 'vitest'
import { fitUsl, uslPeak, uslThroughput } from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'

const LEVELS = [1, 2, 4, 8, 16, 32, 64]
const ROUNDS = 3
const SWEEPS = 250

interface Share {
  readonly lambda: number
  readonly sigma: number
  readonly kappa: number
  readonly peak: number
}

/** In how many of so many simulated sweeps, with 5 % of noise, the intervals hold what is true. */
function covered(truth: { readonly lambda: number; readonly sigma: number; readonly kappa: number }): Share {
  const normal = normalFrom(seededUniform(20_261_126))
  const hits = { lambda: 0, sigma: 0, kappa: 0, peak: 0 }
  const { n: peak } = uslPeak(truth)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const ns = LEVELS.flatMap((n) => Array.from({ length: ROUNDS }, () => n))
    const xs = ns.map((n) => uslThroughput(truth, n) * Math.exp(0.05 * normal()))
    const { intervals } = fitUsl(ns, xs, { errors: 'relative' })
    if (intervals?.lambda === undefined) throw new Error('no intervals')
    for (const name of ['lambda', 'sigma', 'kappa'] as const) {
      const { low, high } = intervals[name] ?? { low: Number.NaN, high: Number.NaN }
      if (truth[name] >= low && truth[name] <= high) hits[name]++
    }
    if (peak >= intervals.peak.low && peak <= intervals.peak.high) hits.peak++
  }
  const share = (name: keyof Share): number => hits[name] / SWEEPS
  return { lambda: share('lambda'), sigma: share('sigma'), kappa: share('kappa'), peak: share('peak') }
}

describe('95 % intervals of the Universal Scalability Law', () => {
  it.each([
    { title: 'a peak among the values', lambda: 1000, sigma: 0.05, kappa: 0.001 },
    { title: 'a peak beyond them', lambda: 1000, sigma: 0.02, kappa: 0.00005 },
    { title: 'no peak', lambda: 1000, sigma: 0.1, kappa: 0 },
    { title: 'growth in proportion', lambda: 1000, sigma: 0, kappa: 0 },
  ])('hold what is true as often as they say, or more often at a bound: $title', ({ title: _, ...truth }) => {
    const shares = covered(truth)
    for (const [name, share] of Object.entries(shares)) {
      // 99.9 % of binomials with 250 and 0.95 lie above; at a bound one side cannot be missed.
      expect(share, name).toBeGreaterThan(0.9)
      const isAtBound = truth.kappa === 0
      if (!isAtBound) expect(share, name).toBeLessThan(0.99)
    }
  })
})
