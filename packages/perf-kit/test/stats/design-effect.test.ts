import { describe, expect, it } from 'vitest'
import { designEffect } from '../../src/stats/index.ts'
import { randomOf } from '../throughput/model-target.ts'

describe('the design effect of a share', () => {
  it('is Pearson’s χ² over its degrees of freedom', () => {
    // R: summary(glm(cbind(c(8,2,1,5), 100 - c(8,2,1,5)) ~ 1, family = quasibinomial))$dispersion
    const stretches = [8, 2, 1, 5].map((beyond) => ({ beyond, of: 100 }))
    expect(designEffect(stretches)).toBeCloseTo(2.604, 3)
  })

  it('is as large as a bunch where all come in bunches of one size', () => {
    const stretches = [0, 0, 50, 0, 0, 0, 0, 50, 0, 0].map((beyond) => ({ beyond, of: 1000 }))
    expect(designEffect(stretches)).toBeGreaterThan(40)
    expect(designEffect(stretches)).toBeLessThan(50)
  })

  it('is about 1 where each is for itself, and never less', () => {
    const random = randomOf(1)
    const effects = Array.from({ length: 300 }, () =>
      designEffect(
        Array.from({ length: 10 }, () => ({
          beyond: Array.from({ length: 500 }, random).filter((value) => value < 0.02).length,
          of: 500,
        })),
      ),
    )
    expect(Math.min(...effects)).toBe(1)
    expect(effects.reduce((sum, effect) => sum + effect, 0) / effects.length).toBeLessThan(1.4)
  })

  it('is 1 where there is nothing to compare', () => {
    expect(designEffect([])).toBe(1)
    expect(designEffect([{ beyond: 3, of: 10 }])).toBe(1)
    expect(
      designEffect([
        { beyond: 0, of: 10 },
        { beyond: 0, of: 10 },
      ]),
    ).toBe(1)
    expect(
      designEffect([
        { beyond: 10, of: 10 },
        { beyond: 10, of: 10 },
        { beyond: 0, of: 0 },
      ]),
    ).toBe(1)
  })
})
