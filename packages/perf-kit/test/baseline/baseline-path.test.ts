import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baselineFile, isSafeFileName } from '../../src/baseline/baseline-path.ts'

describe('baselineFile', () => {
  it('names one file a suite in a folder an environment', () => {
    expect(baselineFile('benchmarks', 'linux-x64', 'routing')).toBe(join('benchmarks', 'linux-x64', 'routing.json'))
  })

  it.each(['', '.', '..', '../a', 'a/b', 'a\\b', 'a b', 'a\0b', 'CON', 'nul.txt', '.hidden', 'ü', 'x'.repeat(101)])(
    'refuses the suite %j',
    (suite) => {
      expect(() => baselineFile('benchmarks', 'linux-x64', suite)).toThrow(/cannot be the name of a file/)
      expect(() => baselineFile('benchmarks', suite, 'routing')).toThrow(/cannot be the name of a file/)
    },
  )

  it('never leaves its folder', () => {
    const unit = fc.constantFrom('a', 'B', '0', '.', '-', '_', '/', '\\', ' ')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 6 }), (suite) => {
        fc.pre(isSafeFileName(suite))
        expect(baselineFile('root', 'env', suite)).toBe(`root/env/${suite}.json`)
      }),
    )
  })
})
