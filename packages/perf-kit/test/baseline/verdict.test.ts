import { describe, expect, it } from 'vitest'
import { overallState, type VerdictState } from '../../src/baseline/index.ts'

const verdicts = (...states: VerdictState[]) => states.map((state) => ({ state, gates: true }))

describe('overallState', () => {
  it.each<[VerdictState[], string]>([
    [['passed', 'regressed', 'inconclusive'], 'regressed'],
    [['passed', 'inconclusive', 'improved'], 'inconclusive'],
    [['passed', 'improved'], 'improved'],
    [['passed', 'passed'], 'passed'],
    [[], 'unjudged'],
  ])('makes of %j: %s', (states, expected) => {
    expect(overallState(verdicts(...states))).toBe(expected)
  })

  it('leaves verdicts that do not gate out of account', () => {
    expect(overallState([{ state: 'regressed', gates: false }, ...verdicts('passed')])).toBe('passed')
    expect(overallState([{ state: 'passed', gates: false }])).toBe('unjudged')
  })
})
