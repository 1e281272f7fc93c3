import { describe, expect, test } from 'vitest'
import { isLatencyModel, parseLatencyModel } from '../src/latency-model.ts'
import { seededRandom } from '../src/random.ts'

function draw(model: string, count: number, seed = 7): number[] {
  const random = seededRandom(seed)
  const latency = parseLatencyModel(model)
  return Array.from({ length: count }, () => latency(random) ?? Number.NaN).sort((a, b) => a - b)
}

const quantile = (sorted: readonly number[], ratio: number) => sorted[Math.floor(sorted.length * ratio)]
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('parseLatencyModel', () => {
  test('none draws no wait at all, fixed always the same', () => {
    expect(parseLatencyModel('none')(Math.random)).toBeUndefined()
    expect(draw('fixed:1.5s', 2)).toEqual([1500, 1500])
  })

  // Bounds: four standard errors of the statistic at n = 20,000; the seed is fixed, so the draws are as well.
  test('exponential has the mean asked for, and the standard deviation that goes with it', () => {
    const sample = draw('exponential:mean=20ms', 20_000)
    expect(Math.abs(mean(sample) - 20)).toBeLessThan((4 * 20) / Math.sqrt(20_000))
    const variance = mean(sample.map((value) => (value - 20) ** 2))
    expect(Math.sqrt(variance) / 20).toBeCloseTo(1, 1)
  })

  test('lognormal has the median and 99th percentile asked for', () => {
    const sample = draw('lognormal:p50=10ms,p99=200ms', 20_000)
    expect(quantile(sample, 0.5)).toBeGreaterThan(10 * 0.95)
    expect(quantile(sample, 0.5)).toBeLessThan(10 * 1.05)
    expect(quantile(sample, 0.99)).toBeGreaterThan(200 * 0.8)
    expect(quantile(sample, 0.99)).toBeLessThan(200 * 1.25)
  })

  test('mixed draws each time with its share', () => {
    const sample = draw('mixed:90%=5ms,10%=500ms', 20_000)
    expect(new Set(sample)).toEqual(new Set([5, 500]))
    const shareRatio = sample.filter((value) => value === 500).length / sample.length
    expect(Math.abs(shareRatio - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / 20_000))
  })

  test('the same seed gives the same times, another seed others', () => {
    expect(draw('exponential:mean=1ms', 5, 1)).toEqual(draw('exponential:mean=1ms', 5, 1))
    expect(draw('exponential:mean=1ms', 5, 1)).not.toEqual(draw('exponential:mean=1ms', 5, 2))
  })

  test.each([
    'fast',
    'fixed',
    'fixed:5',
    'exponential:20ms',
    'lognormal:p50=10ms',
    'lognormal:p50=200ms,p99=10ms',
    'mixed:50%=5ms',
    'mixed:',
  ])('refuses %j', (model) => {
    expect(() => parseLatencyModel(model)).toThrow(RangeError)
    expect(isLatencyModel(model)).toBe(false)
  })
})
