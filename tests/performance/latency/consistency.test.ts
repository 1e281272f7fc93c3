import type { Run } from '@gw/perf-kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { measureGateway, valueAt } from './measure-gateway.ts'

const MS = 1e6
const BACKEND_MS = 20

let run: Run

beforeAll(async () => {
  const levels = [{ capacityRatio: 0.1 }, { capacityRatio: 0.5 }, { capacityRatio: 0.8 }]
  run = await measureGateway(`fixed:${BACKEND_MS}ms`, { levels, arrivals: 'poisson' })
})

describe.each([
  ['4.2.2', 'low', 0.1, '10 % of capacity'],
  ['4.2.3', 'medium', 0.5, '50 % of capacity'],
  ['4.2.4', 'high', 0.8, '80 % of capacity'],
] as const)('%s test latency under %s load', (_task, _name, shareRatio, level) => {
  it('drives that share of what the gateway can do, and all of it is answered well', () => {
    const capacityPerSec = valueAt(run, 'capacity, 50 clients', 'capacity')
    // Poisson arrivals of two seconds at the lowest rate are some dozens.
    expect(valueAt(run, level, 'goodput') / capacityPerSec / shareRatio).toBeGreaterThan(0.6)
    expect(valueAt(run, level, 'goodput') / capacityPerSec / shareRatio).toBeLessThan(1.5)
    expect(valueAt(run, level, 'errorRatio')).toBe(0)
    expect(valueAt(run, level, 'notSentRatio')).toBe(0)
  })

  it('takes no less than the backend does, and its percentiles are in order', () => {
    const percentiles = ['P50', 'P90', 'P99'].map((suffix) => valueAt(run, level, `responseTime${suffix}`))
    // Timers round: the backend may wait a millisecond less than it was told.
    expect(percentiles[0]).toBeGreaterThan((BACKEND_MS - 1) * MS)
    expect(percentiles).toEqual(percentiles.toSorted((left, right) => left - right))
  })
})

describe('4.2 latency consistency', () => {
  it('waits longer at high load than at low load, for one call in ten', () => {
    const waits = ['10 % of capacity', '80 % of capacity'].map(
      (level) => valueAt(run, level, 'responseTimeP90') - BACKEND_MS * MS,
    )
    expect(waits[1]).toBeGreaterThan(waits[0] ?? Number.POSITIVE_INFINITY)
  })
})
