import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { medianInterval } from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 })

describe('medianInterval', () => {
  it('takes the order statistics that the binomial distribution allows', () => {
    // R 4.2.2: sort(x)[c(qbinom(.025, 12, .5), 13 - qbinom(.025, 12, .5))], 1 - 2 * pbinom(2, 12, .5)
    const sample = [3.1, 1.2, 7.7, 4.4, 9.05, 2.6, 5.5, 6.1, 0.4, 8.8, 2.2, 7.1]
    expect(medianInterval(sample)).toEqual({ low: 2.2, high: 7.7, coverageRatio: 0.96142578125 })
  })

  // R 4.2.2: k = qbinom(.025, n, .5), 1 - 2 * pbinom(k - 1, n, .5)
  it.each([
    [1000, 469, 0.9537088026395019],
    [10_000, 4902, 0.9511670501036181],
  ])('of %d values lies between the right ranks', (count, rank, coverageRatio) => {
    const ranks = Array.from({ length: count }, (_, index) => index + 1)
    const interval = medianInterval(ranks)
    expect(interval).toMatchObject({ low: rank, high: count + 1 - rank })
    expect(interval.coverageRatio).toBeCloseTo(coverageRatio, 10)
  })

  it.each([
    [1, 0],
    [2, 0.5],
    [5, 0.9375],
  ])('of only %d values spans them all and owns to covering %d', (count, coverageRatio) => {
    const ranks = Array.from({ length: count }, (_, index) => index + 1)
    expect(medianInterval(ranks)).toEqual({ low: 1, high: count, coverageRatio })
  })

  it('covers the true median as often as it says', () => {
    const normal = normalFrom(seededUniform(1))
    const intervals = Array.from({ length: 4000 }, () => medianInterval(Array.from({ length: 12 }, normal)))
    const coveredRatio = intervals.filter(({ low, high }) => low <= 0 && 0 <= high).length / intervals.length
    expect(Math.abs(coveredRatio - 0.9614)).toBeLessThan(0.012)
  })

  it('widens with confidence, follows scale and shift, ignores order, and leaves its input alone', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const copy = [...sample]
        const { low, high, coverageRatio } = medianInterval(sample, 0.9)
        const wider = medianInterval(sample, 0.99)
        expect(wider.low).toBeLessThanOrEqual(low)
        expect(wider.high).toBeGreaterThanOrEqual(high)
        expect(medianInterval(sample.toReversed(), 0.9)).toEqual({ low, high, coverageRatio })
        expect(
          medianInterval(
            sample.map((value) => 4 * value),
            0.9,
          ),
        ).toEqual({ low: 4 * low, high: 4 * high, coverageRatio })
        expect(
          medianInterval(
            sample.map((value) => value + 7),
            0.9,
          ),
        ).toEqual({ low: low + 7, high: high + 7, coverageRatio })
        expect(sample).toEqual(copy)
      }),
    )
  })

  it('refuses an empty sample, a value that is not finite and a confidence of 95', () => {
    expect(refusal(() => medianInterval([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => medianInterval([1, Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => medianInterval([1], 95)).code).toBe('OUT_OF_RANGE')
  })
})
