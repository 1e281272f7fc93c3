import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitUsl, type UslCurve, uslPeak, uslThroughput } from '../../src/stats/index.ts'
import { CISCO, RAYTRACER, SPECSDM91 } from './published-scaling.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

/** So many significant digits. */
const digits = (value: number, count: number): number => Number(value.toPrecision(count))

describe('published measurements', () => {
  it.each([SPECSDM91, CISCO])('give the published parameters to three digits and more: $name', (published) => {
    const { curve } = fitUsl(published.ns, published.xs)
    expect(digits(curve.lambda, 5)).toBe(digits(published.lambda, 5))
    expect(digits(curve.sigma, 5)).toBe(digits(published.sigma, 5))
    expect(digits(curve.kappa, 4)).toBe(digits(published.kappa, 4))
  })

  it('give the published parameters where κ is at its bound', () => {
    const { curve, peak, intervals } = fitUsl(RAYTRACER.ns, RAYTRACER.xs)
    expect(digits(curve.lambda, 6)).toBe(RAYTRACER.lambda)
    expect(digits(curve.sigma, 3)).toBe(RAYTRACER.sigma)
    expect(curve.kappa).toBe(0)
    // No peak, and none is an answer: intervals of standard errors would have κ from −0.000214 on.
    expect(peak).toEqual({ n: Number.POSITIVE_INFINITY, throughput: curve.lambda / curve.sigma })
    expect(intervals?.kappa.low).toBe(0)
    expect(intervals?.peak.high).toBe(Number.POSITIVE_INFINITY)
    expect(intervals?.peak.low).toBeGreaterThan(64)
  })

  it('have the published residuals, peak and R²', () => {
    const { residuals, peak, fitness } = fitUsl(SPECSDM91.ns, SPECSDM91.xs)
    expect(residuals.map((residual) => digits(residual, 3))).toEqual([-25.1, -81.7, 111, 3.05, -50, -46.6, 56])
    expect(Math.round(peak.n)).toBe(97)
    expect(digits(fitness.rSquaredRatio, 4)).toBe(0.9896)
    const standardError = Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / 4)
    expect(digits(standardError, 4)).toBe(82.85)
    expect(uslPeak({ lambda: 1, sigma: 0.001, kappa: 0.00001 }).n).toBeCloseTo(316, 0)
    const cisco = fitUsl(CISCO.ns, CISCO.xs)
    expect(Math.floor(cisco.peak.n)).toBe(35)
    expect(uslThroughput(cisco.curve, 35)).toBeCloseTo(12341.7454, 1)
  })
})

