import { beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess } from '../../../packages/gateway/test/system/processes.ts'
import { profileOf } from '../profile.ts'
import { driveGateway, outcomesOf, steady } from './drive-gateway.ts'

const { shortMs } = profileOf(process.env)
const MS = 1e6
/** Fewer than connections in the gateway's pool, so that no call waits for another. */
const CLIENTS = 6

interface Measured {
  readonly finished: number
  readonly p50Ns: number
  readonly p99Ns: number
}

let fast: Measured
let slow: Measured
let mixed: Measured

beforeAll(async () => {
  fast = await driveWith('fixed:5ms')
  slow = await driveWith('fixed:500ms')
  mixed = await driveWith('mixed:90%=5ms,10%=500ms')
})

async function driveWith(latency: string): Promise<Measured> {
  await using gateway = await startGatewayProcess('--backends', '1', '--backend-latency', latency)
  const { result } = await driveGateway(gateway.url, { loop: 'closed', phases: steady(CLIENTS, shortMs) })
  expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
  const [p50Ns = Number.NaN, p99Ns = Number.NaN] = [50, 99].map((percent) =>
    result.response.getValueAtPercentile(percent),
  )
  return { finished: result.finished, p50Ns, p99Ns }
}

describe('2.4.2 test with fast backend responses (<10ms)', () => {
  it('waits for the backend, and is many times as fast as with a slow one', () => {
    // Timers round: the backend may wait a millisecond less than it was told.
    expect(fast.p50Ns).toBeGreaterThan(4 * MS)
    expect(slow.p50Ns / fast.p50Ns).toBeGreaterThan(5)
    expect(fast.finished / slow.finished).toBeGreaterThan(5)
  })
})

describe('2.4.3 test with slow backend responses (500ms)', () => {
  it('answers no more calls than clients and time allow, and not far fewer', () => {
    expect(slow.p50Ns).toBeGreaterThan(499 * MS)
    const mostPossible = (CLIENTS * shortMs) / 500 + CLIENTS
    expect(slow.finished).toBeLessThanOrEqual(mostPossible)
    expect(slow.finished).toBeGreaterThan(mostPossible / 3)
  })
})

describe('2.4.4 test with mixed backend response times', () => {
  it('shows both: most calls are near the fast backend, and the slowest as slow as the slow one', () => {
    expect(slow.p50Ns / mixed.p50Ns).toBeGreaterThan(4)
    expect(mixed.p99Ns).toBeGreaterThan(499 * MS)
    expect(mixed.finished).toBeGreaterThan(slow.finished)
    expect(mixed.finished).toBeLessThan(fast.finished)
  })
})
