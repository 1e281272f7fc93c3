import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signedRankTest } from '../../src/stats/index.ts'
import { coinSumDistribution } from '../../src/stats/signed-rank-null.ts'
import { exactTails, normalTails } from '../../src/stats/tails.ts'
import { refusal } from './refusal.ts'

/** Depression scores before and after (Hollander & Wolfe 1973, p. 29), R's own example. */
const DEPRESSION = [
  [1.83, 0.878],
  [0.5, 0.647],
  [1.62, 0.598],
  [2.48, 2.05],
  [1.68, 1.06],
  [1.88, 1.29],
  [1.55, 1.06],
  [3.06, 3.14],
  [1.3, 1.29],
].map(([before = 0, after = 0]) => before - after)

/** Few different values make ties and zeros. */
const lumpy = fc.array(fc.integer({ min: -3, max: 4 }), { minLength: 1, maxLength: 10 })
const smooth = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })

describe('signedRankTest', () => {
  // R 4.2.2: wilcox.test(d, mu=…, alternative="greater" | "less" | "two.sided", exact=TRUE)
  it.each([
    { shift: 0, statistic: 40, pGreater: 0.01953125, pLess: 0.986328125, pTwoSided: 0.0390625 },
    { shift: 0.3, statistic: 28, pGreater: 0.28515625, pLess: 0.751953125, pTwoSided: 0.5703125 },
  ])('agrees with R, shift $shift', ({ shift, ...expected }) => {
    expect(signedRankTest(DEPRESSION, { shift })).toEqual({ n: 9, method: 'exact', ...expected })
  })

  // R 4.2.2, coin 1.4.2: wilcoxsign_test(d ~ rep(0, n), distribution="exact", zero.method="Pratt", alternative=…)
  it.each([
    {
      differences: [0, 0, 1, -1, 2, 2, 3, -3, 4, 5, 5, 7],
      expected: { n: 12, statistic: 64, pGreater: 0.01953125, pLess: 0.9853515625, pTwoSided: 0.0390625 },
    },
    {
      differences: [-2, -1, -1, 0, 3, 3, 3, 4, 6, 8],
      expected: { n: 10, statistic: 45, pGreater: 0.037109375, pLess: 0.966796875, pTwoSided: 0.07421875 },
    },
  ])('with ties and zeros agrees with coin: $differences', ({ differences, expected }) => {
    expect(signedRankTest(differences)).toEqual({ ...expected, method: 'exact' })
  })

  it('agrees with the enumeration of all signs, ties and zeros included', () => {
    fc.assert(
      fc.property(lumpy, (differences) => {
        const enumerated = enumerateSigns(differences)
        const { pGreater, pLess, statistic } = signedRankTest(differences)
        expect({ statistic, pGreater, pLess }).toEqual(enumerated)
      }),
    )
  })

  it('reaches 0.001 with ten differences of one sign, and not with nine', () => {
    const increasing = Array.from({ length: 10 }, (_, index) => index + 1)
    expect(signedRankTest(increasing).pGreater).toBe(1 / 1024)
    expect(signedRankTest(increasing.slice(1)).pGreater).toBe(1 / 512)
    expect(signedRankTest(increasing.map((value) => -value)).pLess).toBe(1 / 1024)
  })

  it('finds nothing in differences that are all zero', () => {
    expect(signedRankTest([0, 0, 0])).toEqual({
      n: 3,
      statistic: 0,
      method: 'exact',
      pGreater: 1,
      pLess: 1,
      pTwoSided: 1,
    })
  })

  it('beyond 500 differences takes the normal approximation, as R does', () => {
    // R 4.2.2: wilcox.test(sin(1:600) + .05, alternative=…, exact=FALSE)
    const differences = Array.from({ length: 600 }, (_, index) => Math.sin(index + 1) + 0.05)
    const { statistic, method, pGreater, pLess } = signedRankTest(differences)
    expect({ statistic, method }).toEqual({ statistic: 100_421, method: 'normal' })
    expect(pGreater).toBeCloseTo(0.007808227764513945, 12)
    expect(pLess).toBeCloseTo(0.9921968218913642, 12)
  })

  it('approximates with the variance that ties and zeros leave', () => {
    // R 4.2.2, coin 1.4.2: wilcoxsign_test(…, distribution="asymptotic", zero.method="Pratt", alternative="greater"), which
    // does not correct for continuity: half a step is 0.09 % here.
    const differences = Array.from({ length: 540 }, (_, index) => (index % 6) - 2)
    expect(signedRankTest(differences).pGreater / 2.438964585849135e-10).toBeCloseTo(1.0009, 3)
  })

  it.each([
    { distance: 2, excessRatio: 0.002 },
    { distance: 3, excessRatio: 0.02 },
    { distance: 4, excessRatio: 0.08 },
  ])('is only cautious, and little so, where it turns approximate: $distance sd out', ({ distance, excessRatio }) => {
    const mean = (500 * 501) / 4
    const sd = Math.sqrt((500 * 501 * 1001) / 24)
    const statistic = Math.round(mean + distance * sd)
    const exact = exactTails(coinSumDistribution(Array.from({ length: 500 }, (_, index) => index + 1)), statistic)
    const approximate = normalTails(statistic, mean, sd)
    expect(approximate.pGreater / exact.pGreater - 1).toBeGreaterThan(0)
    expect(approximate.pGreater / exact.pGreater - 1).toBeLessThan(excessRatio)
  })

  it('mirrors when the signs do, and ignores scale and order', () => {
    fc.assert(
      fc.property(smooth, (differences) => {
        const { pGreater, pLess, pTwoSided } = signedRankTest(differences)
        const mirrored = signedRankTest(differences.map((difference) => -difference))
        expect(mirrored.pGreater).toBeCloseTo(pLess, 12)
        expect(mirrored.pLess).toBeCloseTo(pGreater, 12)
        expect(mirrored.pTwoSided).toBeCloseTo(pTwoSided, 12)
        expect(signedRankTest(differences.map((difference) => 8 * difference)).pGreater).toBe(pGreater)
        expect(signedRankTest(differences.toReversed()).pGreater).toBe(pGreater)
      }),
    )
  })

  it('treats a shift as a shift of every difference', () => {
    fc.assert(
      fc.property(lumpy, fc.integer({ min: -3, max: 3 }), (differences, shift) => {
        const shifted = signedRankTest(differences.map((difference) => difference - shift))
        expect(signedRankTest(differences, { shift })).toEqual(shifted)
      }),
    )
  })

  it('finds a location above a shift less likely, the higher the shift', () => {
    fc.assert(
      fc.property(smooth, fc.double({ min: 0, max: 1, noNaN: true }), (differences, shift) => {
        const above = signedRankTest(differences, { shift }).pGreater
        expect(above).toBeGreaterThanOrEqual(signedRankTest(differences, { shift: -shift }).pGreater - 1e-12)
      }),
    )
  })

  it('leaves its input alone', () => {
    expect(() => signedRankTest(Object.freeze([3, -1, 2]))).not.toThrow()
  })

  it('refuses an empty sample, a difference or a shift that is not finite', () => {
    expect(refusal(() => signedRankTest([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => signedRankTest([1, Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => signedRankTest([1], { shift: Number.NaN }))).toMatchObject({
      code: 'NOT_FINITE',
      message: 'shift is NaN',
    })
  })
})

/** Tails over all 2^n ways to sign the differences that are not zero. */
function enumerateSigns(differences: readonly number[]) {
  const sizes = differences.map(Math.abs)
  const rankOf = (size: number) =>
    sizes.filter((other) => other < size).length + (sizes.filter((other) => other === size).length + 1) / 2
  const ranks = sizes.filter((size) => size > 0).map(rankOf)
  const statistic = differences.filter((difference) => difference > 0).reduce((sum, size) => sum + rankOf(size), 0)
  const sums = Array.from({ length: 2 ** ranks.length }, (_, signs) =>
    ranks.reduce((sum, rank, index) => sum + (signs & (1 << index) ? rank : 0), 0),
  )
  return {
    statistic,
    pGreater: sums.filter((sum) => sum >= statistic).length / sums.length,
    pLess: sums.filter((sum) => sum <= statistic).length / sums.length,
  }
}
