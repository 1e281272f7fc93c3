import { readdir } from 'node:fs/promises'
import type { LoadOptions } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'
import { phase, steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'
import { agentOf, driveWatched, keptBytes, mostUsedBytes, startGateway } from './watch-gateway.ts'

const NS_PER_MS = 1e6
/** Of each call; an object without properties has 16 bytes, and what refers to it 8. */
const ALLOWED_PER_CALL = 64
/** Code that is compiled meanwhile is kept as well, and buckets that grow. */
const ALLOWED_ONCE = 4e6
const { sustainedMs } = profileOf(process.env)
const durationMs = sustainedMs / 2
const warmUpMs = Math.min(1_000, durationMs)
/** Each answer waits so long, so that as many calls are under way as there are clients. */
const WAITING = { args: { delayMs: 50 } }

type GatewayLoad = Pick<LoadOptions, 'loop' | 'phases'> & Partial<LoadOptions>

let gateway: TargetProcess

beforeAll(async () => {
  gateway = await startGateway({ nodeFlags: ['--expose-gc'] })
})

afterAll(async () => {
  await gateway?.stop()
})

/** What a load leaves behind, when it has been driven for a while before: code, pools and buckets are made once. */
async function keptOf(load: (lastsMs: number) => GatewayLoad, watching = {}, lastsMs: number = durationMs) {
  await driveWatched(gateway, load(warmUpMs), watching)
  const before = await keptBytes(gateway)
  const driven = await driveWatched(gateway, load(lastsMs), watching)
  const after = await keptBytes(gateway)
  return { ...driven, before, after, kept: after - before }
}

describe('3.3.2 test memory with 100 concurrent requests', () => {
  it('so many calls take memory while they are under way, and leave none behind', async () => {
    const load = (lastsMs: number): GatewayLoad => ({ loop: 'closed', phases: steady(100, lastsMs) })
    const driven = await keptOf(load, WAITING)
    const { result, monitor, kept, after } = driven
    expect(result.failed).toBe(0)
    expect(result.finished).toBeGreaterThanOrEqual(100)
    expect(kept).toBeLessThan(ALLOWED_ONCE + ALLOWED_PER_CALL * result.finished)
    expect(mostUsedBytes(driven)).toBeGreaterThan(after)
    expect(monitor.state).toEqual({ state: 'watching' })
  })
})

describe('3.3.3 test memory with request burst', () => {
  it('gives up what bursts of ten times as many calls have taken', async () => {
    const load = (lastsMs: number): GatewayLoad => ({
      loop: 'open',
      phases: [phase(100, 100, lastsMs)],
      spikes: { factor: 10, everyNs: (lastsMs / 4) * NS_PER_MS, lastsNs: (lastsMs / 20) * NS_PER_MS },
    })
    const { result, kept } = await keptOf(load)
    expect(result.failed).toBe(0)
    // What is asked without bursts, and some of these.
    expect(result.offered).toBeGreaterThan(1.2 * ((100 * durationMs) / 1_000))
    expect(kept).toBeLessThan(ALLOWED_ONCE + ALLOWED_PER_CALL * result.finished)
  })
})

describe('3.3.4 test memory with connection churn', () => {
  it('keeps nothing of connections and sessions that come and go', async () => {
    const waves = 4
    const load = (lastsMs: number): GatewayLoad => ({
      loop: 'closed',
      // Clients that come have a connection and a session of their own, and end both when they go.
      phases: Array.from({ length: waves }, () => [
        phase(1, 60, lastsMs / (2 * waves)),
        phase(60, 1, lastsMs / (2 * waves)),
      ]).flat(),
      mcpSession: { requestsPerSession: 5 },
    })
    const openBefore = await openFiles()
    const { result, kept } = await keptOf(load, {}, sustainedMs)
    const sessions = result.mcp?.sessionOpen.totalCount ?? 0
    expect(result.failed).toBe(0)
    // A machine that stands still for a second or two leaves out a wave.
    expect(result.times.connect.totalCount).toBeGreaterThan(30)
    expect(sessions).toBeGreaterThan(30)
    await expect.poll(openFiles, { timeout: 20_000 }).toBeLessThan(openBefore + 30)
    expect(kept).toBeLessThan(ALLOWED_ONCE + ALLOWED_PER_CALL * sessions)
  })
})

/** Where the system tells; elsewhere nothing is seen of it. */
async function openFiles(): Promise<number> {
  return await readdir(`/proc/${agentOf(gateway).process.pid}/fd`).then(
    ({ length }) => length,
    () => 0,
  )
}
