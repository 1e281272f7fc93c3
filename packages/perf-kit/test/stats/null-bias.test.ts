import { describe, expect, it } from 'vitest'
import { nullBias, PAIR_DESIGN } from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

const around = (center: number) => [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map((step) => center + step * 1e-3)

describe('nullBias', () => {
  it('sees a null that leans to either side by more than 1 %', () => {
    expect(nullBias(around(0.02))).toMatchObject({ biased: true, n: 10, pTwoSided: 2 / 1024 })
    expect(nullBias(around(-0.02)).biased).toBe(true)
  })

  it('lets a significant but small lean pass', () => {
    const { biased, pTwoSided, effectRatio } = nullBias(around(0.006))
    expect(pTwoSided).toBeLessThan(0.01)
    expect(effectRatio).toBeCloseTo(Math.expm1(0.0065), 12)
    expect(biased).toBe(false)
  })

  it('lets a large lean pass that chance may have made', () => {
    const scattered = [0.2, 0.2, 0.2, -0.1, -0.1, 0.1, -0.1, 0.15]
    const { biased, pTwoSided, effectRatio } = nullBias(scattered)
    expect(effectRatio).toBeGreaterThan(0.01)
    expect(pTwoSided).toBeGreaterThan(0.01)
    expect(biased).toBe(false)
  })

  it('cannot see a lean in seven pairs, and can in eight', () => {
    const same = (count: number) => Array.from({ length: count }, (_, index) => 0.05 + index / 1000)
    expect(nullBias(same(7)).biased).toBe(false)
    expect(nullBias(same(8)).biased).toBe(true)
  })

  it('reports an interval that matches its level', () => {
    const { lowRatio, highRatio, effectRatio, coverageRatio } = nullBias(around(0.02))
    expect(coverageRatio).toBeGreaterThanOrEqual(0.99)
    expect(lowRatio).toBeGreaterThan(0)
    expect(lowRatio).toBeLessThan(effectRatio)
    expect(highRatio).toBeGreaterThan(effectRatio)
  })

  it('follows the level and the margin of the design', () => {
    expect(nullBias(around(0.02), { ...PAIR_DESIGN, nullMargin: Math.log(1.03) }).biased).toBe(false)
    expect(nullBias(around(0.02), { ...PAIR_DESIGN, nullAlpha: 0.001 }).biased).toBe(false)
  })

  it('raises a false alarm on honest nulls in less than 1 %', () => {
    const normal = normalFrom(seededUniform(5))
    const judged = Array.from({ length: 3000 }, () => nullBias(Array.from({ length: 12 }, () => 0.0283 * normal())))
    expect(judged.filter(({ biased }) => biased).length / judged.length).toBeLessThan(0.012)
  })

  it('refuses no pairs, a pair that is not finite and an impossible design', () => {
    expect(refusal(() => nullBias([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => nullBias([Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => nullBias([0], { ...PAIR_DESIGN, nullAlpha: 0 })).code).toBe('OUT_OF_RANGE')
  })
})
