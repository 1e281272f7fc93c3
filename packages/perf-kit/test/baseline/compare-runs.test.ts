import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredMetric } from '../../src/baseline/baseline-document.ts'
import { judgeAgainstStored } from '../../src/baseline/compare-runs.ts'
import type { Metric } from '../../src/run/index.ts'
import { makeMetric, makeRun, paired, repeated, valuesAround } from './make-run.ts'

const OPTIONS = { gating: true, shift: { logCost: 0, metrics: 0 } }

const stored = (metric: Metric): StoredMetric => ({ ...metric, acceptance: 'first' })
const judge = (before: Metric, after: Metric) =>
  judgeAgainstStored(makeRun({ metrics: [after] }), [stored(before)], OPTIONS).verdicts[0]

describe('judging by stored metrics', () => {
  it('takes the candidate’s side of pairs', () => {
    const after = paired(valuesAround(1), valuesAround(130))
    expect(judge(makeMetric(), after)).toMatchObject({ state: 'regressed', sampleCounts: { candidate: 10 } })
  })

  it('leaves null pairs out', () => {
    const metric = paired(valuesAround(1), valuesAround(1), { name: 'nullTimePerOp' })
    expect(judgeAgainstStored(makeRun({ metrics: [metric] }), [], OPTIONS)).toMatchObject({ verdicts: [], added: [] })
  })

  it('never passes one distribution against another, which no test can tell apart', () => {
    const histogram = makeMetric({
      evidence: { kind: 'histogram', encoding: 'hdr-v2-compressed-base64', count: 9, data: 'AAAA' },
    })
    expect(judge(histogram, histogram)).toMatchObject({ state: 'inconclusive', test: 'none', effectRatio: 0 })
  })

  it('never compares two units', () => {
    const verdict = judge(makeMetric({ unit: 'bytes' }), makeMetric())
    expect(verdict).toMatchObject({ state: 'inconclusive', reason: expect.stringContaining('was bytes') })
  })

  it('does not call a subject that failed removed', () => {
    const failures = [{ subject: 'routing/broken', code: 'BENCH_FAILED', message: 'threw', remedy: '' }]
    const before = [stored(makeMetric({ subject: 'routing/broken' })), stored(makeMetric({ subject: 'routing/gone' }))]
    const { removed } = judgeAgainstStored(makeRun({ failures }), before, OPTIONS)
    expect(removed).toEqual([{ subject: 'routing/gone', metric: 'timePerOp' }])
  })

  it('takes no threshold from the properties that every object has', () => {
    const metric = makeMetric({ name: 'constructor' })
    expect(judge(metric, metric)).toMatchObject({ thresholdRatio: 0.1, state: 'passed' })
  })

  it('turns round when both sides and their direction are', () => {
    const sample = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 12 })
    fc.assert(
      fc.property(sample, sample, (left, right) => {
        const there = judge(repeated(left), repeated(right))
        const back = judge(repeated(right), repeated(left))
        const mirrored = { regressed: 'improved', improved: 'regressed' } as const
        if (there?.state === 'regressed' || there?.state === 'improved') expect(back?.state).toBe(mirrored[there.state])
      }),
    )
  })
})
