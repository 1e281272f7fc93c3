import { describe, expect, it } from 'vitest'
import { requireFinite, requireOpenRatio, requirePoints, requireSample } from '../../src/stats/sample-checks.ts'
import { refusal } from './refusal.ts'

describe('sample checks', () => {
  it('name the empty sample and say what to do', () => {
    expect(refusal(() => requireSample([], 'latencies'))).toEqual({
      code: 'EMPTY_SAMPLE',
      message: 'latencies holds no values',
      remedy: 'Measure at least one value of latencies, or leave this statistic out when there is nothing to describe.',
    })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'point at the value that is %d',
    (value) => {
      const { code, message, remedy } = refusal(() => requireSample([1, 2, value], 'latencies'))
      expect(code).toBe('NOT_FINITE')
      expect(message).toBe(`latencies[2] is ${value}, which is no measurement`)
      expect(remedy).toMatch(/Find where latencies\[2\] comes from/)
    },
  )

  it('let finite samples pass', () => {
    expect(() => requireSample([0, -1, 1e308], 'latencies')).not.toThrow()
  })

  it('refuse points that do not pair up, or stand at one x', () => {
    expect(refusal(() => requirePoints([1, 2], [1])).message).toBe('2 xs do not pair with 1 ys')
    expect(refusal(() => requirePoints([3, 3, 3], [1, 2, 3]))).toMatchObject({
      code: 'OUT_OF_RANGE',
      message: '3 points at one x make no line',
    })
    expect(refusal(() => requirePoints([3], [1])).message).toBe('one point makes no line')
    expect(refusal(() => requirePoints([], [])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => requirePoints([1, 2], [1, Number.NaN])).code).toBe('NOT_FINITE')
  })

  it.each([0, 1, -0.1, 1.1, 95, Number.NaN])('refuse %d as a level', (ratio) => {
    const { code, remedy } = refusal(() => requireOpenRatio(ratio, 'confidenceRatio'))
    expect(code).toBe('OUT_OF_RANGE')
    expect(remedy).toMatch(/0\.95 for 95 %/)
  })

  it('refuse a parameter that is not finite', () => {
    expect(refusal(() => requireFinite(Number.NaN, 'shift'))).toMatchObject({
      code: 'NOT_FINITE',
      message: 'shift is NaN',
    })
  })
})
