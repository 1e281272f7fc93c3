import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distributionValues } from '../../src/report/distribution.ts'
import { HISTOGRAM_CELLS, histogramBlocks } from '../../src/report/histogram-blocks.ts'

const blocks = (values: readonly number[]) => histogramBlocks(values, { unicode: true })

describe('histogramBlocks', () => {
  it('puts slow to the right', () => {
    expect(blocks([1, 1, 1, 1, 10])).toBe('█          ▂')
  })

  it('shows equal values as one block', () => {
    expect(blocks([5, 5, 5])).toBe('      █     ')
  })

  it('is blank without values', () => {
    expect(blocks([]).trim()).toBe('')
  })

  it('has an ASCII spelling', () => {
    expect(histogramBlocks([1, 1, 1, 1, 10], { unicode: false })).toBe('@          :')
  })

  it('is always as wide, and shows every value', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        expect([...blocks(values)]).toHaveLength(HISTOGRAM_CELLS)
        expect(blocks(values)).toContain('█')
      }),
    )
  })
})

describe('distributionValues', () => {
  it('makes no fuss about a histogram that cannot be decoded', () => {
    const evidence = {
      kind: 'histogram' as const,
      encoding: 'hdr-v2-compressed-base64' as const,
      count: 1,
      data: 'no!',
    }
    expect(distributionValues({ evidence })).toEqual([])
  })
})
