import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { theilSenSlope } from '../../src/stats/index.ts'
import { refusal } from './refusal.ts'

const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
    minLength: 2,
    maxLength: 20,
  })
  .filter((pairs) => new Set(pairs.map(([x]) => x)).size > 1)

describe('theilSenSlope', () => {
  // SciPy 1.17.1: theilslopes(ys, xs).slope
  it.each([
    { xs: [1, 2, 4, 7, 11, 16], ys: [2.1, 3.9, 8.4, 13.2, 23.1, 30.8], slope: 1.9214285714285715 },
    { xs: [0, 1, 1, 2, 3, 4, 4], ys: [5, 1, 4, 2, 9, 60, 3], slope: 1 },
  ])('agrees with SciPy: $slope', ({ xs, ys, slope }) => {
    expect(theilSenSlope(xs, ys)).toBeCloseTo(slope, 13)
  })

  it('is not spoilt by a quarter of wild points', () => {
    const xs = Array.from({ length: 20 }, (_, index) => index)
    const ys = xs.map((x) => (x % 4 === 3 ? 1e6 - x : 3 * x))
    expect(theilSenSlope(xs, ys)).toBe(3)
  })

  it('follows scale and tilt, ignores the order of the points, and leaves its input alone', () => {
    fc.assert(
      fc.property(points, (pairs) => {
        const xs = Object.freeze(pairs.map(([x]) => x))
        const ys = Object.freeze(pairs.map(([, y]) => y))
        const slope = theilSenSlope(xs, ys)
        const tilted = ys.map((y, index) => 2 * y + 5 * (xs[index] ?? 0) + 1)
        expect(theilSenSlope(xs, tilted)).toBeCloseTo(2 * slope + 5, 8)
        expect(theilSenSlope(xs.toReversed(), ys.toReversed())).toBeCloseTo(slope, 12)
      }),
    )
  })

  it('refuses what makes no line, and series too long to compare every two points', () => {
    expect(refusal(() => theilSenSlope([], [])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => theilSenSlope([1, 2], [Number.NaN, 1])).code).toBe('NOT_FINITE')
    expect(refusal(() => theilSenSlope([1, 2], [1])).code).toBe('OUT_OF_RANGE')
    expect(refusal(() => theilSenSlope([2, 2], [1, 3])).code).toBe('OUT_OF_RANGE')
    const long = Array.from({ length: 4001 }, (_, index) => index)
    expect(refusal(() => theilSenSlope(long, long))).toMatchObject({
      code: 'OUT_OF_RANGE',
      remedy: expect.stringContaining('Thin the series'),
    })
  })
})
