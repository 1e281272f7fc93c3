import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildHistogram } from '../../src/load/histograms.ts'
import { loadHistograms } from '../../src/run/index.ts'
import { addEncoded } from '../../src/soak/encoded-counts.ts'

const { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } = loadHistograms()

/** Times from a nanosecond to a day, and counts that need more than 32 bits together. */
const RECORDED = fc.array(fc.tuple(fc.integer({ min: 1, max: 86_400e9 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })), {
  minLength: 1,
  maxLength: 50,
})

describe('an encoded histogram', () => {
  it('is added count by count as if it had been decoded first', () => {
    fc.assert(
      fc.property(RECORDED, RECORDED, (first, second) => {
        const [known, sum, all] = [buildHistogram(), buildHistogram(), buildHistogram()]
        for (const [value, count] of first) known.recordValueWithCount(value, count)
        for (const [value, count] of second) {
          sum.recordValueWithCount(value, count)
          all.recordValueWithCount(value, count)
        }
        const encoded = encodeIntoCompressedBase64(known)
        all.add(decodeFromCompressedBase64(encoded, 64))
        addEncoded(encoded, sum)
        expect([sum.totalCount, sum.maxValue]).toEqual([all.totalCount, all.maxValue])
        const percents = Array.from({ length: 101 }, (_, percent) => percent)
        expect(percents.map((percent) => sum.getValueAtPercentile(percent))).toEqual(
          percents.map((percent) => all.getValueAtPercentile(percent)),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('of other digits is decoded by the library', () => {
    const rough = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 2 })
    rough.recordValueWithCount(1e6, 5)
    const sum = buildHistogram()
    addEncoded(encodeIntoCompressedBase64(rough), sum)
    expect(sum.totalCount).toBe(5)
  })
})
