import { describe, expect, it } from 'vitest'
import type { Comparison, Verdict } from '../../src/baseline/index.ts'
import {
  makeLoadReport,
  parseStored,
  renderJson,
  renderLoadHtml,
  renderLoadMarkdown,
  renderLoadTerminal,
} from '../../src/report/index.ts'
import type { Metric, Run } from '../../src/run/index.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'
import { sampleLoadRun } from './sample-load-run.ts'

const PLAIN = { colour: false, unicode: true, widthColumns: 120 }
const REPETITIONS: Readonly<Record<string, number[]>> = {
  goodput: [1980, 2000, 2010, 1990, 1995],
  responseTimeP50: [1.9e6, 1.7e6, 1.8e6, 1.75e6, 1.85e6],
  serviceTimeP50: [1.2e6, 1.2e6, 1.2e6, 1.2e6, 1.2e6],
}

function withRepetitions(metric: Metric): Metric {
  const repetitions = REPETITIONS[metric.name]
  return repetitions === undefined ? metric : { ...metric, repetitions, gates: metric.name !== 'serviceTimeP50' }
}

function repeatedRun(changes: Partial<Run> = {}): Run {
  const run = sampleLoadRun()
  return { ...run, metrics: run.metrics.map(withRepetitions), ...changes }
}

const subject = sampleLoadRun().metrics[0]?.subject ?? ''

function verdict(metric: string, state: Verdict['state'], changes: Partial<Verdict> = {}): Verdict {
  return {
    subject,
    metric,
    unit: 'ns',
    better: 'lower',
    state,
    gates: true,
    baselineValue: 1.4e6,
    candidateValue: 1.8e6,
    effectRatio: 0.29,
    low: 0.2,
    high: 0.4,
    coverageRatio: 0.99,
    test: 'rank-sum',
    pValues: { worse: 0.004, better: 1, withinMargin: 1 },
    thresholdRatio: 0.1,
    sampleCounts: { baseline: 5, candidate: 5 },
    reason: 'worse',
    ...changes,
  }
}

const COMPARISON: Comparison = {
  suite: 'load',
  configuration: 'default',
  against: {
    kind: 'baseline',
    file: 'load.json',
    environmentId: 'here',
    acceptances: [
      {
        id: 'a',
        by: 'Ada',
        at: '2026-01-02T03:04:05.000Z',
        reason: 'first',
        commit: null,
        dirty: false,
        subjectCount: 1,
      },
    ],
  },
  gating: true,
  advisoryReasons: [],
  doubts: [],
  verdicts: [
    verdict('goodput', 'inconclusive', { reason: 'the evidence cannot tell' }),
    verdict('responseTimeP50', 'regressed'),
    verdict('serviceTimeP50', 'passed', { gates: false }),
  ],
  added: [],
  removed: [],
}
const NOTHING: Comparison = {
  ...COMPARISON,
  against: { kind: 'nothing' },
  gating: false,
  advisoryReasons: ['there is no baseline yet'],
  verdicts: [],
}

