import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hodgesLehmann, hodgesLehmannShift, median, rankSumTest, signedRankTest } from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

const DEPRESSION = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01]
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const EARLIER = [1.15, 0.88, 0.9, 0.74, 1.21]

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 })

describe('hodgesLehmann', () => {
  // R 4.2.2: wilcox.test(d, conf.int=TRUE, conf.level=…, exact=TRUE), 1 - 2 * psignrank(qsignrank(α/2, 9) - 1, 9)
  it.each([
    { confidence: 0.95, low: 0.01, high: 0.786, coverageRatio: 0.9609375 },
    { confidence: 0.99, low: -0.1135, high: 0.987, coverageRatio: 0.9921875 },
  ])('agrees with R at $confidence', ({ confidence, low, high, coverageRatio }) => {
    const interval = hodgesLehmann(DEPRESSION, confidence)
    expect(interval.estimate).toBeCloseTo(0.46, 12)
    expect(interval.low).toBeCloseTo(low, 12)
    expect(interval.high).toBeCloseTo(high, 12)
    expect(interval.coverageRatio).toBe(coverageRatio)
  })

  it('agrees with R for many differences', () => {
    // R 4.2.2: wilcox.test(sin(1:600) + .05, conf.int=TRUE, exact=TRUE)
    const interval = hodgesLehmann(Array.from({ length: 600 }, (_, index) => Math.sin(index + 1) + 0.05))
    expect(interval.low).toBeCloseTo(0.0117166357821008, 4)
    expect(interval.high).toBeCloseTo(0.09373365013246102, 4)
    expect(interval.coverageRatio).toBeCloseTo(0.95, 4)
  })

  it.each([
    [1, 0],
    [2, 0.5],
    [5, 0.9375],
  ])('of only %d differences spans them all and owns to covering %d', (count, coverageRatio) => {
    const differences = Array.from({ length: count }, (_, index) => index + 1)
    const estimate = (1 + count) / 2
    expect(hodgesLehmann(differences, 0.99)).toEqual({ estimate, low: 1, high: count, coverageRatio })
  })

  it('with ten differences covers 99.8 %, and spans them all', () => {
    const interval = hodgesLehmann([3, 1, 4, 1.5, 9, 2.6, 5, 3.5, 8, 9.7], 0.998)
    expect(interval).toMatchObject({ low: 1, high: 9.7, coverageRatio: 1 - 2 / 1024 })
  })

  it('is the median of all pairwise means', () => {
    fc.assert(
      fc.property(values, (differences) => {
        const means = differences.flatMap((one, index) => differences.slice(index).map((other) => one / 2 + other / 2))
        expect(hodgesLehmann(differences).estimate).toBeCloseTo(median(means), 10)
      }),
    )
  })

  it('excludes just the centres that the signed-rank test rejects', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 12 }),
        (integers) => {
          // Roots keep pairwise means from coinciding, so that no shift makes ties.
          const differences = integers.map((value) => Math.cbrt(value))
          const { low, high, coverageRatio } = hodgesLehmann(differences, 0.95)
          const alpha = 1 - coverageRatio + 1e-12
          expect(signedRankTest(differences, { shift: low - 1e-6 }).pTwoSided).toBeLessThanOrEqual(alpha)
          expect(signedRankTest(differences, { shift: low + 1e-6 }).pTwoSided).toBeGreaterThan(alpha)
          expect(signedRankTest(differences, { shift: high - 1e-6 }).pTwoSided).toBeGreaterThan(alpha)
          expect(signedRankTest(differences, { shift: high + 1e-6 }).pTwoSided).toBeLessThanOrEqual(alpha)
        },
      ),
    )
  })

  it('covers the true centre as often as it says', () => {
    const normal = normalFrom(seededUniform(2))
    const intervals = Array.from({ length: 4000 }, () => hodgesLehmann(Array.from({ length: 12 }, normal)))
    const coveredRatio = intervals.filter(({ low, high }) => low <= 0 && 0 <= high).length / intervals.length
    expect(Math.abs(coveredRatio - (intervals[0]?.coverageRatio ?? 0))).toBeLessThan(0.012)
  })

  it('with ties covers at least as often as it says', () => {
    const normal = normalFrom(seededUniform(3))
    const intervals = Array.from({ length: 4000 }, () =>
      hodgesLehmann(Array.from({ length: 12 }, () => Math.round(2 * normal()))),
    )
    const coveredRatio = intervals.filter(({ low, high }) => low <= 0 && 0 <= high).length / intervals.length
    expect(coveredRatio).toBeGreaterThan((intervals[0]?.coverageRatio ?? 1) - 0.005)
  })

  it('is hardly moved by one wild value', () => {
    const calm = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    expect(hodgesLehmann([...calm, 1e9]).estimate).toBeLessThan(6.1)
  })

  it('follows scale and shift, mirrors with the signs, ignores order, and leaves its input alone', () => {
    fc.assert(
      fc.property(values, (differences) => {
        const copy = [...differences]
        const { estimate, low, high, coverageRatio } = hodgesLehmann(differences)
        const moved = hodgesLehmann(differences.map((difference) => 3 - 2 * difference))
        expect(moved.estimate).toBeCloseTo(3 - 2 * estimate, 9)
        expect(moved.low).toBeCloseTo(3 - 2 * high, 9)
        expect(moved.high).toBeCloseTo(3 - 2 * low, 9)
        expect(hodgesLehmann(differences.toReversed())).toEqual({ estimate, low, high, coverageRatio })
        expect(differences).toEqual(copy)
      }),
    )
  })

  it('refuses an empty sample, a value that is not finite and a confidence of 95', () => {
    expect(refusal(() => hodgesLehmann([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => hodgesLehmann([Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => hodgesLehmann([1], 95)).code).toBe('OUT_OF_RANGE')
  })
})

describe('hodgesLehmannShift', () => {
  // R 4.2.2: wilcox.test(EARLIER, TERM, conf.int=TRUE, conf.level=…, exact=TRUE), 1 - 2 * pwilcox(qwilcox(α/2, 5, 10) - 1, 5, 10)
  it.each([
    { confidence: 0.95, low: -0.76, high: 0.15, coverageRatio: 0.9600399600399601 },
    { confidence: 0.9, low: -0.72, high: 0.08, coverageRatio: 0.9007659007659008 },
  ])('agrees with R at $confidence', ({ confidence, low, high, coverageRatio }) => {
    const interval = hodgesLehmannShift(TERM, EARLIER, confidence)
    expect(interval.estimate).toBeCloseTo(-0.305, 12)
    expect(interval.low).toBeCloseTo(low, 12)
    expect(interval.high).toBeCloseTo(high, 12)
    expect(interval.coverageRatio).toBeCloseTo(coverageRatio, 12)
  })

  it('agrees with R for many values', () => {
    // R 4.2.2: wilcox.test(sin(1:90 * 1.7) * 10 + .8, sin(1:80) * 10, conf.int=TRUE, exact=TRUE)
    const left = Array.from({ length: 80 }, (_, index) => Math.sin(index + 1) * 10)
    const right = Array.from({ length: 90 }, (_, index) => Math.sin((index + 1) * 1.7) * 10 + 0.8)
    const interval = hodgesLehmannShift(left, right)
    expect(interval.estimate).toBeCloseTo(0.8391587717245557, 10)
    // The approximation takes the next rank: neighbours differ by about 0.01 here.
    expect(Math.abs(interval.low + 0.9402444352952495)).toBeLessThan(0.02)
    expect(Math.abs(interval.high - 2.6020281448748168)).toBeLessThan(0.02)
    expect(interval.coverageRatio).toBeCloseTo(0.95, 3)
  })

  it('with one value a side claims no coverage', () => {
    expect(hodgesLehmannShift([3], [5])).toEqual({ estimate: 2, low: 2, high: 2, coverageRatio: 0 })
  })

  it('excludes just the shifts that the Mann–Whitney test rejects', () => {
    const integers = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 10, maxLength: 14 })
    fc.assert(
      fc.property(integers, (values) => {
        const left = values.slice(0, 5).map((value) => Math.cbrt(value))
        const right = values.slice(5).map((value) => Math.sin(value))
        const { low, high, coverageRatio } = hodgesLehmannShift(left, right, 0.9)
        const alpha = 1 - coverageRatio + 1e-12
        expect(rankSumTest(left, right, { shift: low - 1e-7 }).pTwoSided).toBeLessThanOrEqual(alpha)
        expect(rankSumTest(left, right, { shift: low + 1e-7 }).pTwoSided).toBeGreaterThan(alpha)
        expect(rankSumTest(left, right, { shift: high - 1e-7 }).pTwoSided).toBeGreaterThan(alpha)
        expect(rankSumTest(left, right, { shift: high + 1e-7 }).pTwoSided).toBeLessThanOrEqual(alpha)
      }),
    )
  })

  it('mirrors when the sides are exchanged, follows a shift, ignores order, and leaves its input alone', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const copies = [[...left], [...right]]
        const { estimate, low, high, coverageRatio } = hodgesLehmannShift(left, right)
        const exchanged = hodgesLehmannShift(right, left)
        expect(exchanged.estimate).toBeCloseTo(-estimate, 9)
        expect(exchanged.low).toBeCloseTo(-high, 9)
        expect(exchanged.high).toBeCloseTo(-low, 9)
        expect(
          hodgesLehmannShift(
            left,
            right.map((value) => value + 5),
          ).estimate,
        ).toBeCloseTo(estimate + 5, 9)
        expect(hodgesLehmannShift(left.toReversed(), right.toReversed())).toEqual({
          estimate,
          low,
          high,
          coverageRatio,
        })
        expect([left, right]).toEqual(copies)
      }),
    )
  })

  it('refuses an empty side, a value that is not finite and a confidence of 95', () => {
    expect(refusal(() => hodgesLehmannShift([], [1])).message).toBe('left holds no values')
    expect(refusal(() => hodgesLehmannShift([1], [])).message).toBe('right holds no values')
    expect(refusal(() => hodgesLehmannShift([1], [Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => hodgesLehmannShift([1], [1], 95)).code).toBe('OUT_OF_RANGE')
  })
})
