import { describe, expect, it } from 'vitest'
import { renderLoadTerminal } from '../../src/report/index.ts'
import type { Metric, Run } from '../../src/run/index.ts'
import { makeRun } from '../baseline/make-run.ts'

const SUBJECT = 'GET / · 50 clients'
const single = (name: string, unit: Metric['unit'], value: number): Metric => ({
  subject: SUBJECT,
  name,
  unit,
  better: 'lower',
  gates: false,
  value,
  evidence: { kind: 'repetitions', values: [value] },
})

const quantiles = (name: string, valuesNs: readonly number[]): Metric[] => [
  single(name, 'ns', valuesNs[0] ?? 0),
  ...['P50', 'P90', 'P99', 'P999'].map((suffix, index) => single(`${name}${suffix}`, 'ns', valuesNs[index] ?? 0)),
]

function loadRun(changes: Partial<Run> = {}): Run {
  return {
    ...makeRun({}),
    kind: 'load',
    suite: 'load',
    metrics: [
      { ...single('goodput', 'perSec', 2000), interval: { low: 1900, high: 2100, coverageRatio: 0.95 } },
      single('notSentRatio', 'ratio', 0),
      ...quantiles('responseTime', [1.5e6, 2.5e6, 12e6, 40e6]),
      ...quantiles('serviceTime', [1e6, 2e6, 3e6, 4e6]),
      { ...single('outcome HTTP 200', 'count', 12_345), better: 'higher' },
      single('outcome PROTOCOL EXCESS between requests', 'count', 2),
    ],
    warnings: [],
    validity: { state: 'valid', reasons: [] },
    failures: [],
    ...changes,
  }
}

const plain = { colour: false, unicode: true, widthColumns: 100 }

describe('a load, shown at a terminal', () => {
  it('has its rate, its times by percentile, and what became of the requests', () => {
    const lines = renderLoadTerminal(loadRun(), plain).split('\n')
    expect(lines[0]).toBe(SUBJECT)
    expect(lines[1]).toBe('2.00 k/s succeeded ±5.0 %')
    expect(lines[3]?.trim().split(/\s+/)).toEqual(['p50', 'p90', 'p99', 'p99.9'])
    expect(lines[4]).toMatch(/^response time +1\.50 ms +2\.50 ms +12\.0 ms +40\.0 ms/)
    expect(lines[5]).toMatch(/^service time +1\.00 ms/)
    expect(lines).toContain('12,345 × HTTP 200')
    expect(lines).toContain('2 × PROTOCOL EXCESS between requests (bytes came that no request asked for)')
  })

  it('has a line for each part, with its times, its count and its failures', () => {
    const part = (metric: Metric): Metric => ({ ...metric, subject: `${SUBJECT} › ping` })
    const metrics = [
      ...loadRun().metrics,
      ...[...quantiles('responseTime', [3e6, 4e6, 5e6, 6e6]), single('errorRatio', 'ratio', 0.25)].map(part),
    ]
    const lines = renderLoadTerminal(loadRun({ metrics }), plain).split('\n')
    expect(lines.filter((line) => line.startsWith('ping'))).toEqual([
      expect.stringMatching(/^ping +3\.00 ms +4\.00 ms +5\.00 ms +6\.00 ms +0 +25\.0 %$/),
    ])
    expect(lines.join('\n')).not.toContain('›')
  })

  it('says loudly what makes its figures doubtful', () => {
    const text = renderLoadTerminal(
      loadRun({ validity: { state: 'invalid', reasons: ['not a single request succeeded'] } }),
      plain,
    )
    expect(text).toMatch(/\n\ninvalid:\n! not a single request succeeded\n$/)
  })

  it('has what the target went through, when something looked inside', () => {
    const inside = [
      single('targetCpuPerRequest', 'ns', 412e3),
      single('targetCpuMean', 'ratio', 0.824),
      single('targetLoopBusyMean', 'ratio', 0.91),
      single('targetLoopDelayP99', 'ns', 3.1e6),
      single('targetLoopDelayMax', 'ns', 21e6),
      single('targetGcShareMean', 'ratio', 0.031),
      single('targetGcPauseMax', 'ns', 4.2e6),
      single('targetRssStart', 'bytes', 85.1e6),
      single('targetRssEnd', 'bytes', 92.3e6),
      single('targetHeapUsedStart', 'bytes', 21e6),
      single('targetHeapUsedEnd', 'bytes', 25.2e6),
    ]
    const of = (metrics: readonly Metric[], options = plain) =>
      renderLoadTerminal(loadRun({ metrics: [...loadRun().metrics, ...metrics] }), options)
    expect(of(inside)).toContain(
      [
        '',
        'target: 412 µs CPU a request · 82.4 % of a processor · event loop 91.0 % busy',
        '        event loop late by 3.10 ms at p99, 21.0 ms at most · GC 3.10 % of the time, 4.20 ms at most',
        '        memory 85.1 MB → 92.3 MB · heap used 21.0 MB → 25.2 MB',
        '',
      ].join('\n'),
    )
    const ascii = of(inside, { ...plain, unicode: false }).replace(SUBJECT, '')
    expect(ascii).toContain('memory 85.1 MB -> 92.3 MB, heap used')
    expect(ascii.replaceAll(/[\x20-\x7e\n]/g, '')).toBe('')
    expect(of(inside.slice(1))).toContain('target: 82.4 % of a processor')
    expect(of([])).not.toContain('target')
  })

  it('wraps notes at the width of the terminal', () => {
    const message = 'closed loop: '.concat('clients wait for their answers, '.repeat(5)).trim()
    const text = renderLoadTerminal(loadRun({ warnings: [{ code: 'CLOSED_LOOP', message }] }), {
      ...plain,
      widthColumns: 40,
    })
    expect(text).toContain('\n— closed loop: clients wait for their\n  answers,')
  })

  it('shows nothing outside ASCII where a terminal cannot, but for names', () => {
    const text = renderLoadTerminal(loadRun(), { ...plain, unicode: false }).replace(SUBJECT, '')
    expect(text.replaceAll(/[\x20-\x7e\n]/g, '')).toBe('')
  })

  it('hides control characters that a target could have put into an outcome', () => {
    const run = loadRun({ metrics: [single('outcome E\u001B[31mVIL', 'count', 1)] })
    expect(renderLoadTerminal(run, plain)).not.toContain('\u001B')
  })
})