// SciPy 1.17.1, least_squares with bounds, from 24 starts each, on throughputs of known laws with 6 % of noise.
const REFERENCES = [
  {
    errors: 'absolute',
    ns: [1, 2, 4, 7, 12, 23, 44, 82],
    xs: [4836, 9312, 19020, 31760, 55540, 97800, 107900, 89890],
    lambda: 5159.08617,
    sigma: 0,
    kappa: 0.000561039976,
  },
  {
    errors: 'relative',
    ns: [1, 1, 2, 2, 3, 3, 5, 5, 9, 9, 16, 16, 29, 29, 50, 50],
    xs: [68.87, 64.72, 132.5, 138.4, 178.2, 187.9, 270.2, 280.3, 432.2, 475.9, 646.4, 708.9, 892, 873.8, 796.3, 896.6],
    lambda: 65.8447318,
    sigma: 0.0289574112,
    kappa: 0.000564249621,
  },
  {
    errors: 'absolute',
    ns: [1, 1, 1, 2, 2, 2, 4, 4, 4, 7, 7, 7, 12, 12, 12, 23, 23, 23, 44, 44, 44, 82, 82, 82],
    xs: [
      318, 338.8, 328.7, 553.5, 619.2, 553.6, 869.9, 919, 841.6, 1102, 1117, 1114, 1215, 1313, 1418, 1353, 1563, 1496,
      1538, 1802, 1673, 1547, 1669, 1721,
    ],
    lambda: 337.231421,
    sigma: 0.186435601,
    kappa: 7.93039237e-5,
  },
  {
    errors: 'relative',
    ns: [1, 2, 6, 14, 35],
    xs: [2801, 3659, 4598, 4296, 4655],
    lambda: 2842.51874,
    sigma: 0.573494662,
    kappa: 0.00107727908,
  },
  {
    errors: 'absolute',
    ns: [1, 1, 2, 2, 6, 6, 15, 15, 36, 36, 87, 87],
    xs: [26.39, 27.37, 56.01, 59.81, 182, 157, 403.6, 440, 883, 967.8, 2132, 2312],
    lambda: 26.692964,
    sigma: 0.000537830758,
    kappa: 0,
  },
  {
    errors: 'relative',
    ns: [1, 1, 1, 3, 3, 3, 7, 7, 7, 17, 17, 17, 44, 44, 44, 114, 114, 114],
    xs: [
      5037, 5073, 5642, 14200, 14310, 14880, 30300, 30170, 28550, 58890, 57380, 63200, 101200, 97190, 101300, 123800,
      134500, 126300,
    ],
    lambda: 5122.24565,
    sigma: 0.028634795,
    kappa: 2.40812954e-5,
  },
  {
    errors: 'absolute',
    ns: [1, 3, 8, 22],
    xs: [133.5, 247.9, 345.5, 376.2],
    lambda: 131.182491,
    sigma: 0.279253762,
    kappa: 0.00173273855,
  },
  {
    errors: 'relative',
    ns: [1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 31, 31, 62, 62],
    xs: [426.3, 354.4, 445.8, 468.6, 536.7, 515.6, 537.2, 567.3, 549.1, 500.3, 486.1, 489.4, 383.7, 415.2],
    lambda: 383.272555,
    sigma: 0.619566932,
    kappa: 0.00540426375,
  },
] as const

describe('SciPy', () => {
  it.each(REFERENCES)(
    'finds the same: λ = $lambda, σ = $sigma, κ = $kappa',
    ({ errors, ns, xs, lambda, sigma, kappa }) => {
      const { curve } = fitUsl(ns, xs, { errors })
      expect(curve.lambda / lambda).toBeCloseTo(1, 6)
      expect(curve.sigma).toBeCloseTo(sigma, 7)
      expect(curve.kappa).toBeCloseTo(kappa, 9)
    },
  )

  it('finds the same with λ given', () => {
    const { curve } = fitUsl(SPECSDM91.ns, SPECSDM91.xs, { lambda: 64.9 })
    expect(curve.sigma).toBeCloseTo(0.0126048704, 7)
    expect(curve.kappa).toBeCloseTo(0.000111200307, 9)
  })
})

const curves = fc.record({
  lambda: fc.double({ min: 1, max: 1e5, noNaN: true }),
  sigma: fc.double({ min: 0, max: 1, noNaN: true }),
  kappa: fc.double({ min: 0, max: 0.1, noNaN: true }),
})
const LEVELS = [1, 2, 4, 8, 16, 32, 64]
const throughputs = (curve: UslCurve, ns: readonly number[] = LEVELS) => ns.map((n) => uslThroughput(curve, n))

