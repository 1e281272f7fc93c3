import { describe, expect, it } from 'vitest'
import { LowestRows } from '../../src/memory/lowest-rows.ts'
import { seededUniform } from '../stats/random.ts'

function filled(count: number, valueAt: (index: number) => readonly number[]): LowestRows {
  const rows = new LowestRows(valueAt(0).length)
  for (let index = 0; index < count; index++) rows.add(index, valueAt(index))
  return rows
}

describe('LowestRows', () => {
  it('keeps each of a few rows as it is', () => {
    const rows = filled(1_000, (index) => [index, -index])
    expect(rows.column(0)).toHaveLength(1_000)
    expect(rows.column(1)[7]).toEqual({ fromNs: 7, toNs: 7, lowest: -7, highest: -7 })
  })

  it('keeps so many and no more, which are evenly long, and the first and the last ones apart', () => {
    const all = filled(100_000, (index) => [index]).column(0)
    expect(all.length).toBeGreaterThan(500)
    expect(all.length).toBeLessThanOrEqual(2_048)
    const lengths = all.map(({ fromNs, toNs }) => toNs - fromNs)
    expect(Math.max(...lengths)).toBeLessThan(100_000 / 400)
    expect(lengths.slice(0, 32)).toEqual(Array.from({ length: 32 }, () => 0))
    expect(lengths.slice(-200)).toEqual(Array.from({ length: 200 }, () => 0))
    // None is lost, and none is in two of them.
    for (const [index, { fromNs }] of all.entries()) expect(fromNs).toBe((all[index - 1]?.toNs ?? -1) + 1)
  })

  it('loses nothing of what is lowest and highest in a stretch', () => {
    const uniform = seededUniform(1)
    const values = Array.from({ length: 50_000 }, () => [uniform(), uniform()])
    const rows = filled(values.length, (index) => values[index] ?? [])
    for (const column of [0, 1]) {
      for (const { fromNs, toNs, lowest, highest } of rows.column(column)) {
        const within = values.slice(fromNs, toNs + 1).map((row) => row[column] ?? Number.NaN)
        expect([lowest, highest]).toEqual([Math.min(...within), Math.max(...within)])
      }
    }
  })

  it('takes of two rows what is known of one of them', () => {
    const rows = filled(5_000, (index) => [index % 2 === 0 ? index : Number.NaN, Number.NaN])
    const long = rows.column(0).filter(({ fromNs, toNs }) => toNs > fromNs)
    expect(long.length).toBeGreaterThan(100)
    expect(long.every(({ lowest, highest }) => lowest % 2 === 0 && highest % 2 === 0)).toBe(true)
    expect(rows.column(1)).toEqual([])
  })

  it('lowers the last row by what is seen later', () => {
    const rows = filled(3, (index) => [10 + index, Number.NaN])
    rows.lowerLast([5, 6])
    rows.lowerLast([7, Number.NaN])
    expect(rows.column(0).map(({ lowest }) => lowest)).toEqual([10, 11, 5])
    expect(rows.column(1).map(({ lowest }) => lowest)).toEqual([6])
  })
})
