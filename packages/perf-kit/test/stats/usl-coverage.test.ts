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
  readonly peakThroughput: number
}

type Truth = Pick<Share, 'lambda' | 'sigma' | 'kappa'>

/**
 * In how many of so many simulated sweeps, with 5 % of noise, the intervals hold what is true.
 *
 * @param apart - how far rounds are from each other besides
 */
function covered(truth: Truth, apart = 0): Share {
  const normal = normalFrom(seededUniform(20_261_126))
  const hits = { lambda: 0, sigma: 0, kappa: 0, peak: 0, peakThroughput: 0 }
  const { n: peak, throughput } = uslPeak(truth)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const rounds = Array.from({ length: ROUNDS }, () => apart * normal())
    const points = rounds.flatMap((shift, round) => LEVELS.map((n) => ({ n, round, shift })))
    const ns = points.map(({ n }) => n)
    const xs = points.map(({ n, shift }) => uslThroughput(truth, n) * Math.exp(shift + 0.05 * normal()))
    const { intervals } = fitUsl(ns, xs, { errors: 'relative', blocks: points.map(({ round }) => round) })
    if (intervals?.lambda === undefined) throw new Error('no intervals')
    for (const name of ['lambda', 'sigma', 'kappa'] as const) {
      const { low, high } = intervals[name] ?? { low: Number.NaN, high: Number.NaN }
      if (truth[name] >= low && truth[name] <= high) hits[name]++
    }
    if (peak >= intervals.peak.low && peak <= intervals.peak.high) hits.peak++
    // Without one the best curve grows in proportion, and has no height that could be missed.
    const { low, high } = intervals.peakThroughput ?? { low: 0, high: Number.POSITIVE_INFINITY }
    if (throughput >= low && throughput <= high) hits.peakThroughput++
  }
  const share = (name: keyof Share): number => hits[name] / SWEEPS
  return {
    lambda: share('lambda'),
    sigma: share('sigma'),
    kappa: share('kappa'),
    peak: share('peak'),
    peakThroughput: share('peakThroughput'),
  }
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
      // Heights have the rounds’ own spread besides, of which three tell little.
      if (!isAtBound && name !== 'lambda' && name !== 'peakThroughput') expect(share, name).toBeLessThan(0.99)
    }
  })

  it('hold it where rounds are 5 % apart, and are no wider for it but those of the height', () => {
    const truth = { lambda: 1000, sigma: 0.05, kappa: 0.001 }
    for (const [name, share] of Object.entries(covered(truth, 0.05))) expect(share, name).toBeGreaterThan(0.9)
    const normal = normalFrom(seededUniform(7))
    const points = [0.95, 1, 1.05].flatMap((factor, round) => LEVELS.map((n) => ({ n, round, factor })))
    const ns = points.map(({ n }) => n)
    const xs = points.map(({ n, factor }) => uslThroughput(truth, n) * factor * Math.exp(0.02 * normal()))
    const widthOf = ({ low, high }: { readonly low: number; readonly high: number }): number => high - low
    const blind = fitUsl(ns, xs, { errors: 'relative' })
    const seeing = fitUsl(ns, xs, { errors: 'relative', blocks: points.map(({ round }) => round) })
    if (blind.intervals?.lambda === undefined || seeing.intervals?.lambda === undefined) throw new Error('no intervals')
    expect(widthOf(seeing.intervals.sigma)).toBeLessThan(0.6 * widthOf(blind.intervals.sigma))
    expect(widthOf(seeing.intervals.lambda)).toBeGreaterThan(widthOf(blind.intervals.lambda))
  })

  it('see a bend that rounds apart would hide', () => {
    const normal = normalFrom(seededUniform(8))
    const law = { lambda: 1000, sigma: 0.05, kappa: 0.0005 }
    const bent = (n: number): number => uslThroughput(law, n) * (n === 8 ? 0.93 : 1)
    const points = [0.95, 1, 1.05].flatMap((factor, round) => LEVELS.map((n) => ({ n, round, factor })))
    const ns = points.map(({ n }) => n)
    const xs = points.map(({ n, factor }) => bent(n) * factor * Math.exp(0.01 * normal()))
    const stateOf = (blocks?: number[]) =>
      fitUsl(ns, xs, { errors: 'relative', ...(blocks === undefined ? {} : { blocks }) }).fitness.state
    expect(stateOf()).toBe('follows')
    expect(stateOf(points.map(({ round }) => round))).toBe('nearly')
  })
})
