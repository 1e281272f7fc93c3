import { expect, it } from 'vitest'
import { normalCdf } from '../../src/stats/normal.ts'

// R 4.2.2: pnorm(c(-8, -4, -3, -2.5, -1, 0, .3, 2, 3.5))
it.each([
  [-8, 6.2209605742717849e-16],
  [-4, 3.1671241833119924e-5],
  [-3, 1.3498980316300946e-3],
  [-2.5, 6.2096653257761349e-3],
  [-1, 0.15865525393145705],
  [0, 0.5],
  [0.3, 0.61791142218895267],
  [2, 0.97724986805182079],
  [3.5, 0.99976737092096446],
])('Φ(%d) agrees with R', (z, expected) => {
  expect(normalCdf(z) / expected).toBeCloseTo(1, 12)
})
