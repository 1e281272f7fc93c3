import { describe, expect, it } from 'vitest'
import { fitUsl, type UslCurve, uslPeak, uslThroughput } from '../../src/stats/index.ts'
import { studentQuantile } from '../../src/stats/student-t.ts'
import { CISCO, RAYTRACER, SPECSDM91 } from './published-scaling.ts'
import { seededUniform } from './random.ts'

const CURVES = 300_000

interface Points {
  readonly ns: readonly number[]
  readonly xs: readonly number[]
}

/** Heights of all curves among many by chance that the points allow, found without any profile. */
function heightsWithin({ ns, xs }: Points, best: UslCurve): readonly number[] {
  const sumOf = (curve: UslCurve): number =>
    ns.reduce((sum, n, index) => sum + ((xs[index] ?? 0) - uslThroughput(curve, n)) ** 2, 0)
  const degrees = ns.length - 3
  const limit = sumOf(best) * (1 + studentQuantile(0.975, degrees) ** 2 / degrees)
  const uniform = seededUniform(20_261_126)
  const heights: number[] = []
  for (let turn = 0; turn < CURVES; turn++) {
    const curve = {
      lambda: best.lambda * (0.8 + 0.4 * uniform()),
      sigma: best.sigma * (0.4 + 1.2 * uniform()),
      // As often without a peak, where that is allowed.
      kappa: Math.max(0, best.kappa * 2.5 * uniform() + (best.kappa === 0 ? 2e-4 * (uniform() - 0.5) : 0)),
    }
    if (sumOf(curve) <= limit) heights.push(uslPeak(curve).throughput)
  }
  return heights
}

describe('the interval of the throughput at the peak', () => {
  it.each([SPECSDM91, CISCO, RAYTRACER])(
    'reaches as far as curves that the points allow, and no farther: $name',
    (points) => {
      const { curve, peak, intervals } = fitUsl(points.ns, points.xs)
      const { low, high } = intervals?.peakThroughput ?? { low: Number.NaN, high: Number.NaN }
      expect(low).toBeLessThan(peak.throughput)
      expect(high).toBeGreaterThan(peak.throughput)
      const heights = heightsWithin(points, curve)
      expect(heights.length).toBeGreaterThan(100)
      const [least, most] = [Math.min(...heights), Math.max(...heights)]
      expect(least / low).toBeGreaterThan(0.999)
      expect(most / high).toBeLessThan(1.001)
      // Chance does not reach the very ends.
      expect((peak.throughput - least) / (peak.throughput - low)).toBeGreaterThan(0.8)
      expect((most - peak.throughput) / (high - peak.throughput)).toBeGreaterThan(0.8)
    },
  )

  it('is wider where rounds are apart, as that of λ is', () => {
    const law = { lambda: 1000, sigma: 0.05, kappa: 0.001 }
    const levels = [1, 2, 4, 8, 16, 32, 64]
    const points = [0.9, 1, 1.1].flatMap((factor, round) =>
      levels.map((n, index) => ({ n, round, x: uslThroughput(law, n) * factor * (1 + 0.01 * ((index % 3) - 1)) })),
    )
    const [ns, xs] = [points.map(({ n }) => n), points.map(({ x }) => x)]
    const fitted = fitUsl(ns, xs, { errors: 'relative', blocks: points.map(({ round }) => round) })
    const { low = Number.NaN, high = Number.NaN } = fitted.intervals?.peakThroughput ?? {}
    // Of three rounds that are 10 % apart a t of two degrees makes a quarter.
    expect(low / fitted.peak.throughput).toBeLessThan(0.85)
    expect(high / fitted.peak.throughput).toBeGreaterThan(1.15)
  })

  it('is none of growth in proportion, of a curve that falls from the first on, and where λ is given', () => {
    const proportional = fitUsl([1, 2, 4, 8], [100, 205, 420, 860])
    expect(proportional.peak.throughput).toBe(Number.POSITIVE_INFINITY)
    expect(proportional.intervals?.peakThroughput).toBeUndefined()
    expect(fitUsl([1, 2, 4, 8], [100, 30, 8, 2]).intervals?.peakThroughput).toBeUndefined()
    const [lambda] = SPECSDM91.xs
    const given = fitUsl(SPECSDM91.ns, SPECSDM91.xs, lambda === undefined ? {} : { lambda })
    expect(given.intervals?.peakThroughput).toBeUndefined()
  })
})
