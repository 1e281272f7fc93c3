import { describe, expect, it } from 'vitest'
import { nextLook, PAIR_DESIGN } from '../../src/stats/index.ts'
import { refusal } from './refusal.ts'

describe('PAIR_DESIGN', () => {
  it('is what was registered', () => {
    expect(PAIR_DESIGN).toEqual({
      looks: [10, 15, 22, 32, 48],
      alphaPerLook: 0.001,
      regressionMargin: Math.log(1.02),
      nonInferiorityMargin: Math.log(1.03),
      nullAlpha: 0.01,
      nullMargin: Math.log(1.01),
    })
  })
})

describe('nextLook', () => {
  it.each([
    [0, 10],
    [9, 10],
    [10, 15],
    [16, 22],
    [47, 48],
    [48, undefined],
  ])('after %d pairs comes at %s', (pairCount, look) => {
    expect(nextLook(pairCount)).toBe(look)
  })

  it('follows another design', () => {
    expect(nextLook(10, { ...PAIR_DESIGN, looks: [12, 20] })).toBe(12)
  })
})

describe('a design', () => {
  it.each([
    ['has no looks', { looks: [] }, 'EMPTY_SAMPLE'],
    ['looks twice at the same count', { looks: [10, 10] }, 'OUT_OF_RANGE'],
    ['looks backwards', { looks: [15, 10] }, 'OUT_OF_RANGE'],
    ['looks after half a pair', { looks: [0.5, 10] }, 'OUT_OF_RANGE'],
    ['looks before the first pair', { looks: [0, 10] }, 'OUT_OF_RANGE'],
    ['tests at no level', { alphaPerLook: 0 }, 'OUT_OF_RANGE'],
    ['tests its null at level 1', { nullAlpha: 1 }, 'OUT_OF_RANGE'],
    ['has a negative margin', { regressionMargin: -0.01 }, 'OUT_OF_RANGE'],
    ['has no end of a margin', { nonInferiorityMargin: Number.POSITIVE_INFINITY }, 'OUT_OF_RANGE'],
    ['has a margin that is no number', { nullMargin: Number.NaN }, 'OUT_OF_RANGE'],
  ])('is refused when it %s', (_, change, code) => {
    expect(refusal(() => nextLook(0, { ...PAIR_DESIGN, ...change })).code).toBe(code)
  })
})
