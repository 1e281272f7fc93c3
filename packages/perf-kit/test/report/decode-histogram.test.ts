import { describe, expect, it } from 'vitest'
import { decodeHistogram, withDamageTold } from '../../src/report/decode-histogram.ts'
import { renderLoadTerminal } from '../../src/report/index.ts'
import { damaged } from './damaged-run.ts'
import { sampleLoadRun } from './sample-load-run.ts'

describe('a stored histogram', () => {
  it('comes back with all its values', () => {
    const metric = sampleLoadRun().metrics.find(({ name }) => name === 'responseTime')
    if (metric === undefined) throw new Error('the sample has a response time')
    expect(decodeHistogram(metric)?.totalCount).toBe(60_000)
    expect(decodeHistogram({ evidence: { kind: 'repetitions', values: [1] } })).toBeUndefined()
  })

  it.each([
    ['cut off', (data: string) => data.slice(0, data.length / 2)],
    ['no base64', () => '*** not a histogram ***'],
    ['base64 of something else', () => Buffer.from('something else, and long enough').toString('base64')],
  ])('is told as damaged when it is %s, and the rest is shown', (_title, damage) => {
    const budgets = [
      { metric: 'responseTime', quantileRatio: 0.99, limit: 1e9 },
      { metric: 'errorRatio', limit: 0.5 },
    ]
    const run = damaged(sampleLoadRun({ budgets }), 'responseTime', damage)
    const told = withDamageTold(run)
    expect(told.isDamaged).toBe(true)
    expect(told.run.budgets).toEqual([{ metric: 'errorRatio', limit: 0.5 }])
    const text = renderLoadTerminal(run, { colour: false, unicode: true, widthColumns: 200 })
    expect(text).toContain('the histogram of responseTime cannot be decoded')
    expect(text).toContain('1 of 2 budgets cannot be judged without that histogram')
    expect(text).toMatch(/response time +1\.40 ms/)
  })

  it('is damaged when it holds another number of values than the Run says', () => {
    const run = sampleLoadRun()
    const lying = run.metrics.map((metric) =>
      metric.evidence.kind === 'histogram' ? { ...metric, evidence: { ...metric.evidence, count: 7 } } : metric,
    )
    expect(withDamageTold({ ...run, metrics: lying }).isDamaged).toBe(true)
  })

  it('changes nothing about a Run that is whole', () => {
    const run = sampleLoadRun()
    expect(withDamageTold(run)).toEqual({ run, isDamaged: false })
  })
})
