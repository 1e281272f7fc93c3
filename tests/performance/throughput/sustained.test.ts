import { type LoadResult, throughputDrift } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { driveGateway, type GatewayLoad, outcomesOf, phase, steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'
import { CONNECTIONS_PER_SEC, callsOf, type LimitedGateway, startLimitedGateway } from './search-gateway.ts'

const { shortMs, sustainedMs } = profileOf(process.env)
const NS_PER_MS = 1e6
/** Fewer seconds have no trend that could be told from chance. */
const SHORTEST_DRIFT_MS = 7_000
const DRIFT_MS = Math.max(sustainedMs, SHORTEST_DRIFT_MS)
const DECLINE_MS = SHORTEST_DRIFT_MS + 1_000
/** The first second has the opening of sessions in it. */
const WARMUP_MS = 1_000
const THINK_NS = 100e6

const CROWD = 50

let gateway: LimitedGateway
let atEighty: LoadResult
let steadily: LoadResult
let declining: LoadResult

beforeAll(async () => {
  gateway = await startLimitedGateway(1)
  await using second = await startLimitedGateway(1)
  await using third = await startLimitedGateway(1)
  const warmupNs = WARMUP_MS * NS_PER_MS
  // As `perf-kit latency` estimates it: a search is another test's.
  const crowd = await drive(gateway, { loop: 'closed', phases: steady(CROWD, 2 * WARMUP_MS), warmupNs })
  const ratePerSec = 0.8 * crowd.goodputPerSec
  // All are slow by their backends and not by the machine, and do not disturb each other.
  const results = await Promise.all([
    drive(gateway, { loop: 'open', phases: steady(ratePerSec, sustainedMs + WARMUP_MS), warmupNs }),
    drive(second, { loop: 'closed', phases: steady(6, DRIFT_MS + WARMUP_MS), warmupNs }),
    drive(third, { loop: 'closed', phases: [phase(24, 2, DECLINE_MS + WARMUP_MS)], warmupNs, thinkNs: THINK_NS }),
  ])
  ;[atEighty, steadily, declining] = results
})

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
})

async function drive(driven: LimitedGateway, load: GatewayLoad): Promise<LoadResult> {
  return (await driveGateway(driven.url, { mcp: callsOf(driven), ...load })).result
}

const offeredPerSec = ({ offered, measuredNs }: LoadResult): number => (offered * 1e9) / measuredNs
const endedPerSec = ({ finished, measuredNs }: LoadResult): number => (finished * 1e9) / measuredNs

describe('5.2.2 test sustained throughput at 80 % of capacity', () => {
  it('goes on doing all of it, and all of it in time (as long as the profile says)', () => {
    const result = atEighty
    expect(result.isComplete).toBe(true)
    expect(result.dropped).toBe(0)
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    // What is asked in the last moments is answered after them.
    expect(result.goodputPerSec / offeredPerSec(result)).toBeGreaterThan(0.9)
    const perSec = result.wholeSeconds
    const slow = perSec.filter((succeeded) => succeeded < offeredPerSec(result) / 2)
    expect(slow.length).toBeLessThanOrEqual(Math.floor(perSec.length / 1000))
  })

  it('is told apart from throughput: beyond capacity as much ends as is asked, and less of it is any good', async () => {
    // After a second of it, what is asked waits for half a second.
    const phases = steady(1.5 * CONNECTIONS_PER_SEC, shortMs)
    const result = await drive(gateway, { loop: 'open', phases, timeoutNs: 500 * NS_PER_MS })
    expect(result.responseOk.totalCount).toBeGreaterThan(0)
    expect(result.failed).toBeGreaterThan(0)
    expect(endedPerSec(result) / offeredPerSec(result)).toBeGreaterThan(0.9)
    expect(result.goodputPerSec / endedPerSec(result)).toBeLessThan(0.85)
    expect(result.goodputPerSec / CONNECTIONS_PER_SEC).toBeLessThan(1.2)
  })
})

describe('5.2.3 test throughput over time', () => {
  it('does not drift, and goodput is all of it (as long as the profile says)', () => {
    const drift = throughputDrift(steadily.wholeSeconds)
    expect(drift.change).toBeDefined()
    expect(drift.state, drift.because).not.toBe('drifting')
    expect(outcomesOf(steadily)).toEqual({ 'HTTP 200': steadily.offered })
    expect(steadily.goodputPerSec / endedPerSec(steadily)).toBeGreaterThan(0.95)
  })

  it('drifts where clients leave one after the other: that is seen, and how much it is', () => {
    const drift = throughputDrift(declining.wholeSeconds)
    expect(drift.state, drift.because).toBe('drifting')
    expect(drift.change?.highRatio).toBeLessThan(-0.2)
  })
})

describe('5.2.4 test throughput with request size variation', () => {
  const SIZES = [
    { size: '100B', bytes: 100 },
    { size: '10kB', bytes: 10_000 },
    { size: '1MB', bytes: 1_000_000 },
  ]
  let plain: TestProcess
  let results: readonly LoadResult[]

  beforeAll(async () => {
    plain = await startGatewayProcess('--backends', '1')
    const measured: LoadResult[] = []
    for (const { size } of SIZES) {
      const params = { name: 'backend-1__echo', arguments: { text: `{{payload ${size}}}` } }
      const load = { loop: 'closed', phases: steady(4, shortMs / 2), mcp: { method: 'tools/call', params } } as const
      measured.push((await driveGateway(plain.url, load)).result)
    }
    results = measured
  })

  afterAll(async () => {
    await plain?.[Symbol.asyncDispose]()
  })

  it('answers every request of 100 B to 1 MB, with as much as was sent', () => {
    for (const [index, result] of results.entries()) {
      expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
      expect(result.receivedBytes / result.finished).toBeGreaterThan(SIZES[index]?.bytes ?? Number.NaN)
    }
  })

  it('does fewer requests of 1 MB than of 100 B, and moves more bytes with them', () => {
    const [small, , large] = results
    if (small === undefined || large === undefined) throw new Error('there are three sizes')
    expect(large.goodputPerSec / small.goodputPerSec).toBeLessThan(0.7)
    const bytesPerSec = ({ receivedBytes, measuredNs }: LoadResult): number => receivedBytes / measuredNs
    expect(bytesPerSec(large) / bytesPerSec(small)).toBeGreaterThan(2)
  })
})