describe('fitUsl', () => {
  it.each(['absolute', 'relative'] as const)(
    'finds any curve again from points that lie on it: %s errors',
    (errors) => {
      fc.assert(
        fc.property(curves, (given) => {
          const xs = throughputs(given)
          const { curve, residuals } = fitUsl(LEVELS, xs, { errors })
          for (const [index, residual] of residuals.entries()) {
            expect(Math.abs(residual)).toBeLessThan(1e-5 * (xs[index] ?? 0))
          }
          expect(curve.lambda / given.lambda).toBeCloseTo(1, 4)
          expect(curve.sigma).toBeCloseTo(given.sigma, 4)
          expect(curve.kappa).toBeCloseTo(given.kappa, 5)
        }),
      )
    },
  )

  it('scales with the unit of throughputs, ignores the order of points, and leaves them alone', () => {
    const noise = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 7, maxLength: 7 })
    fc.assert(
      fc.property(curves, noise, (given, off) => {
        const xs = Object.freeze(throughputs(given).map((x, index) => x * (1 + (off[index] ?? 0))))
        const { curve } = fitUsl(Object.freeze([...LEVELS]), xs)
        const other = fitUsl(
          LEVELS.toReversed(),
          xs.toReversed().map((x) => 1000 * x),
        ).curve
        expect(other.lambda / (1000 * curve.lambda)).toBeCloseTo(1, 5)
        expect(other.sigma).toBeCloseTo(curve.sigma, 5)
        expect(other.kappa).toBeCloseTo(curve.kappa, 5)
      }),
      { numRuns: 25 },
    )
  })

  it('keeps to its bounds whatever it is given, with intervals around what it found', () => {
    const points = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 7, maxLength: 7 })
    fc.assert(
      fc.property(points, fc.constantFrom('absolute', 'relative'), (xs, errors) => {
        const { curve, peak, intervals } = fitUsl(LEVELS, xs, { errors })
        expect(curve.lambda).toBeGreaterThan(0)
        expect(curve.sigma).toBeGreaterThanOrEqual(0)
        expect(curve.sigma).toBeLessThanOrEqual(1)
        expect(curve.kappa).toBeGreaterThanOrEqual(0)
        if (intervals === undefined) throw new Error('four degrees of freedom and no intervals')
        for (const name of ['sigma', 'kappa'] as const) {
          expect(intervals[name].low).toBeLessThanOrEqual(curve[name])
          expect(intervals[name].high).toBeGreaterThanOrEqual(curve[name])
        }
        expect(intervals.peak.high).toBeGreaterThanOrEqual(peak.n * 0.999)
      }),
      { numRuns: 25 },
    )
  })

  it('takes λ as given, and has no interval for it then', () => {
    const { curve, intervals } = fitUsl(SPECSDM91.ns, SPECSDM91.xs, { lambda: 64.9 })
    expect(curve.lambda).toBe(64.9)
    expect(intervals).not.toHaveProperty('lambda')
    expect(intervals?.sigma.high).toBeGreaterThan(curve.sigma)
  })

  it('calls equal throughputs wholly serial, which is a fit, though R² is nothing', () => {
    const { curve, peak, fitness } = fitUsl(
      LEVELS,
      LEVELS.map(() => 500),
    )
    expect(curve.sigma).toBeCloseTo(1, 6)
    expect(curve.kappa).toBeCloseTo(0, 6)
    expect(curve.lambda).toBeCloseTo(500, 3)
    expect(peak.throughput).toBeCloseTo(500, 2)
    expect(fitness.rSquaredRatio).toBe(0)
    expect(fitness.worst.offRatio).toBeCloseTo(0, 6)
  })

  it('has the peak of what falls from the beginning at one', () => {
    const { curve, peak } = fitUsl([1, 2, 4, 8], [100, 30, 8, 2])
    expect(curve.kappa).toBeGreaterThan(1)
    expect(peak.n).toBeLessThan(1)
    expect(peak.throughput).toBe(curve.lambda)
    expect(uslThroughput(curve, 2)).toBeLessThan(curve.lambda)
  })

  it('has no intervals for as many points as parameters', () => {
    const { intervals, fitness } = fitUsl([1, 2, 4], [100, 180, 300])
    expect(intervals).toBeUndefined()
    expect(fitness).toMatchObject({ state: 'undecided', test: { kind: 'none' } })
  })

  it('refuses what makes no curve', () => {
    expect(refusal(() => fitUsl([], [])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => fitUsl([1, 2, 3], [1, Number.NaN, 2])).code).toBe('NOT_FINITE')
    expect(refusal(() => fitUsl([1, 2, 3], [1, 2]))).toMatchObject({ message: '3 ns do not pair with 2 xs' })
    expect(refusal(() => fitUsl([1], [100]))).toMatchObject({
      code: 'OUT_OF_RANGE',
      message: 'points at 1 different n do not tell 3 parameters apart',
      remedy: expect.stringContaining('six or more'),
    })
    expect(refusal(() => fitUsl([4, 4, 4, 8], [1, 1, 1, 2])).message).toContain('points at 2 different n')
    expect(refusal(() => fitUsl([1, 2, 4], [100, -180, 300])).message).toContain('-180 is no number')
    expect(refusal(() => fitUsl([0, 2, 4], [100, 180, 300])).message).toContain('0 is no number')
    expect(refusal(() => fitUsl([1, 2, 4], [100, 180, 300], { lambda: 0 })).message).toBe('λ is 0')
    expect(refusal(() => fitUsl([1, 2, 4], [100, 180, 300], { confidenceRatio: 95 })).code).toBe('OUT_OF_RANGE')
  })
})

