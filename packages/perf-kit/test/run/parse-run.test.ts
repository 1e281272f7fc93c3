import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { makeRun } from '../baseline/make-run.ts'

const textWith = (changes: object): string => JSON.stringify({ ...makeRun(), ...changes })

describe('a Run read from its text', () => {
  it('is what it was', () => {
    expect(parseRun(JSON.stringify(makeRun()), 'run.json')).toEqual(makeRun())
  })

  it.each([
    ['empty', '', 'run.json is empty', 'Make it again'],
    [
      'of a newer version',
      textWith({ schemaVersion: 2, extra: true }),
      'a newer perf-kit wrote it',
      'Update perf-kit.',
    ],
    ['of an older version', textWith({ schemaVersion: 0 }), 'an older perf-kit wrote it', 'Measure it again.'],
    ['no Run', '{}', 'run.json is not a Run', 'Make it again'],
  ])('is refused with what to do when it is %s', (_title, text, says, remedy) => {
    expect(() => parseRun(text, 'run.json')).toThrowError(
      expect.objectContaining({
        code: 'RUN_INVALID',
        message: expect.stringContaining(says),
        remedy: expect.stringContaining(remedy),
      }),
    )
  })
})
