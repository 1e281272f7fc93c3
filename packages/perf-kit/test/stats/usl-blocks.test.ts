import { describe, expect, it } from 'vitest'
import { withoutBlocks } from '../../src/stats/usl-blocks.ts'

describe('what rounds have in common', () => {
  it('is taken off, and its mean stays', () => {
    const { xs, degrees, standardError } = withoutBlocks(
      [1, 2, 4, 1, 2, 4],
      [110, 220, 440, 90, 180, 360],
      [0, 0, 0, 1, 1, 1],
    )
    const middle = Math.sqrt(110 * 90)
    for (const [index, x] of xs.entries()) expect(x).toBeCloseTo(middle * ([1, 2, 4][index % 3] ?? 0), 9)
    expect(degrees).toBe(1)
    // Two values that lie ln(110/90) apart have a mean whose standard error is half of that.
    expect(standardError).toBeCloseTo(Math.log(110 / 90) / 2, 9)
  })

  it('is found where a value is missing in a round', () => {
    const { xs } = withoutBlocks([1, 2, 4, 1, 2], [100, 200, 400, 80, 160], [0, 0, 0, 1, 1])
    expect(xs[3]).toBeCloseTo(xs[0] ?? 0, 6)
    expect(xs[4]).toBeCloseTo(xs[1] ?? 0, 6)
    expect((xs[2] ?? 0) / (xs[1] ?? 1)).toBeCloseTo(2, 6)
  })

  it('is nothing of one round, whose points stay as they are', () => {
    expect(withoutBlocks([1, 2], [3, 5], [7, 7])).toEqual({ xs: [3, 5], degrees: 0, standardError: 0 })
  })
})
