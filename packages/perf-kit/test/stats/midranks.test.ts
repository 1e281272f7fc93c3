import fc from 'fast-check'
import { expect, it } from 'vitest'
import { doubledMidranks } from '../../src/stats/midranks.ts'

it('ranks from 1, doubled, with the mean rank for ties', () => {
  expect(doubledMidranks([30, 10, 20])).toEqual([6, 2, 4])
  expect(doubledMidranks([5, 5, 1, 5])).toEqual([6, 6, 2, 6])
  expect(doubledMidranks([0, -0, 7])).toEqual([3, 3, 6])
  expect(doubledMidranks([])).toEqual([])
})

it('gives every value the count below it, plus half of those equal to it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 20 }), (values) => {
      const counted = values.map((value) => {
        const below = values.filter((other) => other < value).length
        const equal = values.filter((other) => other === value).length
        return 2 * below + equal + 1
      })
      expect(doubledMidranks(values)).toEqual(counted)
    }),
  )
})
