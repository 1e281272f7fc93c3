import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, it } from 'vitest'
import { ratioOfSums } from '../../src/stats/ratio-of-sums.ts'

it('is the jackknife, as NumPy and SciPy work it out', () => {
  // r = X / Y; ri = (X - x) / (Y - y); se = sqrt((n - 1) / n * ((ri - r)²).sum()); r ± t.ppf(.975, n - 1) * se
  const { ratio, low, high } = ratioOfSums([3, 0, 5, 1, 2, 8, 4], [10, 4, 12, 5, 5, 20, 7])
  expect(ratio).toBeCloseTo(0.36507936507936506, 12)
  expect(low).toBeCloseTo(0.2624731168787485, 8)
  expect(high).toBeCloseTo(0.4676856132799816, 8)
})

it('covers the true share about as often as it says, with a dozen clusters of very different sizes', () => {
  const random = xoroshiro128plus(7)
  const uniform = (): number => uniformFloat64(random)
  const trueRatio = 0.3
  const rounds = 4_000
  let covered = 0
  for (let round = 0; round < rounds; round++) {
    const wholes = Array.from({ length: 12 }, () => -Math.log(1 - uniform()) + 0.1)
    // A part's share varies from cluster to cluster, evenly from 0 to 0.6.
    const parts = wholes.map((whole) => whole * 2 * trueRatio * uniform())
    const { low, high } = ratioOfSums(parts, wholes)
    if (low <= trueRatio && trueRatio <= high) covered++
  }
  expect(covered / rounds).toBeGreaterThan(0.9)
  expect(covered / rounds).toBeLessThan(0.97)
})

it('has no width when all clusters have the same share', () => {
  const { ratio, low, high } = ratioOfSums([1, 2, 3], [2, 4, 6])
  expect([ratio, low, high]).toEqual([0.5, 0.5, 0.5])
})

it.each([
  ['one cluster', [1], [2], 'EMPTY_SAMPLE'],
  ['none', [], [], 'EMPTY_SAMPLE'],
  ['parts without wholes', [1, 2], [1], 'EMPTY_SAMPLE'],
  ['wholes that come to nothing', [1, 2], [0, 0], 'OUT_OF_RANGE'],
  ['what is no number', [Number.NaN, 1], [1, 1], 'OUT_OF_RANGE'],
])('refuses %s', (_title, parts, wholes, code) => {
  expect(() => ratioOfSums(parts, wholes)).toThrow(expect.objectContaining({ code }))
})
