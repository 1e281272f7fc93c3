import { describe, expect, it } from 'vitest'
import { exactTails, normalTails } from '../../src/stats/tails.ts'

describe('exactTails', () => {
  it('includes the value seen in both tails', () => {
    const mass = Float64Array.of(0.125, 0.375, 0.375, 0.125)
    expect(exactTails(mass, 3)).toEqual({ pGreater: 0.125, pLess: 1, pTwoSided: 0.25 })
    expect(exactTails(mass, 1)).toEqual({ pGreater: 0.875, pLess: 0.5, pTwoSided: 1 })
    expect(exactTails(mass, 0)).toEqual({ pGreater: 1, pLess: 0.125, pTwoSided: 0.25 })
  })

  it('says nothing of a statistic that has one value only', () => {
    expect(exactTails(Float64Array.of(1), 0)).toEqual({ pGreater: 1, pLess: 1, pTwoSided: 1 })
  })
})

describe('normalTails', () => {
  it('corrects for continuity by half a step', () => {
    const { pGreater, pLess } = normalTails(10.5, 10, 2)
    expect(pGreater).toBe(0.5)
    // R 4.2.2: pnorm(.5)
    expect(pLess).toBeCloseTo(0.6914624612740131, 12)
  })

  it('says nothing of a statistic that cannot vary', () => {
    expect(normalTails(0, 0, 0)).toEqual({ pGreater: 1, pLess: 1, pTwoSided: 1 })
  })
})
