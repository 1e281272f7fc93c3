import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeSamples, type SampleRule } from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

const LOWER: SampleRule = { better: 'lower', thresholdRatio: 0.05 }
const HIGHER: SampleRule = { better: 'higher', thresholdRatio: 0.05 }

const constant = (value: number, count = 10) => new Array<number>(count).fill(value)
/** `count` values, evenly spread by ± 1 % around a center. */
const around = (center: number, count = 10) =>
  Array.from({ length: count }, (_, index) => center * (1 + 0.01 * ((2 * index) / (count - 1) - 1)))

// Whole ns: values that differ only in their last bit are ties in one unit and none in another.
const times = fc.array(fc.integer({ min: 50_000, max: 200_000 }), { minLength: 1, maxLength: 12 })

describe('judgeSamples', () => {
  it.each([
    ['regressed', LOWER, 120],
    ['improved', LOWER, 80],
    ['passed', LOWER, 100],
    ['passed', LOWER, 102],
    ['improved', HIGHER, 120],
    ['regressed', HIGHER, 80],
    ['passed', HIGHER, 98],
  ] as const)('says %s when %o and 100 becomes %d', (verdict, rule, center) => {
    expect(judgeSamples(around(100), around(center), rule).verdict).toBe(verdict)
  })

  it('does not let a significant change below the threshold regress', () => {
    const judgement = judgeSamples(around(100), around(103), LOWER)
    expect(judgement.pRegressed).toBeLessThanOrEqual(0.005)
    expect(judgement.verdict).toBe('passed')
  })

  it('does not let a large change regress without significance', () => {
    const judgement = judgeSamples([80, 90, 100, 110, 120], [85, 95, 112, 130, 140], LOWER)
    expect(judgement.effect.estimate).toBeGreaterThan(0.05)
    expect(judgement).toMatchObject({ verdict: 'inconclusive', warnings: [] })
  })

  it('shows the numbers that made the verdict', () => {
    const judgement = judgeSamples([100, 101, 102, 103, 104], [110, 111, 112, 113, 114.4], LOWER)
    expect(judgement).toMatchObject({ verdict: 'regressed', nBaseline: 5, nCandidate: 5, warnings: [] })
    // One of the choose(10, 5) ways to deal ten values.
    expect(judgement.pRegressed).toBeCloseTo(1 / 252, 14)
    expect(judgement.pImproved).toBeCloseTo(1, 14)
    expect(judgement.pNonInferior).toBeCloseTo(1, 14)
    // R 4.2.2: w <- wilcox.test(log(candidate), log(baseline), conf.int=TRUE, conf.level=.99, exact=TRUE);
    // expm1(w$estimate); expm1(w$conf.int)
    expect(judgement.effect.scale).toBe('ratio')
    expect(judgement.effect.estimate).toBeCloseTo(0.0990099009900985, 12)
    expect(judgement.effect.low).toBeCloseTo(0.0576923076923082, 12)
    expect(judgement.effect.high).toBeCloseTo(0.144, 12)
    expect(judgement.effect.coverageRatio).toBeCloseTo(1 - 2 / 252, 12)
  })

  it('tells the effect in the direction of the values, whichever way is better', () => {
    const lower = judgeSamples(around(100), around(80), LOWER)
    const higher = judgeSamples(around(100), around(80), HIGHER)
    expect(higher.effect.estimate).toBeCloseTo(-0.2, 2)
    for (const key of ['estimate', 'low', 'high', 'coverageRatio'] as const) {
      expect(higher.effect[key]).toBeCloseTo(lower.effect[key], 12)
    }
  })

  it('gives a time and its rate the same verdict', () => {
    fc.assert(
      fc.property(times, times, fc.constantFrom(0.01, 0.05, 0.3), (baseline, candidate, thresholdRatio) => {
        const rate = (timeNs: number) => 1e9 / timeNs
        const byTime = judgeSamples(baseline, candidate, { better: 'lower', thresholdRatio })
        const byRate = judgeSamples(baseline.map(rate), candidate.map(rate), { better: 'higher', thresholdRatio })
        expect(byRate.verdict).toBe(byTime.verdict)
      }),
    )
  })

  it('gives the same verdict in any unit and order, and leaves its input alone', () => {
    fc.assert(
      fc.property(times, times, (baseline, candidate) => {
        const { verdict } = judgeSamples(Object.freeze(baseline), Object.freeze(candidate), LOWER)
        const inMs = (timesNs: readonly number[]) => timesNs.map((timeNs) => timeNs / 1e6)
        expect(judgeSamples(inMs(baseline), inMs(candidate), LOWER).verdict).toBe(verdict)
        expect(judgeSamples(baseline.toReversed(), candidate.toReversed(), LOWER).verdict).toBe(verdict)
      }),
    )
  })

  it('turns regressions into improvements when the sides are exchanged', () => {
    fc.assert(
      fc.property(times, times, (baseline, candidate) => {
        const there = judgeSamples(baseline, candidate, LOWER).verdict
        const back = judgeSamples(candidate, baseline, LOWER).verdict
        expect(back === 'improved').toBe(there === 'regressed')
      }),
    )
  })

  it('takes a change of exactly the threshold for neither regressed nor passed, whatever the rounding', () => {
    for (const base of [3, 7, 64, 100, 1e6, 12_345.678]) {
      expect(judgeSamples(constant(base), constant(base * 1.05), LOWER).verdict).toBe('inconclusive')
      expect(judgeSamples(constant(base), constant(base * 1.0501), LOWER).verdict).toBe('regressed')
      expect(judgeSamples(constant(base), constant(base * 1.0499), LOWER).verdict).toBe('passed')
    }
  })

  it('judges an exact count: 64 bytes stay 64, or become 96', () => {
    expect(judgeSamples(constant(64), constant(64), LOWER).verdict).toBe('passed')
    expect(judgeSamples(constant(64), constant(96), LOWER).verdict).toBe('regressed')
  })

  it('raises a false alarm on equal samples in at most 0.5 %', () => {
    const normal = normalFrom(seededUniform(9))
    const sample = () => Array.from({ length: 10 }, () => 100 * Math.exp(0.08 * normal()))
    const judged = Array.from({ length: 2000 }, () => judgeSamples(sample(), sample(), LOWER).verdict)
    expect(judged.filter((verdict) => verdict === 'regressed').length / judged.length).toBeLessThanOrEqual(0.005)
  })
})

