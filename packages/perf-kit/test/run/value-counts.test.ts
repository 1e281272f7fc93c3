import fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { ValueCounts } from '../../src/run/index.ts'

const LARGEST = 2 ** 42 - 1

function drained(values: readonly number[]): readonly (readonly [value: number, count: number])[] {
  const counts = new ValueCounts()
  for (const value of values) counts.add(value)
  const flat = counts.drain()
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? 0, flat[2 * index + 1] ?? 0])
}

describe('ValueCounts', () => {
  it('gives back values and counts, ascending, and begins anew', () => {
    const counts = new ValueCounts()
    for (const value of [7, 3, 7, 2047]) counts.add(value)
    expect(counts.total).toBe(4)
    expect([...counts.drain()]).toEqual([3, 1, 7, 2, 2047, 1])
    expect(counts.total).toBe(0)
    expect([...counts.drain()]).toEqual([])
  })

  it.each([
    ['nothing', 0, 0],
    ['a clock that stepped back', -5, 0],
    ['no number', Number.NaN, 0],
    ['a fraction', 3.9, 3],
    ['the last value that has a bucket of its own', 2047, 2047],
    ['the first pair', 2049, 2048],
    ['just below a power of two', 2 ** 32 - 1, 2 ** 32 - 2 ** 21],
    ['a power of two', 2 ** 32, 2 ** 32],
    ['the largest', LARGEST, 2 ** 42 - 2 ** 31],
    ['more than the largest', 1e18, 2 ** 42 - 2 ** 31],
    ['endless', Number.POSITIVE_INFINITY, 2 ** 42 - 2 ** 31],
  ])('counts %s', (_title, value, lowest) => {
    expect(drained([value])).toEqual([[lowest, 1]])
  })

  it('has the buckets of an HDR histogram with three digits: recording what it gives back loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: LARGEST }), { minLength: 1, maxLength: 50 }), (values) => {
        const direct = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
        const handedOver = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
        for (const value of values) direct.recordValue(value)
        for (const [value, count] of drained(values)) handedOver.recordValueWithCount(value, count)
        for (const percentile of [0, 1, 50, 90, 99, 100]) {
          expect(handedOver.getValueAtPercentile(percentile)).toBe(direct.getValueAtPercentile(percentile))
        }
        expect(handedOver.totalCount).toBe(values.length)
      }),
      { seed: 1 },
    )
  })

  it('gives back each value to a thousandth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LARGEST }), (value) => {
        const [[lowest = 0] = []] = drained([value])
        expect(lowest).toBeLessThanOrEqual(value)
        expect(value - lowest).toBeLessThan(value / 1000)
      }),
      { seed: 1 },
    )
  })
})
