import { describe, expect, it } from 'vitest'
import { sameClock, timePoints } from '../../../src/report/html/time-points.ts'
import type { Series } from '../../../src/run/index.ts'

const series = (name: string, values: (number | null)[], changes: Partial<Series> = {}): Series => ({
  subject: 'GET /',
  name,
  unit: 'perSec',
  fromNs: 0,
  everyNs: 1e9,
  values,
  ...changes,
})

describe('points of a chart over time', () => {
  it('are the values as they are, each from its beginning to the next, and the last to its end', () => {
    const points = timePoints([series('succeeded', [10, null, 30])])
    expect(points.at).toEqual([0, 1, 2, 3])
    expect(points.labels).toEqual(['0:00', '0:01', '0:02', '0:02'])
    expect(points.values.get('succeeded')).toEqual([10, null, 30, 30])
    expect(points.thinnedToNs).toBeUndefined()
  })

  it('make a line of a single second', () => {
    const points = timePoints([series('succeeded', [7])])
    expect(points.at).toEqual([0, 1])
    expect(points.values.get('succeeded')).toEqual([7, 7])
  })

  it('keep lowest and highest of each piece of eight hours, in their order, and say how long a piece is', () => {
    const values: (number | null)[] = Array.from({ length: 28_800 }, (_, second) => 100 + (second % 7))
    values[10_000] = 0
    values[10_003] = 9_999
    values[20_000] = null
    const points = timePoints([series('succeeded', values), series('failed', values.toReversed())])
    const drawn = points.values.get('succeeded') ?? []
    expect(drawn).toHaveLength(points.at.length)
    expect(drawn.length).toBeLessThanOrEqual(2_401)
    expect(points.thinnedToNs).toBe(24e9)
    expect(drawn.indexOf(9_999) - drawn.indexOf(0)).toBe(1)
    const reversed = points.values.get('failed') ?? []
    expect(reversed.indexOf(0) - reversed.indexOf(9_999)).toBe(1)
    expect(points.labels[drawn.indexOf(0)]).toBe('2:46:24–2:46:48')
    expect(drawn).not.toContain(null)
    expect(points.at.at(-1)).toBe(28_800)
  })

  it('keeps a peak in a last piece that is shorter than the others, and goes forward in time', () => {
    const values: (number | null)[] = Array.from({ length: 28_805 }, () => 100)
    values[28_804] = 9_000
    const series = { subject: 'x', name: 'a', unit: 'perSec' as const, fromNs: 0, everyNs: 1e9, values }
    const points = timePoints([series])
    expect(points.values.get('a')).toContain(9_000)
    expect(points.at.every((at, index) => index === 0 || at >= (points.at[index - 1] ?? 0))).toBe(true)
    expect(points.at.at(-1)).toBe(28_805)
  })

  it('are nothing where a whole piece was nothing', () => {
    const values: (number | null)[] = Array.from({ length: 28_800 }, (_, second) => (second < 14_400 ? null : 5))
    const drawn = timePoints([series('succeeded', values)]).values.get('succeeded') ?? []
    expect(drawn.slice(0, 1_200).every((value) => value === null)).toBe(true)
    expect(drawn.slice(1_200).every((value) => value === 5)).toBe(true)
  })

  it('are of one clock: what has another cannot share a chart', () => {
    const one = series('succeeded', [1, 2])
    const others = [
      series('failed', [1]),
      series('failed', [1, 2], { everyNs: 5e8 }),
      series('failed', [1, 2], { fromNs: 1e9 }),
    ]
    for (const other of others) expect(sameClock([one, other])).toEqual([one])
    expect(sameClock([one, series('failed', [0, 0])])).toHaveLength(2)
    expect(sameClock([])).toBeUndefined()
  })
})
