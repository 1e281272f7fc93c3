import fc from 'fast-check'
import { expect, it } from 'vitest'
import { coinSumDistribution } from '../../src/stats/signed-rank-null.ts'

// R 4.2.2: psignrank(c(20, 100), 30), psignrank(56000, 500), psignrank(61000, 500)
it.each([
  [30, 20, 3.455206751823428e-7],
  [30, 100, 2.691389992833138e-3],
  [500, 56_000, 0.02017279802706509],
  [500, 61_000, 0.3077757387569543],
])('of the ranks 1 to %d, P(sum ≤ %d) agrees with R', (count, sum, expected) => {
  const mass = coinSumDistribution(Array.from({ length: count }, (_, index) => index + 1))
  const cumulated = mass.subarray(0, sum + 1).reduce((total, probability) => total + probability, 0)
  expect(cumulated / expected).toBeCloseTo(1, 10)
})

it('counts every set of heads', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 9 }), (ranks) => {
      const counted = new Float64Array(ranks.reduce((total, rank) => total + rank, 0) + 1)
      for (let heads = 0; heads < 2 ** ranks.length; heads++) {
        const sum = ranks.reduce((total, rank, index) => total + (heads & (1 << index) ? rank : 0), 0)
        counted[sum] = (counted[sum] ?? 0) + 0.5 ** ranks.length
      }
      expect(coinSumDistribution(ranks)).toEqual(counted)
    }),
  )
})
