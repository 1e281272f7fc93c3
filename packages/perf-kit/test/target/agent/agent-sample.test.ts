import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { residentBytes } from '../../../src/target/index.ts'
import { agentOf, OBEDIENT, script, startWithAgent, tell } from './agent-target.ts'

const NS_PER_MS = 1e6
const NS_PER_US = 1e3

function numbersOf(value: unknown): Readonly<Record<string, number>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

describe('a sample of a target', () => {
  it('tells the memory of its process, as the system sees it too', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    expect(agent.process.pid).toBe(target.pid)
    const { memory } = await agent.sample()
    const seenBytes = residentBytes(target.pid)
    if (seenBytes !== undefined) expect(memory.rssBytes / seenBytes).toBeCloseTo(1, 0)
    expect(memory.heapUsedBytes).toBeLessThan(memory.heapTotalBytes)
    expect(memory.heapTotalBytes).toBeLessThan(memory.rssBytes)
    expect(memory.arrayBuffersBytes).toBeLessThanOrEqual(memory.externalBytes)
  })

  it('tells the CPU time and the busy share of a stall', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    const before = await agent.sample()
    const { stalledNs = 0 } = numbersOf(await tell(target, '/stall?ms=400'))
    const { user = 0, system = 0 } = numbersOf(await tell(target, '/cpu'))
    const after = await agent.sample()
    // What the target says of itself between the two lies between the two.
    expect(after.cpu.userNs).toBeGreaterThanOrEqual(user * NS_PER_US)
    expect(after.cpu.systemNs).toBeGreaterThanOrEqual(system * NS_PER_US)
    expect(before.cpu.userNs).toBeLessThan(user * NS_PER_US)
    const activeNs = after.loop.activeNs - before.loop.activeNs
    const idleNs = after.loop.idleNs - before.loop.idleNs
    expect(activeNs).toBeGreaterThan(0.99 * stalledNs)
    expect((activeNs + idleNs) / (after.atNs - before.atNs)).toBeCloseTo(1, 1)
    expect(after.loop.turns).toBeGreaterThan(before.loop.turns ?? Number.POSITIVE_INFINITY)
  })

  it('tells how late the event loop was, since the last sample and so far', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.sample()
    await sleep(100)
    const { stalledNs = 0 } = numbersOf(await tell(target, '/stall?ms=700'))
    const stalled = await agent.sample({ restart: true })
    expect(stalled.delay.maxNs / stalledNs).toBeGreaterThan(0.9)
    await sleep(100)
    await tell(target, '/stall?ms=60')
    const calm = await agent.sample()
    expect(calm.delay.maxNs).toBeLessThan(stalled.delay.maxNs)
    expect(calm.delaySoFar.maxNs).toBe(calm.delay.maxNs)
    const later = await agent.sample()
    expect(later.delaySoFar.maxNs).toBeGreaterThanOrEqual(calm.delay.maxNs)
  })

  it('covers the time from the last sample on, without a gap', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    const samples = [await agent.sample(), await agent.sample(), await agent.sample()]
    expect(samples.map(({ fromNs }) => fromNs).slice(1)).toEqual(samples.map(({ atNs }) => atNs).slice(0, -1))
  })

  it('tells pauses of the collector on the clock that we have too', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.sample()
    const beforeNs = Number(process.hrtime.bigint())
    const { fromNs = 0, toNs = 0 } = numbersOf(await tell(target, '/garbage'))
    const afterNs = Number(process.hrtime.bigint())
    // The target's readings of the clock lie between ours, and its pauses between its own.
    expect(fromNs).toBeGreaterThan(beforeNs)
    expect(toNs).toBeLessThan(afterNs)
    await tell(target, '/')
    const { pauses, pausesLost } = await agent.sample()
    const within = pauses.filter(({ startNs, durationNs }) => startNs >= fromNs && startNs + durationNs <= toNs)
    expect(within.length).toBeGreaterThan(0)
    expect(new Set(pauses.map(({ kind }) => kind))).toContain('minor')
    expect(within.reduce((sum, { durationNs }) => sum + durationNs, 0)).toBeLessThan(toNs - fromNs)
    expect(pausesLost).toBe(0)
    expect((await agent.sample()).pauses.filter(({ startNs }) => startNs < toNs)).toEqual([])
  })

  it('comes late when the target stands still, and is about all of that time', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.sample()
    await sleep(100)
    const stall = tell(target, '/stall?ms=500')
    await sleep(100)
    const { delay, fromNs, atNs } = await agent.sample()
    const { stalledNs = 0 } = numbersOf(await stall)
    expect(delay.maxNs / stalledNs).toBeGreaterThan(0.9)
    expect(atNs - fromNs).toBeGreaterThan(stalledNs)
  })
})

it('sees a stall that begins right after a sample, before the next look at the loop', async () => {
  await using target = await startWithAgent()
  const agent = agentOf(target)
  const socket = connect(Number(new URL(target.url ?? '').port), '127.0.0.1')
  await once(socket, 'connect')
  await agent.sample()
  await sleep(100)
  await agent.sample()
  socket.write('GET /stall?ms=300 HTTP/1.1\r\nhost: x\r\n\r\n')
  const [answer] = await once(socket, 'data')
  socket.destroy()
  const stalledNs = Number(/"stalledNs":(\d+)/.exec(String(answer))?.[1])
  const { delay } = await agent.sample()
  expect(delay.maxNs / stalledNs).toBeGreaterThan(0.9)
})

