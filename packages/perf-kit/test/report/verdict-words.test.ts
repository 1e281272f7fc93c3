import { expect, it } from 'vitest'
import { verdictWords } from '../../src/report/verdict-words.ts'

const REGRESSED = { state: 'regressed', unit: 'bytes', effectRatio: 12, low: 11.9, high: 12.1 } as const
const wordsOf = (baselineValue: number, candidateValue: number, unicode = true) =>
  verdictWords({ ...REGRESSED, baselineValue, candidateValue }, { unicode, detail: 'full', label: 'B/op' })

it('says what came of nothing in the unit, because no percentage tells it', () => {
  expect(wordsOf(0, 192)).toBe('✗ regressed B/op 0 B → 192 B')
  expect(wordsOf(0, 192, false)).toBe('! regressed B/op 0 B -> 192 B')
  expect(wordsOf(0.01, 192)).toBe('✗ regressed B/op 0.0100 B → 192 B')
})

it('says all other changes in per cent', () => {
  expect(wordsOf(16, 208)).toBe('✗ regressed B/op +1200 % (+1190 … +1210)')
})
