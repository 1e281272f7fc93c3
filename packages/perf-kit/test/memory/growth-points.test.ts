import { describe, expect, it } from 'vitest'
import { floorsOf } from '../../src/memory/growth-points.ts'

const pointsOf = (ys: readonly number[]) => ys.map((y, x) => ({ x, y }))

describe('floorsOf', () => {
  it('leaves few points that are evenly apart as they are', () => {
    const points = pointsOf([5, 3, 8, 1])
    expect(floorsOf(points)).toEqual(points)
  })

  it('takes the lowest of each stretch of many', () => {
    const floors = floorsOf(
      Array.from({ length: 640 }, (_, x) => ({ x, y: x % 20 === 7 ? x : x + 1_000 })),
      32,
    )
    expect(floors.length).toBeGreaterThan(28)
    expect(floors.length).toBeLessThanOrEqual(32)
    for (const { x, y } of floors) expect(Math.abs(x - y)).toBeLessThan(20)
  })

  it('makes one of points that are close to each other, or at one x', () => {
    const points = [0, 1, 1, 1.01, 2, 3, 3, 3].map((x, index) => ({ x, y: 10 + index }))
    const floors = floorsOf(points)
    const gaps = floors.slice(1).map(({ x }, index) => x - (floors[index]?.x ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(0.3)
    expect(floors[0]).toEqual({ x: 0, y: 10 })
    expect(floorsOf([1, 1, 1].map((x) => ({ x, y: x })))).toHaveLength(1)
    expect(floorsOf([])).toEqual([])
  })
})