describe('judgeSamples around zero', () => {
  it('passes when all is zero, even a single value', () => {
    expect(judgeSamples([0], [0], LOWER)).toMatchObject({ verdict: 'passed', warnings: [] })
    expect(judgeSamples(constant(0), constant(0), HIGHER).verdict).toBe('passed')
  })

  it('lets an absolute threshold say whether something out of nothing is a regression', () => {
    const judge = (absoluteThreshold: number) =>
      judgeSamples(constant(0), constant(16), { ...LOWER, absoluteThreshold })
    expect(judge(8).verdict).toBe('regressed')
    expect(judge(32).verdict).toBe('passed')
    expect(judge(16).verdict).toBe('inconclusive')
    expect(judge(8).effect).toEqual({
      scale: 'absolute',
      estimate: 16,
      low: 16,
      high: 16,
      coverageRatio: expect.any(Number),
    })
  })

  it('takes something out of nothing for an improvement where more is better', () => {
    const rule: SampleRule = { ...HIGHER, absoluteThreshold: 8 }
    expect(judgeSamples(constant(0), constant(16), rule).verdict).toBe('improved')
    expect(judgeSamples(constant(0), constant(16), HIGHER).verdict).toBe('passed')
  })

  it('without an absolute threshold is inconclusive, and asks for one', () => {
    const judgement = judgeSamples(constant(0), constant(16), LOWER)
    expect(judgement.verdict).toBe('inconclusive')
    expect(judgement.warnings).toEqual([
      {
        code: 'NO_ABSOLUTE_THRESHOLD',
        message:
          'the baseline is zero, so the change has no ratio: give an absolute threshold in the unit of the values',
      },
    ])
  })

  it('measures against the median of a baseline that is not all zero', () => {
    const baseline = [0, 16, 16, 16, 16, 16, 16, 16]
    expect(judgeSamples(baseline, constant(24, 8), LOWER)).toMatchObject({
      verdict: 'regressed',
      effect: { scale: 'ratio', estimate: 0.5 },
    })
    expect(judgeSamples(constant(16), constant(0), LOWER)).toMatchObject({
      verdict: 'improved',
      effect: { scale: 'ratio', estimate: -1 },
    })
  })

  it('takes a rate that falls to zero for a regression, however wide the threshold', () => {
    expect(judgeSamples(constant(16), constant(0), { better: 'higher', thresholdRatio: 2 }).verdict).toBe('regressed')
    expect(judgeSamples(constant(16), constant(0), { better: 'lower', thresholdRatio: 2 }).verdict).toBe('improved')
  })

  it('judges negative values by their distance, relative to the size of the baseline', () => {
    expect(judgeSamples(constant(-100), constant(-80), LOWER)).toMatchObject({
      verdict: 'regressed',
      effect: { scale: 'ratio', estimate: expect.closeTo(0.2, 12) },
    })
  })
})

