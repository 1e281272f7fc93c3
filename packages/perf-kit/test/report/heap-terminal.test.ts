import { describe, expect, it } from 'vitest'
import type { HeapDiff } from '../../src/memory/index.ts'
import { renderHeapDiff, renderHeapSummary } from '../../src/report/index.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'

const PLAIN = { colour: false, unicode: true, widthColumns: 120, top: 20 }

const DIFF: HeapDiff = {
  requests: 1009,
  snapshots: [
    { file: 'a.heapsnapshot', count: 61_203, selfBytes: 5_610_000 },
    { file: 'b.heapsnapshot', count: 63_220, selfBytes: 5_830_000 },
    { file: 'c.heapsnapshot', count: 65_240, selfBytes: 6_050_000 },
  ],
  classes: [
    {
      type: 'object',
      name: 'Session',
      counts: [1009, 2018, 3029],
      selfBytes: [40_360, 80_720, 121_160],
      growsEachStep: true,
      leak: { perRequest: 1, fit: 'exact' },
    },
    { type: 'array', name: '(array)', counts: [90, 91, 95], selfBytes: [9000, 90_000, 190_000], growsEachStep: true },
    { type: 'object', name: 'Buffer', counts: [5, 2, 9], selfBytes: [500, 200, 900], growsEachStep: false },
    { type: 'object', name: '', counts: [5, 6, 6], selfBytes: [50, 60, 60], growsEachStep: false },
    { type: 'object', name: 'Gone', counts: [5, 2, 0], selfBytes: [500, 200, 0], growsEachStep: false },
  ],
  paths: [
    {
      type: 'object',
      name: 'Session',
      path: ['global.registry', 'Registry.sessions', 'Map.table', '(array)[]', 'Session'],
      count: 198,
      sampled: 200,
    },
  ],
  newStrings: [{ text: 'a "quoted"\ntext', count: 12, selfBytes: 480 }],
}

describe('growth of a heap at the terminal', () => {
  it('tells snapshots, classes, leaks, what keeps them, and strings', async () => {
    await expect(renderHeapDiff(DIFF, PLAIN)).toMatchFileSnapshot('golden/heap-diff-120.txt')
  })

  it('keeps to the width of the terminal, and to ASCII where that is all there is', () => {
    const text = renderHeapDiff(DIFF, { ...PLAIN, unicode: false, widthColumns: 80 })
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('shows as many rows as it is told, and how many more there are', () => {
    expect(renderHeapDiff(DIFF, { ...PLAIN, top: 3 })).toContain('\nand 1 more class\n')
    expect(renderHeapDiff(DIFF, { ...PLAIN, top: 1 })).toContain('\nand 3 more classes\n')
  })

  it('says of what is about a multiple, or was one once, that it may be chance', () => {
    const classes = DIFF.classes
      .slice(0, 1)
      .map((each) => ({ ...each, leak: { perRequest: 2, fit: 'about' as const } }))
    const text = renderHeapDiff({ ...DIFF, classes, snapshots: DIFF.snapshots.slice(0, 2) }, PLAIN)
    expect(text).toContain('! Session: about 2 a request, once\n')
    expect(text).toContain('— once may be chance: take a third snapshot after as many requests\n')
    expect(text).toContain('— "about" may be chance: try again with another number of requests\n')
  })

  it('says that nothing has grown', () => {
    const text = renderHeapDiff({ snapshots: DIFF.snapshots, classes: [] }, PLAIN)
    expect(text).toContain('\n\nnothing has grown\n')
    expect(text).not.toContain('requests')
  })

  it.each(HOSTILE_NAMES)('lets no name do anything to the terminal: %j', (name) => {
    const hostile: HeapDiff = {
      ...DIFF,
      snapshots: DIFF.snapshots.map((snapshot) => ({ ...snapshot, file: name })),
      classes: DIFF.classes.map((each) => ({ ...each, name })),
      paths: (DIFF.paths ?? []).map((each) => ({ ...each, name, path: [name, name] })),
      newStrings: [{ text: name, count: 1, selfBytes: 1 }],
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
    expect(renderHeapDiff(hostile, PLAIN)).not.toMatch(unsafe)
  })
})

describe('a heap at the terminal', () => {
  it('tells classes with their share', () => {
    const classes = [
      { type: 'string', name: '(string)', count: 3, selfBytes: 750 },
      { type: 'object', name: 'Session', count: 1000, selfBytes: 250 },
    ]
    const text = renderHeapSummary({ file: 'a.heapsnapshot', count: 1003, selfBytes: 1000, classes }, PLAIN)
    expect(text).toBe(`a.heapsnapshot
1,003 objects, 1.00 kB

class     objects  bytes   share
(string)        3  750 B  75.0 %
Session     1,000  250 B  25.0 %
`)
  })
})
