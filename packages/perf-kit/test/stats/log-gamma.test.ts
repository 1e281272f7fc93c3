import { expect, it } from 'vitest'
import { logGamma } from '../../src/stats/log-gamma.ts'

// R 4.2.2: lgamma(c(.5, 1, 2, 3.7, 10, 100.5, 1e6))
it.each([
  [0.5, 0.5723649429247],
  [1, 0],
  [2, 0],
  [3.7, 1.4280723266653881],
  [10, 12.801827480081469],
  [100.5, 361.43554046777757],
  [1e6, 12815504.569147611],
])('ln Γ(%d) agrees with R', (x, expected) => {
  expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-14 * Math.max(1, expected))
})