describe('judgeSamples with too few values', () => {
  it('is inconclusive, and says how many would do', () => {
    const judgement = judgeSamples([100, 101, 102, 103], [200, 201, 202, 203], LOWER)
    expect(judgement.verdict).toBe('inconclusive')
    expect(judgement.warnings).toEqual([
      {
        code: 'TOO_FEW_SAMPLES',
        message: '4 against 4 values cannot reach p ≤ 0.005, whatever they are: measure at least 5 a side',
        neededSamples: 5,
      },
    ])
    expect(judgeSamples([100, 101, 102, 103, 104], [200, 201, 202, 203, 204], LOWER).verdict).toBe('regressed')
  })

  // Smallest n with 1 / choose(2 n, n) ≤ α.
  it.each([
    [0.05, 3],
    [0.01, 5],
    [0.001, 7],
    [1e-6, 12],
  ])('at α = %d needs %d a side', (alpha, neededSamples) => {
    const { warnings } = judgeSamples([1, 2], [9, 10], { ...LOWER, alpha })
    expect(warnings).toMatchObject([{ code: 'TOO_FEW_SAMPLES', neededSamples }])
  })

  it('does not ask for more where unequal sides suffice', () => {
    expect(judgeSamples(around(100, 20), [200, 201], LOWER)).toMatchObject({ verdict: 'regressed', warnings: [] })
  })
})

describe('judgeSamples', () => {
  it('refuses empty sides, values that are not finite and impossible rules', () => {
    expect(refusal(() => judgeSamples([], [1], LOWER)).message).toBe('baseline holds no values')
    expect(refusal(() => judgeSamples([1], [], LOWER)).message).toBe('candidate holds no values')
    expect(refusal(() => judgeSamples([1], [Number.NaN], LOWER)).code).toBe('NOT_FINITE')
    for (const change of [
      { alpha: 0 },
      { alpha: 0.5 },
      { alpha: Number.NaN },
      { thresholdRatio: 0 },
      { thresholdRatio: Number.POSITIVE_INFINITY },
      { absoluteThreshold: 0 },
      { absoluteThreshold: Number.POSITIVE_INFINITY },
    ]) {
      expect(refusal(() => judgeSamples([1], [1], { ...LOWER, ...change })).code).toBe('OUT_OF_RANGE')
    }
  })
})
