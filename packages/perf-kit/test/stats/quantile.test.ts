import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, medianAbsoluteDeviation, quantile, sortAscending } from '../../src/stats/index.ts'
import { refusal } from './refusal.ts'

const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 })
const ratio = fc.double({ min: 0, max: 1, noNaN: true })

describe('quantile', () => {
  // R 4.2.2: quantile(c(3.1,1.2,7.7,4.4,9.05,2.6,5.5), c(0,.1,.25,.5,.9,.99,1), type=7)
  it.each([
    [0, 1.2],
    [0.1, 2.04],
    [0.25, 2.85],
    [0.5, 4.4],
    [0.9, 8.24],
    [0.99, 8.969],
    [1, 9.05],
  ])('at %d agrees with R', (at, expected) => {
    expect(quantile([1.2, 2.6, 3.1, 4.4, 5.5, 7.7, 9.05], at)).toBeCloseTo(expected, 12)
  })

  it('never falls as the ratio rises, and stays within the sample', () => {
    fc.assert(
      fc.property(values, ratio, ratio, (sample, one, other) => {
        const sorted = sortAscending(sample)
        const lower = quantile(sorted, Math.min(one, other))
        const upper = quantile(sorted, Math.max(one, other))
        const slack = 1e-6
        expect(lower).toBeLessThanOrEqual(upper + slack)
        expect(lower).toBeGreaterThanOrEqual(quantile(sorted, 0) - slack)
        expect(upper).toBeLessThanOrEqual(quantile(sorted, 1) + slack)
      }),
    )
  })

  it('refuses an empty sample, a value that is not finite, an unsorted sample and a percentage', () => {
    expect(refusal(() => quantile([], 0.5)).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => quantile([1, Number.NaN, 2], 0.5)).code).toBe('NOT_FINITE')
    expect(refusal(() => quantile([1, 3, 2], 0.5))).toMatchObject({
      code: 'OUT_OF_RANGE',
      message: 'sorted[2] is smaller than the value before it',
      remedy: expect.stringContaining('sortAscending'),
    })
    expect(refusal(() => quantile([1, 2], 99))).toMatchObject({
      code: 'OUT_OF_RANGE',
      remedy: expect.stringContaining('0.99 for p99'),
    })
    expect(refusal(() => quantile([1, 2], Number.NaN)).code).toBe('OUT_OF_RANGE')
  })
})

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 6])).toBe(5.5)
    expect(median([7])).toBe(7)
  })

  it('sorts numbers as numbers', () => {
    expect(median([10, 9, 100])).toBe(10)
  })

  it('does not depend on the order, and leaves its input alone', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const copy = [...sample]
        expect(median(sample)).toBe(median(sample.toReversed()))
        expect(sample).toEqual(copy)
      }),
    )
  })

  it('refuses an empty sample and a value that is not finite', () => {
    expect(refusal(() => median([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => median([Number.POSITIVE_INFINITY])).code).toBe('NOT_FINITE')
  })
})

describe('medianAbsoluteDeviation', () => {
  it('agrees with R', () => {
    // R 4.2.2: mad(c(3.1,1.2,7.7,4.4,9.05,2.6,5.5), constant=1)
    expect(medianAbsoluteDeviation([3.1, 1.2, 7.7, 4.4, 9.05, 2.6, 5.5])).toBeCloseTo(1.8, 12)
  })

  it('refuses an empty sample and a value that is not finite', () => {
    expect(refusal(() => medianAbsoluteDeviation([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => medianAbsoluteDeviation([Number.NaN])).code).toBe('NOT_FINITE')
  })
})

describe('sortAscending', () => {
  it('returns a sorted copy', () => {
    const unsorted = Object.freeze([10, 9, -1, 100])
    expect(sortAscending(unsorted)).toEqual([-1, 9, 10, 100])
    expect(unsorted).toEqual([10, 9, -1, 100])
  })

  it('refuses an empty sample and a value that is not finite', () => {
    expect(refusal(() => sortAscending([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => sortAscending([1, Number.NaN])).code).toBe('NOT_FINITE')
  })
})
