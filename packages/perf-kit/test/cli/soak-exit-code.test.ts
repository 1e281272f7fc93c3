import { describe, expect, it } from 'vitest'
import { soakExitCode } from '../../src/cli/soak-exit-code.ts'
import { sampleSoakRun } from '../report/sample-soak-run.ts'

const UNKNOWN = { state: 'inconclusive' as const, because: 'ever more slowly', signals: [] }
const part = { startedAt: '2026-01-01T00:00:00.000Z', fromNs: 0, seconds: 60, pid: 4711, because: '', said: '' }

describe('the exit code of a soak', () => {
  it.each([
    ['that a certain leak has ended', 'leak', 1],
    ['whose target has ended', 'targetEnded', 3],
    ['of which it is not known whether it leaks', 'complete', 4],
  ] as const)('tells of one %s', (_, end, exitCode) => {
    const run = sampleSoakRun({ verdict: UNKNOWN, parts: [{ ...part, end }], gaps: [] })
    expect(soakExitCode(run)).toBe(exitCode)
  })

  it('is that of a leak, whatever else there was', () => {
    expect(soakExitCode(sampleSoakRun({ parts: [{ ...part, end: 'targetEnded' }], gaps: [] }))).toBe(1)
  })
})
