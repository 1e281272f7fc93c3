import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holmAdjust } from '../../src/stats/index.ts'
import { refusal } from './refusal.ts'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 })

describe('holmAdjust', () => {
  // statsmodels 0.15.0: multipletests(p, method='holm')[1]; R 4.2.2: p.adjust(p, 'holm')
  it.each([
    { p: [0.01, 0.04, 0.03, 0.005], expected: [0.03, 0.06, 0.06, 0.02] },
    { p: [0.2, 0.001, 0.8, 0.02, 0.02, 0.5], expected: [0.6, 0.006, 1, 0.1, 0.1, 1] },
    { p: [0.3], expected: [0.3] },
  ])('agrees with statsmodels and R on $p', ({ p, expected }) => {
    for (const [index, adjusted] of holmAdjust(p).entries()) expect(adjusted).toBeCloseTo(expected[index] ?? -1, 12)
  })

  it('lies between the p-value and its Bonferroni correction, and keeps the order of the p-values', () => {
    fc.assert(
      fc.property(pValues, (ps) => {
        const adjusted = holmAdjust(ps)
        for (const [index, p] of ps.entries()) {
          expect(adjusted[index]).toBeGreaterThanOrEqual(p)
          expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * ps.length))
          for (const [other, otherP] of ps.entries()) {
            if (p <= otherP) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[other] ?? -1)
          }
        }
      }),
    )
  })

  it('rejects just what the textbook procedure rejects', () => {
    fc.assert(
      fc.property(pValues, fc.constantFrom(0.001, 0.05, 0.3), (ps, alpha) => {
        const sorted = ps.toSorted((one, other) => one - other)
        const firstKept = sorted.findIndex((p, rank) => p * (ps.length - rank) > alpha)
        const rejected = firstKept === -1 ? ps.length : firstKept
        expect(holmAdjust(ps).filter((p) => p <= alpha)).toHaveLength(rejected)
      }),
    )
  })

  it('follows a shuffle of its input, and leaves it alone', () => {
    const ps = Object.freeze([0.04, 0.01, 0.5])
    expect(holmAdjust(ps.toReversed())).toEqual(holmAdjust(ps).toReversed())
  })

  it('refuses an empty family and what are no p-values', () => {
    expect(refusal(() => holmAdjust([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => holmAdjust([0.1, Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => holmAdjust([0.1, 5]))).toMatchObject({
      code: 'OUT_OF_RANGE',
      message: 'p-value 5 is outside [0, 1]',
    })
    expect(refusal(() => holmAdjust([-0.1])).code).toBe('OUT_OF_RANGE')
  })
})
