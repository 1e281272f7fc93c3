import { describe, expect, it } from 'vitest'
import { formatSpread } from '../../src/report/format-quantity.ts'
import { formatQuantity } from '../../src/report/index.ts'

describe('formatQuantity', () => {
  it.each([
    [0, 'ns', '0 ns'],
    [0.25, 'ns', '0.250 ns'],
    [21.34, 'ns', '21.3 ns'],
    [999.4, 'ns', '999 ns'],
    [999.6, 'ns', '1.00 µs'],
    [1234, 'ns', '1.23 µs'],
    [2.31e6, 'ns', '2.31 ms'],
    [61e9, 'ns', '61.0 s'],
    [7200e9, 'ns', '7200 s'],
    [0, 'bytes', '0 B'],
    [16, 'bytes', '16 B'],
    [999.7, 'bytes', '1.00 kB'],
    [16.004, 'bytes', '16 B'],
    [16.333, 'bytes', '16.3 B'],
    [98_304, 'bytes', '98.3 kB'],
    [1.2e6, 'bytes', '1.20 MB'],
    [46.9e6, 'perSec', '46.9 M/s'],
    [531, 'perSec', '531/s'],
    [0.125, 'ratio', '12.5 %'],
    [1234, 'count', '1.23 k'],
    [-1500, 'ns', '-1.50 µs'],
    [Number.NaN, 'ns', '—'],
  ] as const)('writes %d %s as %s', (value, unit, expected) => {
    expect(formatQuantity(value, unit)).toBe(expected)
  })

  it('has an ASCII spelling', () => {
    expect(formatQuantity(1234, 'ns', { unicode: false })).toBe('1.23 us')
    expect(formatQuantity(Number.NaN, 'ns', { unicode: false })).toBe('-')
  })
})

describe('formatSpread', () => {
  it.each([
    [100, { low: 98, high: 101 }, '±2.0 %'],
    [100, { low: 70, high: 101 }, '±30 %'],
    [0, { low: 0, high: 0 }, '±0 %'],
    [0, { low: 0, high: 1 }, '—'],
    [100, undefined, '—'],
  ])('of %d with %j is %s', (value, interval, expected) => {
    expect(formatSpread(value, interval, { unicode: true })).toBe(expected)
  })
})
