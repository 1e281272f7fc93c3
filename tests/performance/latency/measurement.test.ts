import { judgeBudgets } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { driveGateway, steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'
import { measureAt, valueAt } from './measure-gateway.ts'

const MS = 1e6
const { shortMs } = profileOf(process.env)

let gateway: TestProcess
let slower: TestProcess

beforeAll(async () => {
  gateway = await startGatewayProcess('--backends', '1', '--backend-latency', 'fixed:20ms')
  slower = await startGatewayProcess('--backends', '1', '--backend-latency', 'fixed:25ms')
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await slower[Symbol.asyncDispose]()
})

describe('4.3.2 test full request lifecycle measurement', () => {
  it('has every phase, from the name that is looked up to the last byte, and they add up', async () => {
    const byName = gateway.url.replace('127.0.0.1', 'localhost')
    const { result } = await driveGateway(byName, { loop: 'open', phases: steady(100, shortMs) })
    const { times, response, plan } = result
    expect(plan.endpoint.hostname).toBe('localhost')
    const meanOf = (name: keyof typeof times): number => times[name].mean
    expect(times.waiting.totalCount).toBe(response.totalCount)
    expect((meanOf('waiting') + meanOf('receiving')) / meanOf('service')).toBeCloseTo(1, 2)
    expect((meanOf('dns') + meanOf('tcp') + meanOf('tls')) / meanOf('connect')).toBeCloseTo(1, 1)
    expect(times.dns.maxValue).toBeGreaterThan(0)
    expect(times.tcp.maxValue).toBeGreaterThan(0)
    expect(times.tls.maxValue).toBe(0)
    // What waited for a connection is in the response time, and in no other.
    expect(response.mean).toBeGreaterThanOrEqual(meanOf('service'))
    // A gateway that waits 20 ms for its backend lets the head of its answer be waited for, and not its bytes.
    expect(meanOf('waiting')).toBeGreaterThan(10 * meanOf('receiving'))
  })
})

describe('4.3.3 test measurement reproducibility', () => {
  it('comes to the same verdict twice, and to about the same median', async () => {
    const measuring = {
      levels: [{ clients: 6 }],
      budgets: [
        { metric: 'responseTime', quantileRatio: 0.5, limit: 10 * MS },
        { metric: 'responseTime', quantileRatio: 0.5, limit: 10_000 * MS },
      ],
    }
    const runs = [await measureAt(gateway.url, measuring), await measureAt(gateway.url, measuring)]
    for (const run of runs) expect(judgeBudgets(run).map(({ state }) => state)).toEqual(['broken', 'kept'])
    const [first = 0, second = 0] = runs.map((run) => valueAt(run, '6 clients', 'responseTimeP50'))
    expect(first / second).toBeGreaterThan(0.7)
    expect(first / second).toBeLessThan(1.4)
  })
})

describe('4.3.4 test high precision timing', () => {
  it('sees a backend that takes 5 ms more, of 20', async () => {
    const at = async (url: string): Promise<number> =>
      valueAt(await measureAt(url, { levels: [{ clients: 4 }] }), '4 clients', 'responseTimeP50')
    const [base, more, baseAgain] = [await at(gateway.url), await at(slower.url), await at(gateway.url)]
    const differenceMs = (more - (base + baseAgain) / 2) / MS
    expect(differenceMs).toBeGreaterThan(1)
    expect(differenceMs).toBeLessThan(15)
  })

  it('tells times apart that a millisecond clock could not', async () => {
    const { result } = await driveGateway(gateway.url, { loop: 'closed', phases: steady(4, shortMs) })
    const quantiles = Array.from({ length: 50 }, (_, index) => result.response.getValueAtPercentile(2 * index + 1))
    const withinOneMs = new Set(
      quantiles.filter((valueNs) => Math.floor(valueNs / MS) === Math.floor((quantiles[25] ?? 0) / MS)),
    )
    expect(withinOneMs.size).toBeGreaterThan(3)
  })
})
