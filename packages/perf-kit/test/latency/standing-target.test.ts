import { describe, expect, it } from 'vitest'
import { LatencyMeasurer } from '../../src/latency/index.ts'
import { explainSlowRequests, type SlowRequests } from '../../src/latency/slow-requests.ts'
import { LoadGenerator, type TargetPause, TargetSeconds } from '../../src/load/index.ts'
import { runSchema } from '../../src/run/index.ts'
import { TargetProcess } from '../../src/target/index.ts'
import { agentOf, script } from '../target/agent/agent-target.ts'

const S = 1e9
const MOST_TURNS = 6

/** A server that stands still now and then, for a reason of its own, and knows when that was. */
const standing = (deed: string) => `
  const now = () => Number(process.hrtime.bigint())
  const kept = []
  const stood = []
  ${deed}
  const server = require('node:http').createServer((request, response) => {
    response.end(request.url === '/stood' ? JSON.stringify(stood) : 'hello')
  })
  server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
  setInterval(() => { const startNs = now(); stand(); stood.push({ startNs, endNs: now() }) }, 400)`

const COMPUTES = standing('const stand = () => { const from = now(); while (now() - from < 50e6); }')
const COLLECTS = standing(`
  for (let turn = 0; turn < 600000; turn++) kept.push({ turn, more: [turn] })
  const stand = () => globalThis.gc()`)

interface Explained {
  readonly found: SlowRequests | undefined
  /** by what the target knows itself */
  readonly truth: SlowRequests | undefined
}

/** On a busy machine both the target and requests may have waited for a processor instead: then once more. */
async function inACalmMoment(expectAll: () => Promise<void>): Promise<void> {
  for (let turn = 1; turn < MOST_TURNS; turn++) {
    const isFulfilled = await expectAll().then(
      () => true,
      () => false,
    )
    if (isFulfilled) return
  }
  await expectAll()
}

async function explainedLoad(source: string, flags: readonly string[] = []): Promise<Explained> {
  const [node = '', ...rest] = script(source)
  await using target = await TargetProcess.start({
    command: [node, ...flags, ...rest],
    ready: { log: /listening on (\S+)/ },
    agent: true,
  })
  const phases = [{ from: 600, to: 600, durationNs: 4.5 * S }]
  const generator = new LoadGenerator({ url: target.url ?? '', loop: 'open', phases, warmupNs: 1 * S })
  const inside = TargetSeconds.watch(agentOf(target), generator)
  const result = await generator.run()
  await inside.stop()
  const stood = (await (await fetch(new URL('/stood', target.url))).json()) as readonly TargetPause[]
  return {
    found: explainSlowRequests(result, inside),
    truth: explainSlowRequests(result, { pauses: [], stalls: stood }),
  }
}

function shareOf(slow: SlowRequests | undefined, name: string): number {
  return slow?.parts.find((part) => part.name === name)?.share.ratio ?? 0
}

describe('what slow requests waited for', () => {
  it('is the event loop, first and by as much as the target knows, when it computes for 50 ms now and then', async () => {
    await inACalmMoment(async () => {
      const { found, truth } = await explainedLoad(COMPUTES)
      expect(shareOf(truth, 'target event loop')).toBeGreaterThan(0.5)
      expect(found?.parts[0]?.name).toBe('target event loop')
      expect(shareOf(found, 'target event loop') / shareOf(truth, 'target event loop')).toBeGreaterThan(0.85)
      expect(shareOf(found, 'target event loop') / shareOf(truth, 'target event loop')).toBeLessThan(1.15)
      expect(shareOf(found, 'target gc')).toBeLessThan(0.2 * shareOf(found, 'target event loop'))
    })
  })

  it('is the collector, and not the event loop too, when it collects garbage now and then', async () => {
    await inACalmMoment(async () => {
      const { found, truth } = await explainedLoad(COLLECTS, ['--expose-gc'])
      expect(shareOf(truth, 'target event loop')).toBeGreaterThan(0.5)
      expect(found?.parts[0]?.name).toBe('target gc')
      expect(shareOf(found, 'target gc') / shareOf(truth, 'target event loop')).toBeGreaterThan(0.8)
      expect(shareOf(found, 'target event loop')).toBeLessThan(0.25 * shareOf(found, 'target gc'))
    })
  })
})

it('is told at each level of a latency measurement, with what the target’s process was like', async () => {
  await using target = await TargetProcess.start({
    command: script(COMPUTES),
    ready: { log: /listening on (\S+)/ },
    agent: true,
  })
  const levels = [{ ratePerSec: 600 }, { clients: 4 }]
  const options = { url: target.url ?? '', levels, target, durationNs: 2 * S, warmupNs: 0.3 * S }
  const run = runSchema().parse(await new LatencyMeasurer(options).measure())
  for (const subject of ['GET / · 600/s', 'GET / · 4 clients']) {
    const names = run.metrics.filter((metric) => metric.subject === subject).map(({ name }) => name)
    expect(names).toContain('targetCpuMean')
    expect(names).toContain('targetLoopDelayMax')
    expect(names).toContain('slowExcess target event loop')
    const series = (run.series ?? []).filter((each) => each.subject === subject).map(({ name }) => name)
    expect(series).toContain('targetLoopBusy')
  }
})
