import { type Run, renderLoadTerminal } from '@gw/perf-kit'
import { beforeAll, describe, expect, it } from 'vitest'
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
