import { build } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { quantileInterval } from '../../src/load/quantile-interval.ts'
import { seededUniform } from '../stats/random.ts'

function histogramOf(values: readonly number[]) {
  const histogram = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
  for (const value of values) histogram.recordValue(value)
  return histogram
}

describe('the interval of a quantile', () => {
  it('lies between the order statistics of the binomial: ranks 40 and 61 of 100 for the median (Conover 1999, §3.2)', () => {
    const histogram = histogramOf(Array.from({ length: 100 }, (_, index) => index + 1))
    expect(quantileInterval(histogram, 0.5)).toEqual({ low: 40, high: 61, coverageRatio: 0.95 })
  })

  it.each([
    ['nothing', 0, 0.5],
    ['a handful', 3, 0.5],
    ['too few beyond a high quantile', 100, 0.999],
  ])('is not there for %s', (_title, count, quantileRatio) => {
    expect(quantileInterval(histogramOf(Array.from({ length: count }, () => 1000)), quantileRatio)).toBeUndefined()
  })

  it('covers the true quantile about as often as it says', () => {
    const random = seededUniform(1)
    const trials = 400
    let covered = 0
    for (let trial = 0; trial < trials; trial++) {
      const histogram = histogramOf(Array.from({ length: 2000 }, () => Math.round(1e6 * random())))
      const interval = quantileInterval(histogram, 0.99)
      if (interval !== undefined && interval.low <= 0.99e6 && 0.99e6 <= interval.high) covered++
    }
    expect(covered / trials).toBeGreaterThan(0.92)
  })
})
