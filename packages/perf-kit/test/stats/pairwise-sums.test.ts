import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countSums, kthSmallestSum, medianSum, type PairwiseSums } from '../../src/stats/pairwise-sums.ts'
import { median, sortAscending } from '../../src/stats/quantile.ts'

const values = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e300, max: 1e300 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((unsorted) => sortAscending(unsorted))

const pairwiseSums: fc.Arbitrary<PairwiseSums> = fc.oneof(
  fc.record({ rows: values, columns: values, shape: fc.constant('rectangle' as const) }),
  values.map((rows) => ({ rows, columns: rows, shape: 'triangle' as const })),
)

describe('kthSmallestSum', () => {
  it('is the element at that place in the sorted list of all sums', () => {
    fc.assert(
      fc.property(pairwiseSums, (sums) => {
        const listed = sortAscending(listSums(sums))
        expect(countSums(sums)).toBe(listed.length)
        expect(listed.map((_, index) => kthSmallestSum(sums, index + 1) + 0)).toEqual(listed.map((sum) => sum + 0))
      }),
    )
  })
})

describe('medianSum', () => {
  it('is the median of all sums', () => {
    fc.assert(
      fc.property(pairwiseSums, (sums) => {
        const expected = median(listSums(sums).map((sum) => sum / 4)) * 4
        expect(Math.abs(medianSum(sums) - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected) + 1e-300)
      }),
    )
  })
})

function listSums({ rows, columns, shape }: PairwiseSums): number[] {
  return rows.flatMap((row, index) => columns.slice(shape === 'triangle' ? index : 0).map((column) => row + column))
}
