import { describe, expect, it } from 'vitest'
import { linearAxis, logAxis } from '../../../src/report/html/axis.ts'

const labels = ({ ticks }: ReturnType<typeof linearAxis>) => ticks.map(({ label }) => label)

describe('a linear axis', () => {
  it.each([
    [2060, ['0', '500/s', '1 k/s', '1.5 k/s', '2 k/s']],
    [7, ['0', '2/s', '4/s', '6/s']],
    [100, ['0', '25/s', '50/s', '75/s', '100/s']],
    [0.3, ['0', '0.1/s', '0.2/s', '0.3/s']],
  ])('up to %d has round numbers and some room above', (highest, expected) => {
    const axis = linearAxis(highest, 'perSec')
    expect(labels(axis)).toEqual(expected)
    expect(axis.to).toBeGreaterThan(highest)
  })

  it('has a place for nothing', () => {
    expect(linearAxis(0, 'perSec')).toMatchObject({ from: 0, to: 1 })
  })
})

describe('a logarithmic axis', () => {
  it('names powers of ten where there are many, and 1, 2, 5 where there are few', () => {
    expect(labels(logAxis(1.2e3, 0.7e9, 'ns'))).toEqual(['1 µs', '10 µs', '100 µs', '1 ms', '10 ms', '100 ms', '1 s'])
    expect(labels(logAxis(1.2e6, 15e6, 'ns'))).toEqual(['1 ms', '2 ms', '5 ms', '10 ms', '20 ms'])
  })

  it.each([1, 2, 5, 10, 3.3, 999.9])('holds a single value of %d ms within it', (valueMs) => {
    const { from, to } = logAxis(valueMs * 1e6, valueMs * 1e6, 'ns')
    expect(from).toBeLessThanOrEqual(valueMs * 1e6)
    expect(to).toBeGreaterThan(valueMs * 1e6)
  })
})
