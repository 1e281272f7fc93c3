import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { clientsByLittlesLaw, driveGateway, outcomesOf, steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'

const { shortMs } = profileOf(process.env)

let gateway: TestProcess

beforeAll(async () => {
  gateway = await startGatewayProcess('--backends', '1', '--backend-latency', 'fixed:20ms', '--acquire-timeout', '30s')
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
})

describe.each([
  ['4.4.2', 10],
  ['4.4.3', 50],
  ['4.4.4', 100],
])('%s test latency with %i concurrent requests', (_task, clients) => {
  it('measures latencies that agree with the rate: clients = latency × rate (Little 1961)', async () => {
    const warmupMs = shortMs / 4
    const { result } = await driveGateway(gateway.url, {
      loop: 'closed',
      phases: steady(clients, shortMs + warmupMs),
      warmupNs: warmupMs * 1e6,
    })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    // Requests that began in the warm-up or ended after the schedule are counted on one side only.
    const shareAtTheEdges = clients / result.finished
    expect(clientsByLittlesLaw(result) / clients).toBeGreaterThan(0.9 - shareAtTheEdges)
    expect(clientsByLittlesLaw(result) / clients).toBeLessThan(1.1 + shareAtTheEdges)
  })
})

describe('4.4 more concurrent requests than the pool has connections', () => {
  it('wait longer, and are not answered faster', async () => {
    const load = (clients: number) => driveGateway(gateway.url, { loop: 'closed', phases: steady(clients, shortMs) })
    const { result: few } = await load(8)
    const { result: many } = await load(64)
    const ratio = many.response.getValueAtPercentile(50) / few.response.getValueAtPercentile(50)
    expect(ratio).toBeGreaterThan(2)
    expect(many.finished / few.finished).toBeLessThan(2)
  })
})