describe('whether points follow the law', () => {
  const LAW = { lambda: 1000, sigma: 0.04, kappa: 0.0004 }
  /** Points of a curve, each three times, with so much noise. */
  function repeated(xOf: (n: number) => number, noiseRatio: number, seed = 5, levels: readonly number[] = LEVELS) {
    const normal = normalFrom(seededUniform(seed))
    const ns = levels.flatMap((n) => [n, n, n])
    return { ns, xs: ns.map((n) => xOf(n) * Math.exp(noiseRatio * normal())) }
  }
  const knee = (n: number): number => Math.min(n / 0.02, 500)

  it('is told: they do', () => {
    const { ns, xs } = repeated((n) => uslThroughput(LAW, n), 0.02)
    expect(fitUsl(ns, xs, { errors: 'relative' }).fitness).toMatchObject({
      state: 'follows',
      test: { kind: 'lackOfFit' },
    })
  })

  it('is told: they do not, as where one resource is all at once used up', () => {
    const { ns, xs } = repeated(knee, 0.01)
    const { fitness } = fitUsl(ns, xs, { errors: 'relative' })
    expect(fitness).toMatchObject({ state: 'departs', test: { kind: 'lackOfFit' } })
    expect(Math.abs(fitness.worst.offRatio)).toBeGreaterThan(0.1)
    // And R² would have let it pass.
    expect(fitness.rSquaredRatio).toBeGreaterThan(0.9)
  })

  it('is told: growing faster than in proportion is not in the law', () => {
    const { ns, xs } = repeated((n) => 100 * n ** 1.4, 0.01)
    expect(fitUsl(ns, xs, { errors: 'relative' }).fitness.state).toBe('departs')
  })

  it('is told: nearly, where the difference is real and small', () => {
    const { ns, xs } = repeated((n) => uslThroughput(LAW, n) * (1 + 0.03 * Math.cos(2 * Math.log2(n))), 0.001)
    expect(fitUsl(ns, xs, { errors: 'relative' }).fitness.state).toBe('nearly')
  })

  it('is not known where repetitions are too far apart', () => {
    const { ns, xs } = repeated((n) => uslThroughput(LAW, n), 0.5)
    expect(fitUsl(ns, xs, { errors: 'relative' }).fitness.state).toBe('undecided')
  })

  it('is looked for in runs of residuals where nothing was repeated', () => {
    const many = Array.from({ length: 32 }, (_, index) => index + 1)
    const bent = fitUsl(
      many,
      many.map((n) => Math.min(n, 12) * 100),
      { errors: 'relative' },
    )
    expect(bent.fitness).toMatchObject({ state: 'departs', test: { kind: 'runs' } })
    // A few percent off, one side after the other.
    expect(fitUsl(CISCO.ns, CISCO.xs).fitness).toMatchObject({ state: 'nearly', test: { kind: 'runs' } })
    // No order of seven is rare enough.
    expect(fitUsl(SPECSDM91.ns, SPECSDM91.xs).fitness).toMatchObject({ state: 'undecided', test: { kind: 'none' } })
  })

  it('is denied to one in a hundred sweeps that do, and granted to none that do not', () => {
    const states = (xOf: (n: number) => number, sweeps: number) =>
      Array.from({ length: sweeps }, (_, index) => {
        const { ns, xs } = repeated(xOf, 0.03, 1000 + index)
        return fitUsl(ns, xs, { errors: 'relative' }).fitness
      })
    const rejected = states((n) => uslThroughput(LAW, n), 300).filter(
      ({ state }) => !['follows', 'undecided'].includes(state),
    )
    // 99.9 % of binomials with 300 and 0.01 lie below.
    expect(rejected.length).toBeLessThan(10)
    expect(states(knee, 50).filter(({ state }) => state !== 'departs')).toEqual([])
  })
})
