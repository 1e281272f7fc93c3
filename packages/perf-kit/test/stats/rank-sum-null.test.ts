import { expect, it } from 'vitest'
import { dealtStatisticDistribution } from '../../src/stats/rank-sum-null.ts'

// R 4.2.2: pwilcox(1000, 50, 50), pwilcox(150, 20, 25), pwilcox(1900, 70, 70)
it.each([
  [50, 50, 1000, 0.04272560775913636],
  [25, 20, 150, 0.01098733417904464],
  [70, 70, 1900, 0.01084584354335422],
])('without ties, %d against %d, P(U ≤ %d) agrees with R', (leftCount, rightCount, statistic, expected) => {
  const mass = dealtStatisticDistribution(new Array<number>(leftCount + rightCount).fill(1), rightCount)
  const cumulated = mass.subarray(0, 2 * statistic + 1).reduce((sum, probability) => sum + probability, 0)
  expect(cumulated / expected).toBeCloseTo(1, 10)
})

it('deals tied values in every way', () => {
  // Pooled 1 1 2, two of them right: {1, 1} → U = ½ · 0 …: right {1, 1} left {2}: 0; right {1, 2} left {1}: ½ + 1, in two ways.
  expect(dealtStatisticDistribution([2, 1], 2)).toEqual(Float64Array.of(1 / 3, 0, 0, 2 / 3, 0))
})
