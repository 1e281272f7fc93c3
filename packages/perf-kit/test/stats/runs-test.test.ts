import { describe, expect, it } from 'vitest'
import { runsTest } from '../../src/stats/runs-test.ts'

/** Every order of so many signs, counted. */
function counted(above: number, below: number, most: number): number {
  const length = above + below
  let [few, all] = [0, 0]
  for (let bits = 0; bits < 2 ** length; bits++) {
    const signs = Array.from({ length }, (_, index) => (bits >> index) & 1)
    if (signs.filter((sign) => sign === 1).length !== above) continue
    all++
    if (signs.filter((sign, index) => sign !== signs[index - 1]).length <= most) few++
  }
  return few / all
}

describe('runsTest', () => {
  it.each([
    { values: [1, 1, 1, 1, -1, -1, -1, -1], runs: 2 },
    { values: [1, -1, 1, -1, 1, -1, 1], runs: 7 },
    { values: [3, 2, -1, -2, -5, 4, 1, 1, 1], runs: 3 },
    { values: [-1, 2, 3, -4, -1], runs: 3 },
  ])('is as exact as counting every order: $values', ({ values, runs }) => {
    const above = values.filter((value) => value > 0).length
    const test = runsTest(values)
    expect(test.runs).toBe(runs)
    expect(test.pValue).toBeCloseTo(counted(above, values.length - above, runs), 12)
    expect(test.leastPValue).toBeCloseTo(counted(above, values.length - above, 2), 12)
  })

  it('leaves out zeros, and finds nothing in one side alone', () => {
    expect(runsTest([1, 0, 0, 1, -1]).runs).toBe(2)
    expect(runsTest([1, 1, 1])).toEqual({ runs: 1, pValue: 1, leastPValue: 1 })
    expect(runsTest([])).toEqual({ runs: 0, pValue: 1, leastPValue: 1 })
  })
})
