import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankSumTest } from '../../src/stats/index.ts'
import { statisticSd } from '../../src/stats/rank-sum.ts'
import { dealtStatisticDistribution } from '../../src/stats/rank-sum-null.ts'
import { exactTails, normalTails } from '../../src/stats/tails.ts'
import { refusal } from './refusal.ts'

/** Permeability of the human chorioamnion at term and earlier (Hollander & Wolfe 1973, p. 69), R's own example. */
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const EARLIER = [1.15, 0.88, 0.9, 0.74, 1.21]

const lumpy = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 })
const smooth = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 15 })

describe('rankSumTest', () => {
  it('agrees with R and SciPy', () => {
    // R 4.2.2: wilcox.test(EARLIER, TERM, alternative=…, exact=TRUE);
    // SciPy 1.17.1: mannwhitneyu(EARLIER, TERM, alternative='greater', method='exact')
    const { pGreater, pLess, pTwoSided, ...rest } = rankSumTest(TERM, EARLIER)
    expect(rest).toEqual({ nLeft: 10, nRight: 5, statistic: 15, method: 'exact' })
    expect(pGreater).toBeCloseTo(0.8967698967698967, 13)
    expect(pLess).toBeCloseTo(0.1272061272061272, 13)
    expect(pTwoSided).toBeCloseTo(0.2544122544122544, 13)
  })

  it('agrees with R when shifted', () => {
    // R 4.2.2: wilcox.test(EARLIER, TERM, mu=-.305, alternative="greater" | "less", exact=TRUE)
    const { statistic, pGreater, pLess } = rankSumTest(TERM, EARLIER, { shift: -0.305 })
    expect(statistic).toBe(25)
    expect(pGreater).toBeCloseTo(0.5234765234765235, 13)
    expect(pLess).toBeCloseTo(0.5234765234765235, 13)
  })

  it('with ties agrees with coin and SciPy', () => {
    // R 4.2.2, coin 1.4.2: wilcox_test(v ~ g, distribution="exact", alternative="greater" | "less");
    // SciPy 1.17.1: mannwhitneyu(right, left, alternative=…, method=PermutationMethod(n_resamples=10**6)), which enumerates
    const { statistic, pGreater, pLess, pTwoSided } = rankSumTest([1, 2, 2, 3, 3, 3, 5], [2, 3, 3, 4, 5, 5, 6, 6])
    expect(statistic).toBe(44)
    expect(pGreater).toBeCloseTo(0.03698523698523699, 13)
    expect(pLess).toBeCloseTo(0.9785547785547786, 13)
    expect(pTwoSided).toBeCloseTo(0.07397047397047397, 13)
  })

  it('agrees with the enumeration of all ways to deal the values, ties included', () => {
    fc.assert(
      fc.property(lumpy, lumpy, (left, right) => {
        const enumerated = enumerateDeals(left, right)
        const { statistic, pGreater, pLess } = rankSumTest(left, right)
        expect(statistic).toBe(enumerated.statistic)
        expect(pGreater).toBeCloseTo(enumerated.pGreater, 12)
        expect(pLess).toBeCloseTo(enumerated.pLess, 12)
      }),
    )
  })

  it.each([
    [3, 0.1],
    [4, 1 / 35],
    [5, 1 / 126],
  ])('of %d values a side never goes below p = %d', (count, smallest) => {
    const left = Array.from({ length: count }, (_, index) => index)
    const right = left.map((value) => value + 100)
    expect(rankSumTest(left, right).pTwoSided).toBeCloseTo(smallest, 14)
  })

  it('beyond 5000 pairs of values takes the normal approximation, as R does', () => {
    // R 4.2.2: wilcox.test(sin(1:130 * 1.7) * 10 + .8, sin(1:120) * 10, alternative=…, exact=FALSE)
    const left = Array.from({ length: 120 }, (_, index) => Math.sin(index + 1) * 10)
    const right = Array.from({ length: 130 }, (_, index) => Math.sin((index + 1) * 1.7) * 10 + 0.8)
    const { method, pGreater, pLess, pTwoSided } = rankSumTest(left, right)
    expect(method).toBe('normal')
    expect(pGreater).toBeCloseTo(0.09955724143096348, 12)
    expect(pLess).toBeCloseTo(0.9007486507514113, 12)
    expect(pTwoSided).toBeCloseTo(0.199114482861927, 12)
  })

  it('approximates with the variance that ties leave', () => {
    // R 4.2.2: wilcox.test(rep(1:5, 30), rep(c(1, 2, 3, 4, 4), 30), alternative="greater", exact=FALSE)
    const repeat = (pattern: readonly number[]) => Array.from({ length: 30 }, () => pattern).flat()
    const { pGreater } = rankSumTest(repeat([1, 2, 3, 4, 4]), repeat([1, 2, 3, 4, 5]))
    expect(pGreater).toBeCloseTo(0.109398618838758, 12)
  })

  it.each([
    { distance: 2, excessRatio: 0.01 },
    { distance: 2.6, excessRatio: 0.04 },
    { distance: 3.1, excessRatio: 0.09 },
  ])('is only cautious, and little so, where it turns approximate: $distance sd out', ({ distance, excessRatio }) => {
    const withoutTies = new Array<number>(140).fill(1)
    const sd = statisticSd(70, 70, withoutTies)
    const statistic = Math.round(2450 + distance * sd)
    const exact = exactTails(dealtStatisticDistribution(withoutTies, 70), 2 * statistic)
    const approximate = normalTails(statistic, 2450, sd)
    expect(approximate.pGreater / exact.pGreater - 1).toBeGreaterThan(0)
    expect(approximate.pGreater / exact.pGreater - 1).toBeLessThan(excessRatio)
  })

  it('mirrors when the sides are exchanged, and ignores scale and order', () => {
    fc.assert(
      fc.property(smooth, smooth, (left, right) => {
        const result = rankSumTest(left, right)
        const exchanged = rankSumTest(right, left)
        expect(exchanged.pLess).toBeCloseTo(result.pGreater, 12)
        expect(exchanged.pGreater).toBeCloseTo(result.pLess, 12)
        expect(exchanged.statistic).toBe(left.length * right.length - result.statistic)
        const scaled = rankSumTest(
          left.map((value) => value * 4),
          right.map((value) => value * 4),
        )
        expect(scaled).toEqual(result)
        expect(rankSumTest(left.toReversed(), right.toReversed())).toEqual(result)
      }),
    )
  })

  it('finds right above left + shift less likely, the higher the shift', () => {
    fc.assert(
      fc.property(smooth, smooth, fc.double({ min: 0, max: 1, noNaN: true }), (left, right, shift) => {
        const above = rankSumTest(left, right, { shift }).pGreater
        expect(above).toBeGreaterThanOrEqual(rankSumTest(left, right, { shift: -shift }).pGreater - 1e-12)
      }),
    )
  })

  it('finds nothing in values that are all equal, be they few or many', () => {
    const few = [7, 7, 7]
    const many = new Array<number>(100).fill(7)
    for (const values of [few, many]) {
      expect(rankSumTest(values, values)).toMatchObject({ pGreater: 1, pLess: 1, pTwoSided: 1 })
    }
  })

  it('leaves its input alone', () => {
    expect(() => rankSumTest(Object.freeze([3, 1, 2]), Object.freeze([9, 4]))).not.toThrow()
  })

  it('refuses an empty side, a value or a shift that is not finite', () => {
    expect(refusal(() => rankSumTest([], [1]))).toMatchObject({ code: 'EMPTY_SAMPLE', message: 'left holds no values' })
    expect(refusal(() => rankSumTest([1], []))).toMatchObject({
      code: 'EMPTY_SAMPLE',
      message: 'right holds no values',
    })
    expect(refusal(() => rankSumTest([1], [Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => rankSumTest([1], [1], { shift: Number.POSITIVE_INFINITY })).code).toBe('NOT_FINITE')
  })
})

/** Tails over all ways to deal the pooled values into the two samples. */
function enumerateDeals(left: readonly number[], right: readonly number[]) {
  const pooled = [...left, ...right]
  const statistics: number[] = []
  for (let deal = 0; deal < 2 ** pooled.length; deal++) {
    const dealtRight = pooled.filter((_, index) => deal & (1 << index))
    if (dealtRight.length !== right.length) continue
    statistics.push(
      countPairs(
        pooled.filter((_, index) => !(deal & (1 << index))),
        dealtRight,
      ),
    )
  }
  const statistic = countPairs(left, right)
  return {
    statistic,
    pGreater: statistics.filter((other) => other >= statistic).length / statistics.length,
    pLess: statistics.filter((other) => other <= statistic).length / statistics.length,
  }
}

function countPairs(left: readonly number[], right: readonly number[]): number {
  const points = left.flatMap((one) => right.map((other) => (other > one ? 1 : other === one ? 0.5 : 0)))
  return points.reduce<number>((sum, point) => sum + point, 0)
}
