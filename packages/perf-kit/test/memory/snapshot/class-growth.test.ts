import { describe, expect, it } from 'vitest'
import { growthOf } from '../../../src/memory/snapshot/class-growth.ts'
import type { HeapSummary } from '../../../src/memory/snapshot/heap-classes.ts'
import { requestMultiple } from '../../../src/memory/snapshot/request-multiple.ts'

type Counts = Readonly<Record<string, readonly [count: number, selfBytes: number]>>

/** `type name` to count and bytes. */
function summary(counts: Counts): HeapSummary {
  const classes = Object.entries(counts).map(([key, [count, selfBytes]]) => {
    const [type = '', ...name] = key.split(' ')
    return { type, name: name.join(' '), count, selfBytes }
  })
  return { file: 'a', count: 0, selfBytes: 0, classes }
}

describe('growth by a multiple of the requests', () => {
  it.each([
    [[1009], 'exact 1'],
    [[1009, 1009], 'exact 1'],
    [[1009 - 20, 1009 + 20], 'exact 1'],
    [[2018, 2018], 'exact 2'],
    [[5045, 5050], 'exact 5'],
    [[20_180, 20_190], 'exact 20'],
    [[21_189, 21_189], undefined],
    [[1009 - 21, 1009], 'about 1'],
    [[1009, 1009 + 21], 'about 1'],
    [[909, 1109], 'about 1'],
    [[4036, 4400], 'about 4'],
    [[908, 1009], undefined],
    [[1009, 1110], undefined],
    [[5045, 5100], undefined],
    [[1009, 2018], undefined],
    [[1009, 0], undefined],
    [[0, 1009], undefined],
    [[504, 505], undefined],
    [[1500, 1500], undefined],
    [[-1009, -1009], undefined],
    [[0, 0], undefined],
    [[], undefined],
  ])('of %j objects with 1009 requests is %s', (steps, expected) => {
    const found = requestMultiple(steps, 1009)
    expect(found === undefined ? undefined : `${found.fit} ${found.perRequest}`).toBe(expected)
  })

  it.each([
    [[108, 92], 'exact'],
    [[109, 100], 'about'],
  ])('may be off by 8 objects when there are few requests: %j of 100 are %s', (steps, fit) => {
    expect(requestMultiple(steps, 100)).toEqual({ perRequest: 1, fit })
  })

  it('is exact by chance in less than 1 of 500 pairs of steps', () => {
    let exact = 0
    let pairs = 0
    // All pairs of steps up to 20 a request, on a grid that has nothing to do with the requests.
    for (let first = 0; first < 20_000; first += 71) {
      for (let second = 0; second < 20_000; second += 73) {
        pairs++
        if (requestMultiple([first, second], 1009)?.fit === 'exact') exact++
      }
    }
    expect(exact).toBeGreaterThan(0)
    expect(exact / pairs).toBeLessThan(1 / 500)
  })
})

describe('growth of classes', () => {
  const summaries = [
    summary({
      'object Session': [10, 400],
      'object Map': [5, 200],
      'string (string)': [90, 900],
      'object Old': [3, 30],
    }),
    summary({
      'object Session': [111, 4440],
      'object Map': [5, 200],
      'string (string)': [80, 4000],
      'object New': [7, 70],
    }),
    summary({
      'object Session': [212, 8480],
      'object Map': [5, 200],
      'string (string)': [95, 9500],
      'object New': [9, 90],
    }),
  ]

  it('tells each class that has changed, snapshot by snapshot, those that grow each time first', () => {
    expect(growthOf(summaries)).toEqual([
      { type: 'object', name: 'Session', counts: [10, 111, 212], selfBytes: [400, 4440, 8480], growsEachStep: true },
      { type: 'object', name: 'New', counts: [0, 7, 9], selfBytes: [0, 70, 90], growsEachStep: true },
      { type: 'string', name: '(string)', counts: [90, 80, 95], selfBytes: [900, 4000, 9500], growsEachStep: false },
      { type: 'object', name: 'Old', counts: [3, 0, 0], selfBytes: [30, 0, 0], growsEachStep: false },
    ])
  })

  it('puts those before all others that grow by a multiple of the requests, although others grow by more', () => {
    const large = [
      summary({ 'object Cache': [1, 1e9], 'object Session': [1, 10] }),
      summary({ 'object Cache': [2, 2e9], 'object Session': [102, 1020] }),
      summary({ 'object Cache': [3, 3e9], 'object Session': [203, 2030] }),
    ]
    expect(growthOf(large, 101).map(({ name, leak }) => [name, leak?.perRequest])).toEqual([
      ['Session', 1],
      ['Cache', undefined],
    ])
  })

  it.each(['hidden', 'code', 'synthetic', 'object shape'])('does not blame requests for V8’s own: %s', (type) => {
    const steps = [0, 101, 202].map((count) => summary({ [`${type.replace(' ', '_')} x`]: [count, count] }))
    const renamed = steps.map((step) => ({ ...step, classes: step.classes.map((each) => ({ ...each, type })) }))
    expect(growthOf(renamed, 101)[0]).not.toHaveProperty('leak')
  })
})
