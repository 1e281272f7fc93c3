import { describe, expect, it } from 'vitest'
import { benchReportSchema, makeReport, renderJson } from '../../src/report/index.ts'
import { makeMetric, makeRun } from '../baseline/make-run.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'
import { sampleReport } from './sample-report.ts'

describe('the JSON report', () => {
  it('reads back as what it was, and fits its schema', () => {
    const report = sampleReport()
    const read = JSON.parse(renderJson(report))
    expect(read).toEqual(report)
    expect(benchReportSchema().parse(read)).toEqual(report)
    expect(read).toMatchObject({ schema: 'perf-kit/bench-report', schemaVersion: 1, overall: 'regressed' })
  })

  it('keeps hostile names as they are', () => {
    const metrics = HOSTILE_NAMES.map((subject) => makeMetric({ subject }))
    const read = JSON.parse(renderJson(makeReport({ runs: [makeRun({ metrics })] })))
    expect(read.runs[0].metrics.map(({ subject }: { subject: string }) => subject)).toEqual(HOSTILE_NAMES)
  })

  it('is the same text every time', () => {
    expect(renderJson(sampleReport())).toBe(renderJson(sampleReport()))
  })
})
