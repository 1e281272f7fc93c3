import { describe, expect, it } from 'vitest'
import { binomialCdf, fairCoinCdf } from '../../src/stats/binomial.ts'

describe('binomialCdf', () => {
  // R 4.2.2: pbinom(2, 20, .1), pbinom(480, 1001, .5), pbinom(4900, 10000, .5), pbinom(3, 1e6, 2e-6)
  it.each([
    [2, 20, 0.1, 0.67692680518946569],
    [480, 1001, 0.5, 0.10305365541647678],
    [4900, 10_000, 0.5, 0.02329276385247368],
    [3, 1e6, 2e-6, 0.8571236409459213],
  ])('of %d in %d at %d agrees with R', (successes, trials, ratio, expected) => {
    expect(binomialCdf(successes, trials, ratio) / expected).toBeCloseTo(1, 9)
  })

  it('is 0 before the first and 1 from the last count', () => {
    expect(binomialCdf(-1, 5, 0.3)).toBe(0)
    expect(binomialCdf(5, 5, 0.3)).toBe(1)
  })
})

describe('fairCoinCdf', () => {
  it('is exact for few tosses', () => {
    expect(fairCoinCdf(0, 5)).toBe(1 / 32)
    expect(fairCoinCdf(2, 5)).toBe(1 / 2)
    expect(fairCoinCdf(-1, 5)).toBe(0)
    expect(fairCoinCdf(9, 5)).toBe(1)
  })

  it('goes on smoothly where it changes its method', () => {
    expect(fairCoinCdf(480, 1000)).toBeCloseTo(binomialCdf(480, 1000, 0.5), 12)
    // R 4.2.2: pbinom(480, 1001, .5)
    expect(fairCoinCdf(480, 1001)).toBeCloseTo(0.10305365541647678, 11)
  })
})
