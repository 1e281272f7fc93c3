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
    [[1009], 1],
    [[1009, 1009], 1],
    [[2018, 2018], 2],
    [[4036, 4000], 4],
    [[909, 1109], 1],
    [[908, 1009], undefined],
    [[1009, 1110], undefined],
    [[1009, 2018], undefined],
    [[1009, 0], undefined],
    [[0, 1009], undefined],
    [[500, 500], undefined],
    [[1500, 1500], undefined],
    [[-1009, -1009], undefined],
    [[5045, 5045], undefined],
    [[0, 0], undefined],
    [[], undefined],
  ])('of %j objects with 1009 requests is %s', (steps, multiple) => {
    expect(requestMultiple(steps, 1009)).toBe(multiple)
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
    expect(growthOf(large, 101).map(({ name, perRequest }) => [name, perRequest])).toEqual([
      ['Session', 1],
      ['Cache', undefined],
    ])
  })

  it.each(['hidden', 'code', 'synthetic', 'object shape'])('does not blame requests for V8’s own: %s', (type) => {
    const steps = [0, 101, 202].map((count) => summary({ [`${type.replace(' ', '_')} x`]: [count, count] }))
    const renamed = steps.map((step) => ({ ...step, classes: step.classes.map((each) => ({ ...each, type })) }))
    expect(growthOf(renamed, 101)[0]).not.toHaveProperty('perRequest')
  })
})
