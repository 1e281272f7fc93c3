import { expect, it } from 'vitest'
import { stepsOf } from '../../src/memory/even-steps.ts'
import { normalFrom, seededUniform } from '../stats/random.ts'

function walk(count: number, seed: number, drift: number) {
  const normal = normalFrom(seededUniform(seed))
  let y = 0
  return Array.from({ length: count }, (_, x) => {
    y += drift + normal()
    return { x, y }
  })
}

it('takes hardly a walk for growth, however far it has wandered', () => {
  for (const count of [6, 10, 15, 16, 32]) {
    const taken = Array.from({ length: 1_000 }, (_, seed) => stepsOf(walk(count, seed + 1, 0)).areEven).filter(Boolean)
    expect(taken.length, `${count} points`).toBeLessThan(8)
  }
})

it('sees growth that is many times what a step varies by', () => {
  for (const count of [6, 10, 15, 16, 32]) expect(stepsOf(walk(count, 1, 20)).areEven, `${count} points`).toBe(true)
})

it('sees growth without any chance in it, and none where there is none', () => {
  const line = (slope: number) => Array.from({ length: 8 }, (_, x) => ({ x, y: slope * x }))
  expect(stepsOf(line(1)).areEven).toBe(true)
  expect(stepsOf(line(0)).areEven).toBe(false)
  expect(stepsOf(line(-1)).areEven).toBe(false)
})
