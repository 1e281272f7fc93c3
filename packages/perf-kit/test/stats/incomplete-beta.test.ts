import { describe, expect, it } from 'vitest'
import { incompleteBeta } from '../../src/stats/incomplete-beta.ts'

describe('incompleteBeta', () => {
  // R 4.2.2: pbeta(c(.1,.5,.9,.3), c(.5,2,30,500), c(.5,3,4,1200))
  it.each([
    [0.1, 0.5, 0.5, 0.20483276469913345],
    [0.5, 2, 3, 0.6875],
    [0.9, 30, 4, 0.57694366412569287],
    [0.3, 500, 1200, 0.70453127241479785],
  ])('at x = %d, a = %d, b = %d agrees with R', (x, a, b, expected) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 11)
  })

  it('is 0 below and 1 above the unit interval', () => {
    expect(incompleteBeta(0, 2, 3)).toBe(0)
    expect(incompleteBeta(1, 2, 3)).toBe(1)
  })
})