it('sees a stall in the same turn of the loop, before it in the queue', async () => {
  await using target = await startWithAgent()
  const agent = agentOf(target)
  const socket = connect(Number(new URL(target.url ?? '').port), '127.0.0.1')
  await agent.sample()
  await sleep(100)
  // While it stands still, a longer stall and then a question arrive: both are read in one turn, the timers come after it.
  const first = tell(target, '/stall?ms=300')
  await sleep(100)
  socket.write('GET /stall?ms=600 HTTP/1.1\r\nhost: x\r\n\r\n')
  await sleep(100)
  const { delay } = await agent.sample()
  const { stalledNs = 0 } = numbersOf(await first)
  socket.destroy()
  expect(delay.maxNs / stalledNs).toBeGreaterThan(1.5)
})

describe('stalls of the event loop', () => {
  it('are told with their times, on the clock that we have too', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.sample()
    await sleep(100)
    const beforeNs = Number(process.hrtime.bigint())
    const { stalledNs = 0 } = numbersOf(await tell(target, '/stall?ms=400'))
    const afterNs = Number(process.hrtime.bigint())
    const { stalls, stallsLost } = await agent.sample()
    const [longest] = stalls.toSorted((left, right) => right.durationNs - left.durationNs)
    // It is told from when the loop last waited until it came to a timer: a little before and after the request’s own time.
    expect((longest?.durationNs ?? 0) / stalledNs).toBeGreaterThan(0.95)
    expect((longest?.startNs ?? 0) - beforeNs).toBeGreaterThan(-10 * NS_PER_MS)
    expect(longest?.startNs).toBeLessThan(afterNs - stalledNs)
    expect(stallsLost).toBe(0)
    expect((await agent.sample()).stalls.filter(({ startNs }) => startNs < afterNs - 10 * NS_PER_MS)).toEqual([])
  })

  it('are told with the sample that was asked for while one went on', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.sample()
    await sleep(100)
    const stall = tell(target, '/stall?ms=400')
    await sleep(100)
    const { stalls } = await agent.sample()
    const { stalledNs = 0 } = numbersOf(await stall)
    expect(Math.max(...stalls.map(({ durationNs }) => durationNs)) / stalledNs).toBeGreaterThan(0.95)
  })

  it('are none of a loop that turns all the time and is never long away', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    const before = await agent.sample()
    const untilMs = performance.now() + 1_000
    while (performance.now() < untilMs) await tell(target, '/stall?ms=1')
    const { stalls, atNs, fromNs, cpu, loop } = await agent.sample()
    const cpuNs = cpu.userNs + cpu.systemNs - before.cpu.userNs - before.cpu.systemNs
    // A busy machine lets it wait for a processor, which is a stall too, from our last look on.
    const waitedNs = Math.max(0, atNs - fromNs - cpuNs - (loop.idleNs - before.loop.idleNs))
    const stalledNs = stalls.reduce((sum, { durationNs }) => sum + durationNs, 0)
    expect(stalledNs).toBeLessThan(0.2 * (atNs - fromNs) + 3 * waitedNs)
  })
})

describe('on request', () => {
  it('tells what keeps the target alive, by kind, and how many files it has open', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    const [handles, files = 0] = [await agent.handles(), await agent.openFiles()]
    expect(handles).toMatchObject({ TCPServerWrap: 1 })
    // Neither its own sockets nor its timers count as the target's.
    expect(handles['PipeServerWrap']).toBeUndefined()
    const port = Number(new URL(target.url ?? '').port)
    const clients = Array.from({ length: 12 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
    for (const client of clients) client.write('GET /hold HTTP/1.1\r\nhost: x\r\n\r\n')
    await expect.poll(async () => (await agent.handles())['TCPSocketWrap'] ?? 0).toBeGreaterThanOrEqual(12)
    if (process.platform === 'linux') expect((await agent.openFiles()) ?? 0).toBeGreaterThanOrEqual(files + 12)
    for (const client of clients) client.destroy()
  })

  it('collects garbage, if the target lets it', async () => {
    const [node = '', ...rest] = script(OBEDIENT)
    await using target = await startWithAgent({ command: [node, '--expose-gc', ...rest] })
    const agent = agentOf(target)
    await tell(target, '/keep')
    const kept = await agent.collectGarbage()
    await tell(target, '/drop')
    const before = await agent.sample()
    expect((await agent.collectGarbage()).heapUsedBytes).toBeLessThan(0.7 * kept.heapUsedBytes)
    const { pauses } = await agent.sample()
    expect(pauses.filter(({ kind, startNs }) => kind === 'major' && startNs > before.atNs - NS_PER_MS)).not.toEqual([])
  })

  it('says that it cannot collect garbage, and goes on', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await expect(agent.collectGarbage()).rejects.toMatchObject({
      code: 'AGENT_FAILED',
      message: expect.stringContaining('runs without --expose-gc'),
    })
    expect((await agent.sample()).memory.rssBytes).toBeGreaterThan(0)
  })
})
