import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseServerTiming } from '../../src/protocol/server-timing.ts'

const MS = 1e6

it.each<[string, (readonly [string, number])[]]>([
  ['db;dur=53.2', [['db', 53.2 * MS]]],
  [
    'parse;dur=0.1, route;dur=0.25',
    [
      ['parse', 0.1 * MS],
      ['route', 0.25 * MS],
    ],
  ],
  [
    'a;desc="x, y;dur=9";dur=5,b;dur=1',
    [
      ['a', 5 * MS],
      ['b', 1 * MS],
    ],
  ],
  ['cache;desc=hit;dur="7"', [['cache', 7 * MS]]],
  ['a ; dur = 1 , b', [['a', 1 * MS]]],
  ['A;DUR=2', [['A', 2 * MS]]],
  ['a;dur=1;dur=2', [['a', 1 * MS]]],
  ['miss', []],
  ['a;dur=fast, b;dur=1', [['b', 1 * MS]]],
  ['a;dur=-1', []],
  ['a;dur=1, "no metric", b;dur=2', [['a', 1 * MS]]],
  ['a;dur=1 b;dur=2', [['a', 1 * MS]]],
  [',,a;dur=1,,', [['a', 1 * MS]]],
  ['', []],
  [`a;dur=1,${' '.repeat(5000)}`, []],
])('reads %j', (value, timings) => {
  expect(parseServerTiming(value)).toEqual(timings)
})

it('never throws, and gives finite durations only', () => {
  const pieces = fc.constantFrom('a', ';', 'dur', '=', '1', '"', '\\', ',', ' ', 'desc', 'é', '1e999', '-')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      for (const [, durationNs] of parseServerTiming(parts.join(''))) {
        expect(durationNs).toBeGreaterThanOrEqual(0)
        expect(durationNs).toBeLessThan(Number.POSITIVE_INFINITY)
      }
    }),
    { numRuns: 2_000 },
  )
})
