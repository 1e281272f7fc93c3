import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomialInterval, binomialLowerBound, binomialUpperBound } from '../../src/stats/index.ts'
import { refusal } from './refusal.ts'

const counts = fc
  .integer({ min: 1, max: 200 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.integer({ min: 0, max: trials }) }))

describe('binomialInterval', () => {
  // R 4.2.2: binom.test(successes, trials, conf.level=…)$conf.int
  it.each([
    [7, 20, 0.95, 0.1539092047845411, 0.5921885345328282],
    [0, 300, 0.9, 0, 0.00993608194445772],
    [1, 1_000_000, 0.95, 2.531780766379421e-8, 5.571630655172237e-6],
  ])('of %d in %d at %d agrees with R', (successes, trials, confidence, low, high) => {
    const { lowRatio, highRatio } = binomialInterval(successes, trials, confidence)
    if (low === 0) expect(lowRatio).toBe(0)
    else expect(lowRatio / low).toBeCloseTo(1, 8)
    expect(highRatio / high).toBeCloseTo(1, 8)
  })

  it('stays accurate for a rare event among a thousand million', () => {
    // R 4.2.2: qbeta(.025, 3, 1e9 - 2)
    expect(binomialInterval(3, 1e9).lowRatio / 6.186721233228953e-10).toBeCloseTo(1, 5)
  })

  it('holds the proportion seen, mirrors with failures, and widens with confidence', () => {
    fc.assert(
      fc.property(counts, ({ successes, trials }) => {
        const { lowRatio, highRatio } = binomialInterval(successes, trials, 0.9)
        const wider = binomialInterval(successes, trials, 0.99)
        const failures = binomialInterval(trials - successes, trials, 0.9)
        expect(lowRatio).toBeLessThanOrEqual(successes / trials)
        expect(highRatio).toBeGreaterThanOrEqual(successes / trials)
        expect(wider.lowRatio).toBeLessThanOrEqual(lowRatio)
        expect(wider.highRatio).toBeGreaterThanOrEqual(highRatio)
        expect(failures.highRatio).toBeCloseTo(1 - lowRatio, 10)
      }),
    )
  })

  it('refuses no trials, what is no count, and a confidence of 95', () => {
    expect(refusal(() => binomialInterval(0, 0))).toMatchObject({
      code: 'EMPTY_SAMPLE',
      remedy: 'Run at least one trial.',
    })
    for (const [successes, trials] of [
      [5, 3],
      [-1, 3],
      [0.5, 3],
      [1, 2.5],
      [Number.NaN, 3],
      [0, -2],
    ] as const) {
      expect(refusal(() => binomialInterval(successes, trials)).code).toBe('OUT_OF_RANGE')
    }
    expect(refusal(() => binomialInterval(1, 3, 95)).code).toBe('OUT_OF_RANGE')
  })
})

describe('binomialUpperBound', () => {
  it('bounds a rate without failures in 300 trials at 1 %', () => {
    // R 4.2.2: binom.test(0, 300, alternative="less")$conf.int; in closed form 1 − 0.05^(1/300)
    expect(binomialUpperBound(0, 300)).toBeCloseTo(0.00993608194445772, 14)
    expect(binomialUpperBound(0, 300)).toBeCloseTo(1 - 0.05 ** (1 / 300), 14)
  })

  it('is 1 when every trial succeeded', () => {
    expect(binomialUpperBound(4, 4)).toBe(1)
  })

  it('refuses impossible counts and levels', () => {
    expect(refusal(() => binomialUpperBound(0, 0)).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => binomialUpperBound(3, 2)).code).toBe('OUT_OF_RANGE')
    expect(refusal(() => binomialUpperBound(1, 2, 1)).code).toBe('OUT_OF_RANGE')
  })
})

describe('binomialLowerBound', () => {
  it('agrees with R', () => {
    // R 4.2.2: binom.test(12, 15, alternative="greater", conf.level=.99)$conf.int
    expect(binomialLowerBound(12, 15, 0.99)).toBeCloseTo(0.47148556514627, 12)
  })

  it('is 0 when no trial succeeded', () => {
    expect(binomialLowerBound(0, 4)).toBe(0)
  })

  it('refuses impossible counts and levels', () => {
    expect(refusal(() => binomialLowerBound(0, 0)).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => binomialLowerBound(3, 2)).code).toBe('OUT_OF_RANGE')
    expect(refusal(() => binomialLowerBound(1, 2, 0)).code).toBe('OUT_OF_RANGE')
  })
})
