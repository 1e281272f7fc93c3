import { type Run, renderLoadTerminal } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodeOfRegression, type Judged, metricsThat, RepeatedGateway, reportOf } from '../repeated-gateway.ts'
import { measureGateway, metricAt, valueAt } from './measure-gateway.ts'

const PLAIN = { colour: false, unicode: true, widthColumns: 120 }

let slowBackend: Run
let crowded: Run

beforeAll(async () => {
  // One call in forty waits for its backend, by a wide margin.
  slowBackend = await measureGateway('mixed:97.5%=1ms,2.5%=120ms', { levels: [{ clients: 4 }] })
  // Every call waits for one of eight connections.
  crowded = await measureGateway('fixed:2ms', { levels: [{ clients: 48 }] })
})

function mostOfExcess(run: Run): string | undefined {
  return run.metrics.find(({ name }) => name.startsWith('slowExcess '))?.name
}

describe('4.6.2 test percentile distribution reporting', () => {
  it('shows the percentiles of the distribution that is in the Run', () => {
    const shown = renderLoadTerminal(slowBackend, PLAIN)
    const row = /response time +(.*)/.exec(shown)?.[1] ?? ''
    for (const suffix of ['P50', 'P90', 'P99', 'P999']) {
      const valueMs = valueAt(slowBackend, '4 clients', `responseTime${suffix}`) / 1e6
      expect(row).toContain(valueMs >= 1 ? `${Number(valueMs.toPrecision(3)).toPrecision(3)} ms` : ' µs')
    }
    expect(metricAt(slowBackend, '4 clients', 'responseTime').evidence.kind).toBe('histogram')
  })
})

describe('4.6.3 test baseline comparison reporting', () => {
  const LATENCY = ['latency', '--at', '2,8', '-d', '600ms', '--warmup', '200ms', '--repeat', '5']
  const LEVELS = ['2 clients', '8 clients']
  /** So long that what the machine does at the moment is little of it. */
  const AS_ACCEPTED = ['--backend-latency', 'fixed:80ms']
  const SLOWER = ['--backend-latency', 'fixed:160ms']
  let gateway: RepeatedGateway
  let slower: Judged

  beforeAll(async () => {
    gateway = await RepeatedGateway.create()
    const accepting = [...LATENCY, '--accept', '--reason', 'first numbers', '--author', 'Ada']
    const accepted = await gateway.measure(AS_ACCEPTED, accepting)
    expect(accepted.stderr).toMatch(/^accepted 2 subjects of latency into \S+$/m)
    expect(accepted.exitCode, accepted.stderr).toBe(0)
    slower = await gateway.measure(SLOWER, [...LATENCY, '--json'])
    await gateway.write('slower.json', slower.stdout)
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
  })

  it('finds at each level that a backend takes twice as long, for the typical call', () => {
    const report = reportOf(slower)
    for (const level of LEVELS) {
      const ofLevel = report.comparison.verdicts.filter(({ subject }) => subject.includes(` · ${level}`))
      const p50 = ofLevel.find(({ metric }) => metric === 'responseTimeP50')
      expect(p50?.state).toBe('regressed')
      expect(p50?.effectRatio).toBeGreaterThan(0.4)
    }
    expect(slower.exitCode).toBe(exitCodeOfRegression(report))
  })

  it('holds each level against its own numbers, and shows both', async () => {
    const { run, comparison } = reportOf(slower)
    for (const { subject, metric, candidateValue, baselineValue } of comparison.verdicts) {
      const own = run.metrics.find((each) => each.subject === subject && each.name === metric)
      expect(own?.repetitions).toHaveLength(5)
      expect(own?.repetitions).toContain(candidateValue)
      if (metric === 'responseTimeP50') expect(candidateValue).toBeGreaterThan(baselineValue)
    }
    const shown = (await gateway.measure([], ['report', 'slower.json'])).stdout
    expect(shown.match(/^5 repetitions +median +from … to +verdict$/gm)).toHaveLength(LEVELS.length)
    expect(shown.match(/^response time p50 .* ✗ regressed \+[\d.]+ % \(/gm)).toHaveLength(LEVELS.length)
    expect(shown).toMatch(/^2 regressed, against the baseline of \d{4}-\d\d-\d\d/m)
  })

  it('finds no typical call slower when the gateway is the one that was accepted', async () => {
    const same = await gateway.measure(AS_ACCEPTED, [...LATENCY, '--json'])
    expect(metricsThat(reportOf(same), 'regressed')).not.toContain('responseTimeP50')
  })
})

describe('4.6.4 test latency source identification', () => {
  it('says that it was the backend, when it was', () => {
    expect(mostOfExcess(slowBackend)).toBe('slowExcess target backend')
    expect(valueAt(slowBackend, '4 clients', 'slowExcess target backend')).toBeGreaterThan(0.5)
    expect(renderLoadTerminal(slowBackend, PLAIN)).toMatch(/where their time went.*\n.*\n +target: backend/)
  })

  it('says that calls waited for a connection to the backend, when they did', () => {
    const acquire = valueAt(crowded, '48 clients', 'slowShare target acquire')
    expect(acquire).toBeGreaterThan(valueAt(crowded, '48 clients', 'slowShare target backend'))
  })

  it('accounts for all of the time', () => {
    for (const [run, level] of [
      [slowBackend, '4 clients'],
      [crowded, '48 clients'],
    ] as const) {
      const shares = run.metrics.filter(({ name, subject }) => name.startsWith('slowShare ') && subject.endsWith(level))
      expect(shares.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 3)
    }
  })
})