describe('repetitions of a load', () => {
  it('have a table of their own at a terminal, with a verdict where there is one', () => {
    const lines = renderLoadTerminal(repeatedRun(), PLAIN, COMPARISON).split('\n')
    const from = lines.findIndex((line) => line.startsWith('5 repetitions'))
    expect(lines.slice(from, from + 4).map((line) => line.split(/\s{2,}/))).toEqual([
      ['5 repetitions', 'median', 'from … to', 'verdict'],
      ['succeeded', '2.00 k/s', '1.98 k/s to 2.01 k/s', '? inconclusive (+20 … +40 %)'],
      ['response time p50', '1.80 ms', '1.70 ms to 1.90 ms', '✗ regressed +29 % (+20 … +40)'],
      ['service time p50', '1.20 ms', '✓ passed, as advice'],
    ])
    expect(lines.slice(-3)).toEqual([
      '1 regressed, against the baseline of 2026-01-02; 10 % is the smallest change that this run could see',
      `${subject}, goodput: the evidence cannot tell`,
      '',
    ])
  })

  it('have no verdicts when nothing was compared, and say how to get a baseline', () => {
    expect(renderLoadTerminal(repeatedRun(), PLAIN)).toMatch(/^5 repetitions +median +from … to$/m)
    const text = renderLoadTerminal(repeatedRun(), PLAIN, NOTHING)
    expect(text).toMatch(/^5 repetitions +median +from … to$/m)
    expect(text).toContain('load: there is no baseline yet\n')
    expect(text).toContain('perf-kit load --repeat 5 --accept --reason "first numbers"')
  })

  it('say what is new and not judged yet', () => {
    const added = [{ subject, metric: 'responseTimeP50' }]
    const text = renderLoadTerminal(repeatedRun(), PLAIN, { ...COMPARISON, verdicts: [], added })
    expect(text).toMatch(/^response time p50 .* new$/m)
    expect(text).toContain(`new, not judged until accepted: ${subject}`)
  })

  it('are in Markdown with the result first', () => {
    const text = renderLoadMarkdown(repeatedRun(), COMPARISON)
    expect(text).toMatch(/^\*\*1 regressed, against the baseline of 2026-01-02; .*\*\*\n/)
    expect(text).toContain('| 5 repetitions | median | from … to | verdict |\n|:---|---:|---:|:---|\n')
    expect(text).toContain('| response time p50 | 1.80 ms | 1.70 ms to 1.90 ms | ✗ regressed +29 % (+20 … +40) |\n')
  })

  it('are on the page, with the result before any figure', async () => {
    const page = await renderLoadHtml(repeatedRun(), COMPARISON)
    expect(page).toContain('<td class="bad">✗ regressed +29 % (+20 … +40)</td>')
    expect(page.indexOf('1 regressed, against')).toBeLessThan(page.indexOf('key-figures"'))
    expect(await renderLoadHtml(repeatedRun())).not.toContain('Against the baseline')
  })

  it('come back from their JSON as they were', () => {
    const report = makeLoadReport(repeatedRun(), COMPARISON)
    expect(report.overall).toBe('regressed')
    expect(parseStored(renderJson(report), 'it')).toEqual({ kind: 'load-report', report })
    const newer = renderJson(report).replace('"schemaVersion": 1', '"schemaVersion": 9')
    expect(() => parseStored(newer, 'it')).toThrow('it has schema version 9, and this perf-kit reads version 1')
    const broken = renderJson(report).replace('"overall": "regressed"', '"overall": "fine"')
    expect(() => parseStored(broken, 'it')).toThrow('it is not a report of a load')
  })

  it('keep hostile names of parts in one cell of one line each', () => {
    const goodput = repeatedRun().metrics.filter(({ name }) => name === 'goodput')
    const parts = HOSTILE_NAMES.flatMap((name) =>
      goodput.map((metric) => ({ ...metric, subject: `${subject} › ${name}` })),
    )
    const run = repeatedRun({ metrics: [...repeatedRun().metrics, ...parts] })
    const rows = renderLoadMarkdown(run)
      .split('\n')
      .filter((line) => line.endsWith('1.98 k/s to 2.01 k/s |'))
    expect(rows).toHaveLength(1 + HOSTILE_NAMES.length)
    expect(renderLoadTerminal(run, PLAIN)).not.toMatch(/\p{Cc}(?<!\n)/u)
  })

  it('have nothing outside ASCII where a terminal cannot show it, but for names', () => {
    const metrics = repeatedRun().metrics.filter(({ name }) => !name.startsWith('outcome '))
    const run = repeatedRun({ metrics })
    const text = renderLoadTerminal(run, { ...PLAIN, unicode: false }, COMPARISON).replaceAll(subject, '')
    expect(text.replaceAll(/[\x20-\x7e\n]/g, '')).toBe('')
  })
})
