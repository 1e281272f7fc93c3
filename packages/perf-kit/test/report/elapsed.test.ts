import { expect, it } from 'vitest'
import { formatElapsed, formatLasting } from '../../src/report/elapsed.ts'

it.each([
  [0, '0:00'],
  [5e9, '0:05'],
  [750e9, '12:30'],
  [3_723e9, '1:02:03'],
  [1.5e9, '0:01.5'],
  [59.96e9, '1:00'],
])('writes the moment %d ns after the beginning as %s', (fromStartNs, text) => {
  expect(formatElapsed(fromStartNs)).toBe(text)
})

it.each([
  [500e6, '500 ms'],
  [10.004e9, '10 s'],
  [119e9, '119 s'],
  [150e9, '2 min 30 s'],
  [28_800e9, '8 h 0 min'],
])('says that %d ns lasted %s', (durationNs, text) => {
  expect(formatLasting(durationNs)).toBe(text)
})
