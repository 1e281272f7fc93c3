import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { profileOf } from '../profile.ts'
import { driveGateway, outcomesOf, phase } from './drive-gateway.ts'

const { sustainedMs } = profileOf(process.env)
/** Clients that think ask as often as there are clients, as long as the gateway keeps up. */
const THINK_NS = 200e6

let gateway: TestProcess

beforeAll(async () => {
  gateway = await startGatewayProcess('--backends', '2')
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
})

const middleOf = (values: readonly number[], fromRatio: number, toRatio: number): number => {
  const part = values.slice(Math.floor(values.length * fromRatio), Math.ceil(values.length * toRatio))
  return part.reduce((sum, value) => sum + value, 0) / part.length
}

describe('2.3.2 test gradual ramp from 1 to 100 clients', () => {
  it('has sessions and requests grow with the clients, and none fail', async () => {
    const { result, sessions, mostSessions, sessionsLeft } = await driveGateway(gateway.url, {
      loop: 'closed',
      phases: [phase(1, 100, sustainedMs)],
      thinkNs: THINK_NS,
    })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    expect(middleOf(sessions, 0, 0.25)).toBeLessThan(0.6 * middleOf(sessions, 0.25, 0.75))
    expect(middleOf(sessions, 0.25, 0.75)).toBeLessThan(0.8 * mostSessions)
    expect(mostSessions).toBeGreaterThanOrEqual(95)
    expect(result.wholeSeconds[0] ?? Number.NaN).toBeLessThan(0.6 * Math.max(...result.wholeSeconds))
    expect(sessionsLeft).toBe(0)
  })
})

describe('2.3.3 test instant ramp to 100 clients', () => {
  it('has all of them at once, and none fail', async () => {
    const { result, sessions, mostSessions } = await driveGateway(gateway.url, {
      loop: 'closed',
      phases: [phase(1, 1, sustainedMs / 4), phase(100, 100, sustainedMs / 2)],
      thinkNs: THINK_NS,
    })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    expect(sessions.slice(0, 3).every((count) => count <= 1)).toBe(true)
    expect(mostSessions).toBe(100)
    // Half of the ramp's way takes far less time than the ramp of the gradual case.
    const between = sessions.filter((count) => count > 1 && count < 100)
    expect(between.length).toBeLessThan(sessions.length / 2)
  })
})

describe('2.3.4 test ramp-down behavior', () => {
  it('ends the sessions of clients that leave, one after the other, and serves the others', async () => {
    const { result, sessions, mostSessions, sessionsLeft } = await driveGateway(gateway.url, {
      loop: 'closed',
      phases: [phase(100, 100, sustainedMs / 2), phase(100, 1, sustainedMs / 2)],
      thinkNs: THINK_NS,
    })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    expect(mostSessions).toBe(100)
    expect(middleOf(sessions, 0.9, 1)).toBeLessThan(0.5 * mostSessions)
    expect(sessionsLeft).toBe(0)
  })
})
