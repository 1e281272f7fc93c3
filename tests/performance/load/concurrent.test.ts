import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { profileOf } from '../profile.ts'
import { clientsByLittlesLaw, driveGateway, outcomesOf, phase, steady } from './drive-gateway.ts'

const { shortMs } = profileOf(process.env)

let gateway: TestProcess

beforeAll(async () => {
  // 500 clients wait behind each other: what is tested is that none is lost, not how long they wait.
  gateway = await startGatewayProcess('--backends', '2', '--acquire-timeout', '30s')
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
})

describe.each([
  // The more there are, the longer it takes until all have a session.
  ['2.1.2', 100, shortMs / 2],
  ['2.1.3', 250, shortMs],
  ['2.1.4', 500, 1.5 * shortMs],
])('%s test %i concurrent clients', (_task, clients, durationMs) => {
  it('serves every one of them, in sessions of their own, and forgets them when they leave', async () => {
    const { result, mostSessions, sessionsLeft } = await driveGateway(gateway.url, {
      loop: 'closed',
      phases: steady(clients, durationMs),
    })
    expect(result.isComplete).toBe(true)
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    expect(mostSessions).toBe(clients)
    expect(sessionsLeft).toBe(0)
    // What began within the schedule and ended after it is counted on one side only.
    expect(clientsByLittlesLaw(result) / clients).toBeLessThan(1.1 + clients / result.finished)
  })
})

describe('2.1.5 test rapid client connection', () => {
  it('takes in 100 clients that come at the same instant, again and again', async () => {
    const waves = 3
    const phases = Array.from({ length: waves }, () => [phase(100, 100, shortMs / 2), phase(0, 0, shortMs / 6)]).flat()
    const { result, mostSessions, sessionsLeft } = await driveGateway(gateway.url, { loop: 'closed', phases })
    expect(result.isComplete).toBe(true)
    expect(Object.keys(outcomesOf(result))).toEqual(['HTTP 200'])
    expect(mostSessions).toBe(100)
    expect(sessionsLeft).toBe(0)
  })

  it('refuses those beyond its limit with what they can understand, and serves the others', async () => {
    await using small = await startGatewayProcess('--backends', '1', '--max-sessions', '20')
    const { result, mostSessions } = await driveGateway(small.url, { loop: 'closed', phases: steady(40, shortMs) })
    expect(Object.keys(outcomesOf(result)).toSorted()).toEqual(['HTTP 200', 'SESSION HTTP 503'])
    expect(mostSessions).toBe(20)
  })
})
