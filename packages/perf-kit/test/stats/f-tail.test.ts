import { expect, it } from 'vitest'
import { fTail } from '../../src/stats/f-tail.ts'

// SciPy 1.17.1: f.sf(f, upper, lower)
it.each([
  { f: 1, upper: 1, lower: 1, tail: 0.5 },
  { f: 4.96, upper: 1, lower: 10, tail: 0.05008765056646815 },
  { f: 3.2, upper: 4, lower: 14, tail: 0.046107425991849395 },
  { f: 25, upper: 4, lower: 14, tail: 3.0080277881227963e-6 },
  { f: 0.1, upper: 7, lower: 3, tail: 0.9936683964933761 },
])('agrees with SciPy: f = $f with $upper and $lower degrees of freedom', ({ f, upper, lower, tail }) => {
  expect(fTail(f, upper, lower) / tail).toBeCloseTo(1, 10)
})

it('is certain of nothing, and impossible beyond everything', () => {
  expect(fTail(0, 3, 7)).toBe(1)
  expect(fTail(Number.POSITIVE_INFINITY, 3, 7)).toBe(0)
})
