import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LoadGenerator, MemoryMonitor } from '@gw/perf-kit'
import { describe, expect, it } from 'vitest'
import { TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'
import { profileOf } from '../profile.ts'
import { keptBy, leakingSignals, startServer } from './watch-server.ts'

const GATEWAY = fileURLToPath(new URL('../../../packages/gateway/src/main.ts', import.meta.url))
const NS_PER_MS = 1e6
/** From so long on a healthy gateway is known to be one; shorter, it may be said that nobody knows. */
const LONG_ENOUGH_MS = 3_600_000
/** Longer than a burst lasts, and than connections are kept for the next request. */
const IDLE_MS = 6_000
const { shortMs, sustainedMs, longMs } = profileOf(process.env)

// Beside each other: each of them waits for most of its time.
describe.concurrent.each([
  { task: '3.1.2 test no memory growth over 1 hour', clients: 50, durationMs: sustainedMs },
  { task: '3.1.3 test no memory growth over 8 hours', clients: 25, durationMs: longMs },
])('$task (as long as the profile says)', ({ clients, durationMs }) => {
  it('the gateway keeps nothing of the calls that it has passed on', async () => {
    await using gateway = await TargetProcess.start({
      command: [process.execPath, GATEWAY, '--port', '0', '--backends', '1'],
      ready: { log: /listening on (\S+)/ },
      agent: true,
    })
    const generator = new LoadGenerator({
      url: gateway.url ?? '',
      mcp: { method: 'tools/call', params: { name: 'backend-1__tool-1', arguments: {} } },
      loop: 'closed',
      phases: [{ from: clients, to: clients, durationNs: durationMs * NS_PER_MS }],
      thinkNs: 20 * NS_PER_MS,
    })
    const monitor = MemoryMonitor.of(gateway, {
      everyNs: Math.min(1e9, (durationMs * NS_PER_MS) / 20),
      load: generator,
    })
    monitor.start()
    await generator.run()
    await monitor.stop()
    const verdict = monitor.verdict()
    expect(leakingSignals(verdict), verdict.because).toEqual([])
    if (durationMs >= LONG_ENOUGH_MS) expect(verdict.state, verdict.because).toBe('steady')
    expect(monitor.state).toEqual({ state: 'watching' })
    expect(monitor.doubts).toEqual([])
    expect(new Set(verdict.signals.map(({ signal }) => signal))).toContain('heap')
  })
})

describe.concurrent('3.1.4 test memory after idle period', () => {
  it('gives back what bursts have taken, and what has leaked stays', async () => {
    const [bursts, object] = await Promise.all([keptAfterIdling('bursts'), keptAfterIdling('object')])
    expect(object).toBeGreaterThan(1_000)
    expect(bursts).toBeLessThan(object / 4)
  })
})

/** For each request, when all garbage has been collected. */
async function keptAfterIdling(kind: string): Promise<number> {
  await using target = await startServer({ kind, bytes: 1_024 })
  const url = target.url ?? ''
  const before = await keptBy(url)
  const phases = [{ from: 8, to: 8, durationNs: shortMs * NS_PER_MS }]
  await new LoadGenerator({ url, loop: 'closed', phases }).run()
  await sleep(Math.max(IDLE_MS, shortMs / 10))
  const after = await keptBy(url)
  return (after.heapUsed - before.heapUsed) / (after.requests - before.requests)
}
