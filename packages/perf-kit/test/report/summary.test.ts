import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/baseline/index.ts'
import { makeReport } from '../../src/report/index.ts'
import { summaryLines } from '../../src/report/summary.ts'
import { makeRun } from '../baseline/make-run.ts'
import { sampleReport } from './sample-report.ts'

const NOTHING: Comparison = {
  suite: 'routing',
  configuration: 'default',
  against: { kind: 'nothing' },
  gating: false,
  advisoryReasons: ['there is no baseline yet'],
  doubts: [],
  verdicts: [],
  added: [],
  removed: [],
}

describe('the summary', () => {
  it('counts benchmarks by their worst verdict, and says how fine the run could see', () => {
    expect(summaryLines(sampleReport())).toEqual([
      '1 passed, 2 regressed, 1 improved, 1 inconclusive, 1 failed, against main (a1b2c3d); 2 % is the smallest change that this run could see',
    ])
  })

  it('says how to make a baseline when there is none', () => {
    const [result, why, how] = summaryLines(makeReport({ runs: [makeRun()], comparisons: [NOTHING] }))
    expect(result).toBe('1 measured')
    expect(why).toBe('routing: there is no baseline yet')
    expect(how).toContain('--accept')
  })

  it('says in one line why a comparison is advice only', () => {
    const report = sampleReport({ validity: { state: 'suspect', reasons: ['interrupted'] } })
    expect(summaryLines(report)[1]).toBe('advice only, it fails no build: the Run is suspect: interrupted')
    expect(report.overall).toBe('unjudged')
  })

  it('names the other environment whose numbers are shown', () => {
    const against = {
      kind: 'other-environment' as const,
      file: 'x.json',
      environmentId: 'linux-x64-8cpu',
      acceptances: [],
      differences: ['CPU count 8 → 2'],
    }
    const comparison = { ...NOTHING, against, advisoryReasons: ['the baseline is from another environment'] }
    const lines = summaryLines(makeReport({ runs: [makeRun()], comparisons: [comparison] }))
    expect(lines[0]).toContain('against the baseline of linux-x64-8cpu')
    expect(lines.at(-1)).toContain('--accept')
  })
})
