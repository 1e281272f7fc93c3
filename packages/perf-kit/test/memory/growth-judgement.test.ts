import { describe, expect, it } from 'vitest'
import { type GrowthPoint, judgeGrowth } from '../../src/memory/index.ts'
import { normalFrom, seededUniform } from '../stats/random.ts'

const RULE = { least: 8, leastInAll: 100_000, unit: 'bytes a request' }
const EACH = 1_000

/** Values after 1000, 2000, … requests, with a little chance. */
function grown(count: number, valueAt: (index: number) => number, noise = 1_000, seed = 1): GrowthPoint[] {
  const normal = normalFrom(seededUniform(seed))
  return Array.from({ length: count }, (_, index) => ({ x: index * EACH, y: 5e6 + valueAt(index) + noise * normal() }))
}

describe('judgeGrowth', () => {
  it('finds what goes on growing, with its size and its interval', () => {
    const judgement = judgeGrowth(
      grown(30, (index) => 64 * EACH * index),
      RULE,
    )
    expect(judgement).toMatchObject({
      state: 'leaking',
      because: expect.stringMatching(/^it goes on growing by 6[34](\.\d)? \(6\d.* to 6\d.*\) bytes a request$/),
      points: 30,
      warmupRatio: 0,
    })
    expect(judgement.each?.low).toBeLessThan(64)
    expect(judgement.each?.high).toBeGreaterThan(64)
    expect(judgement.inAll).toBeCloseTo(64 * EACH * 29, -5)
  })

  it('leaves the warm-up before a leak out of its size', () => {
    const warmUp = (index: number): number => 3e6 * (1 - Math.exp(-index / 3))
    const judgement = judgeGrowth(
      grown(40, (index) => 64 * EACH * index + warmUp(index)),
      RULE,
    )
    expect(judgement.state).toBe('leaking')
    expect(judgement.warmupRatio).toBeGreaterThan(0.1)
    expect(judgement.each?.value).toBeCloseTo(64, -1)
  })

  it('calls steady what stays, and what has grown and stands still since', () => {
    expect(
      judgeGrowth(
        grown(30, () => 0),
        RULE,
      ),
    ).toMatchObject({
      state: 'steady',
      because: 'it grows by less than 8 bytes a request, if at all',
    })
    const plateau = judgeGrowth(
      grown(32, (index) => 1e6 * Math.min(1, index / 12)),
      RULE,
    )
    expect(plateau).toMatchObject({
      state: 'steady',
      because: expect.stringMatching(/^it has stood still since \d+ %/),
    })
  })

  it.each([
    { what: '4 of 32', flat: 28, rise: 50e6 },
    { what: '3 of 32', flat: 29, rise: 1e6 },
    { what: '8 of 32', flat: 24, rise: 1e5 },
  ])('does not call steady what has begun to grow in the last $what values', ({ flat, rise }) => {
    const points = grown(32, (index) => rise * Math.max(0, index - flat + 1))
    const judgement = judgeGrowth(points, RULE)
    expect(judgement.state).toBe('inconclusive')
    expect(judgeGrowth(points.slice(0, flat), RULE).state).toBe('steady')
  })

  it('says of what has risen at the end that it has', () => {
    const points = grown(32, (index) => 50e6 * Math.max(0, index - 27))
    expect(judgeGrowth(points, RULE)).toMatchObject({ because: 'it has risen at the end', timesAsLong: 2 })
    const low = { ...RULE, leastInAll: 1e9 }
    expect(judgeGrowth(points, low).state).toBe('steady')
  })

  it('tells for how many requests it was judged', () => {
    expect(
      judgeGrowth(
        grown(30, () => 0),
        RULE,
      ).over,
    ).toBe(29 * EACH)
    const plateau = grown(32, (index) => 1e6 * Math.min(1, index / 12))
    expect(judgeGrowth(plateau, RULE).over).toBeLessThan(25 * EACH)
  })

  it.each([
    { what: 'slows down', valueAt: (index: number) => 4e6 * (1 - Math.exp(-index / 20)), because: 'ever more slowly' },
    {
      what: 'stops shortly before the end',
      valueAt: (index: number) => 1e5 * Math.min(28, index),
      because: 'hardly does at the end',
    },
    { what: 'grows in jumps', valueAt: (index: number) => 2e6 * Math.floor(index / 8), because: '' },
    { what: 'has grown by little in all', valueAt: (index: number) => 2_000 * index, because: 'in all', least: 1 },
  ])('does not know of what $what, and how long would tell', ({ valueAt, because, least = 8 }) => {
    const judgement = judgeGrowth(grown(32, valueAt, 100), { ...RULE, least })
    expect(judgement).toMatchObject({ state: 'inconclusive', because: expect.stringContaining(because) })
    expect(judgement.timesAsLong).toBeGreaterThan(1)
  })

  it('does not know of what is too wild, and asks for longer the wilder it is', () => {
    const wild = judgeGrowth(
      grown(32, () => 0, 200_000),
      RULE,
    )
    const wilder = judgeGrowth(
      grown(32, () => 0, 2_000_000),
      RULE,
    )
    expect([wild.state, wilder.state]).toEqual(['inconclusive', 'inconclusive'])
    expect(wilder.timesAsLong).toBeGreaterThan(wild.timesAsLong ?? Number.POSITIVE_INFINITY)
  })

  it('asks for a trend, however steep: of six values in order but for two of them there is none', () => {
    const rises = [0, 1, 2, 1.95, 3, 4]
    const points = rises.map((rise, index) => ({ x: index * EACH, y: 5e6 + 1e5 * rise }))
    expect(judgeGrowth(points, RULE)).toMatchObject({
      state: 'inconclusive',
      because: 'it goes up and down too much to tell',
    })
    const inOrder = points.map(({ x }) => ({ x, y: 5e6 + 1e2 * x }))
    expect(judgeGrowth(inOrder, RULE).state).toBe('leaking')
  })

  it('finds a leak in the end by following its advice, again and again', () => {
    let count = 12
    const states: string[] = []
    for (let turn = 1; turn <= 4 && states.at(-1) !== 'leaking'; turn++) {
      const judgement = judgeGrowth(
        grown(count, (index) => 24 * EACH * index, 60_000, turn),
        RULE,
      )
      states.push(judgement.state)
      count = Math.ceil(count * (judgement.timesAsLong ?? 1))
    }
    expect(states[0]).toBe('inconclusive')
    expect(states.at(-1), states.join()).toBe('leaking')
  })

  it('says that there are too few values, and how many more would do', () => {
    expect(judgeGrowth([], RULE)).toEqual({
      state: 'inconclusive',
      because: 'there are no values',
      points: 0,
    })
    expect(
      judgeGrowth(
        grown(3, (index) => 1e6 * index),
        RULE,
      ),
    ).toMatchObject({ state: 'inconclusive', timesAsLong: 2 })
  })

  it('counts whole numbers too: one more for every hundred requests, and none', () => {
    const rule = { least: 1e-4, leastInAll: 8, unit: 'a request' }
    const sockets = (perRequest: number) =>
      Array.from({ length: 30 }, (_, index) => ({ x: index * EACH, y: 12 + Math.floor(perRequest * index * EACH) }))
    expect(judgeGrowth(sockets(0.01), rule)).toMatchObject({ state: 'leaking', each: { value: 0.01 } })
    expect(judgeGrowth(sockets(0), rule)).toMatchObject({ state: 'steady', each: { value: 0 } })
  })

  it('tells the same, whenever it began and whatever there was before', () => {
    const points = grown(30, (index) => 64 * EACH * index)
    const moved = points.map(({ x, y }) => ({ x: x + 1e6, y: y + 1e8 }))
    expect(judgeGrowth(moved, RULE).each?.value).toBeCloseTo(judgeGrowth(points, RULE).each?.value ?? 0, 6)
  })
})
