import { describe, expect, it } from 'vitest'
import { judgeRelief } from '../../../src/memory/index.ts'
import { samplesOf } from './limited-samples.ts'

const MIB = 2 ** 20
const LIMIT = 100 * MIB

const leaving = (...left: readonly number[]) => samplesOf(...left.map((mib) => ({ heap: mib + 5, left: [mib] })))

describe('a process whose heap comes near its limit', () => {
  it('has relieved itself when it gave memory up by itself, as often as it did', () => {
    const relief = judgeRelief(leaving(20, 50, 80, 45, 60, 75, 30), LIMIT)
    expect(relief).toMatchObject({ state: 'relieved', times: 2, peakBytes: 80 * MIB, lowestAfterBytes: 30 * MIB })
    expect(relief.because).toBe('it came near its limit (80 MiB of 100 MiB) and gave memory up 2 times, down to 30 MiB')
  })

  it('has held on when it stayed there, or only went up and down by a little', () => {
    expect(judgeRelief(leaving(20, 50, 80, 95, 97), LIMIT)).toMatchObject({ state: 'held', times: 0 })
    expect(judgeRelief(leaving(80, 74, 80, 73, 81), LIMIT).state).toBe('held')
    expect(judgeRelief(leaving(20, 80), LIMIT).state).toBe('held')
  })

  it('gives up little by little as well', () => {
    expect(judgeRelief(leaving(80, 76, 72, 69), LIMIT)).toMatchObject({ state: 'relieved', times: 1 })
  })

  it('is far from it otherwise, also when garbage came near', () => {
    expect(judgeRelief(samplesOf({ heap: 99, left: [30] }, { heap: 20 }), LIMIT)).toMatchObject({ state: 'far' })
  })

  it('is judged of as many collections as a heap near its limit has in hours', () => {
    const many = Array.from({ length: 300_000 }, () => 30)
    expect(judgeRelief(samplesOf({ heap: 80, left: [80] }, { heap: 30, left: many }), LIMIT).state).toBe('relieved')
  })

  it('is not known without a full collection', () => {
    expect(judgeRelief(samplesOf({ heap: 90 }, { heap: 20 }), LIMIT).state).toBe('unknown')
    expect(judgeRelief(samplesOf(), LIMIT).state).toBe('unknown')
  })
})
