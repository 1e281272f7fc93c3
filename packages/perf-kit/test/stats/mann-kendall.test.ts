import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mannKendall, theilSenInterval } from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

const RISING = [3.1, 2.9, 3.6, 4.2, 3.9, 4.8, 5.1, 4.7, 5.6, 5.9, 5.2, 6.3]
const TIED = [5, 5, 6, 5, 7, 7, 6, 8, 8, 8, 9, 7]
/** Each value 0.7 times the one before, and chance: no trend. */
const RESEMBLING = [
  0, 0.3, -0.06, -0.94, -1.11, -1.77, -1.18, 0.52, -0.13, -0.71, -0.01, 0.35, 0.35, -0.68, -0.51, 0.34, -1.11, -1.23,
  -2.76, -3.22, -4.1, -3.1, -3.44, -2.14, -1.34, -1.12, -3.3, -2.85, -2.04, -1.32, -2.45, -2.19, -2.51, -2.57, -0.74,
  -1.32, -0.96, 0.21, -0.43, -0.42,
]
const timesOf = (values: readonly number[]): number[] => values.map((_, index) => index)

describe('mannKendall', () => {
  // pymannkendall 1.4.3, hamed_rao_modification_test; without a factor its original_test says the same.
  it.each([
    { values: RISING, score: 54, pRatio: 0.0002786876842340025, varianceFactor: 1 },
    { values: TIED, score: 42, pRatio: 0.00379983177248322, varianceFactor: 1 },
    { values: RESEMBLING, score: -181, pRatio: 0.19347082356223222, varianceFactor: 2.6020189079460083 },
  ])('agrees with pymannkendall: $pRatio', ({ values, score, pRatio, varianceFactor }) => {
    const seen = mannKendall(values)
    expect(seen.score).toBe(score)
    expect(seen.pRatio).toBeCloseTo(pRatio, 12)
    expect(seen.varianceFactor).toBeCloseTo(varianceFactor, 12)
  })

  it('sees a trend in values that only resemble their neighbours less than half as often as the plain test does', () => {
    const normal = normalFrom(seededUniform(4711))
    const series = Array.from({ length: 200 }, () => {
      let last = 0
      return Array.from({ length: 100 }, () => {
        last = 0.6 * last + normal()
        return last
      })
    })
    const found = series.map(mannKendall)
    const share = (is: (test: (typeof found)[number]) => boolean): number => found.filter(is).length / found.length
    const variance = (100 * 99 * 205) / 18
    const plain = share(({ score }) => Math.abs(score) / Math.sqrt(variance) > 2.576)
    expect(plain).toBeGreaterThan(0.15)
    expect(share(({ pRatio }) => pRatio < 0.01)).toBeLessThan(plain / 2)
  })

  it('turns with the sign, and does not care for the scale', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 30 })
    fc.assert(
      fc.property(values, (own) => {
        const seen = mannKendall(Object.freeze(own))
        const turned = mannKendall(own.map((value) => -2 * value))
        expect(turned.score === -seen.score || turned.score === seen.score).toBe(true)
        expect(turned.score + seen.score).toBe(0)
        expect(turned.pRatio).toBeCloseTo(seen.pRatio, 12)
        expect(seen.varianceFactor).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it('says that values which are all the same have no trend, and refuses too few', () => {
    expect(mannKendall([4, 4, 4, 4, 4])).toEqual({ score: 0, pRatio: 1, varianceFactor: 1 })
    expect(refusal(() => mannKendall([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => mannKendall([1, 2, Number.NaN, 3])).code).toBe('NOT_FINITE')
    expect(refusal(() => mannKendall([1, 2, 3])).code).toBe('OUT_OF_RANGE')
  })
})

describe('theilSenInterval', () => {
  // SciPy 1.17.1: theilslopes(values, range(n), 0.95)
  it.each([
    { values: RISING, slope: 0.29545454545454536, low: 0.2285714285714286, high: 0.34285714285714286 },
    { values: TIED, slope: 0.3333333333333333, low: 0.16666666666666666, high: 0.5 },
    { values: RESEMBLING, slope: -0.037083333333333336, low: -0.075, high: -0.0012 },
  ])('agrees with SciPy: $low to $high', ({ values, slope, low, high }) => {
    const seen = theilSenInterval(timesOf(values), values)
    expect(seen.slope).toBeCloseTo(slope, 13)
    expect(seen.low).toBeCloseTo(low, 13)
    expect(seen.high).toBeCloseTo(high, 13)
  })

  it('is wider for values that resemble their neighbours, and then holds no slope at all', () => {
    const { varianceFactor } = mannKendall(RESEMBLING)
    const plain = theilSenInterval(timesOf(RESEMBLING), RESEMBLING)
    const wide = theilSenInterval(timesOf(RESEMBLING), RESEMBLING, varianceFactor)
    expect(wide.slope).toBe(plain.slope)
    expect(wide.low).toBeLessThan(plain.low)
    expect(plain.high).toBeLessThan(0)
    expect(wide.high).toBeGreaterThan(0)
  })
})
