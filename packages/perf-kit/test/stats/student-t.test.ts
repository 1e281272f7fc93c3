import { expect, it } from 'vitest'
import { studentQuantile } from '../../src/stats/student-t.ts'

// SciPy 1.17.1: scipy.stats.t.ppf(ratio, degrees)
it.each([
  [0.975, 1, 12.706204736174694],
  [0.975, 9, 2.262157162798205],
  [0.975, 79, 1.9904502102301285],
  [0.9, 3, 1.637744353696209],
  [0.995, 30, 2.7499956535672254],
])('quantile %d with %i degrees of freedom is as SciPy has it', (ratio, degrees, quantile) => {
  expect(studentQuantile(ratio, degrees)).toBeCloseTo(quantile, 8)
})
