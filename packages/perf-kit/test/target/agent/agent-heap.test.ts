import { describe, expect, it } from 'vitest'
import { agentOf, OBEDIENT, script, startWithAgent, tell } from './agent-target.ts'

describe('what a target keeps', () => {
  it('is told with what full collections have left, on the clock that we have too, and each of them once', async () => {
    const [node = '', ...rest] = script(OBEDIENT)
    await using target = await startWithAgent({ command: [node, '--expose-gc', ...rest] })
    const agent = agentOf(target)
    const first = await agent.heap()
    expect(first.collections).toEqual([])
    await tell(target, '/keep')
    const beforeNs = Number(process.hrtime.bigint())
    await agent.collectGarbage()
    const afterNs = Number(process.hrtime.bigint())
    const kept = await agent.heap()
    const [collection] = kept.collections.slice(-1)
    expect(collection?.endNs).toBeGreaterThan(beforeNs)
    expect(collection?.endNs).toBeLessThan(afterNs)
    // 300 000 objects of 32 bytes or so, and as many places in a list.
    expect((collection?.oldBytes ?? 0) - first.oldBytes).toBeGreaterThan(8e6)
    await tell(target, '/drop')
    await agent.collectGarbage()
    const dropped = await agent.heap()
    const times = [...kept.collections, ...dropped.collections].map(({ endNs }) => endNs)
    expect(times.every((endNs, index) => endNs > (times[index - 1] ?? 0))).toBe(true)
    expect((dropped.collections.at(-1)?.oldBytes ?? 0) - first.oldBytes).toBeLessThan(2e6)
  })

  it('asks for no collection: an idle target has none, however often it is asked', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    const samples = []
    for (let turn = 0; turn < 50; turn++) samples.push(await agent.heap())
    expect(samples.flatMap(({ collections }) => collections)).toEqual([])
    expect(samples.every(({ collectionsLost }) => collectionsLost === 0)).toBe(true)
  })

  it('leaves out what is young', async () => {
    await using target = await startWithAgent()
    const { memory, oldBytes } = await agentOf(target).heap()
    // Of a process that has just begun, some hundred kB.
    expect(memory.heapUsedBytes - oldBytes).toBeGreaterThan(50_000)
    expect(oldBytes).toBeGreaterThan(memory.heapUsedBytes / 4)
  })

  it('tells what keeps the event loop alive, and listeners of the process', async () => {
    const source = `${OBEDIENT}; for (let turn = 0; turn < 3; turn++) process.on('SIGUSR2', () => turn); setInterval(() => {}, 1e6)`
    await using target = await startWithAgent({ command: script(source) })
    await using plain = await startWithAgent()
    const [sample, other] = [await agentOf(target).heap(), await agentOf(plain).heap()]
    expect(sample.resources).toMatchObject({ TCPServerWrap: 1, Timeout: 1 })
    expect(sample.listeners - other.listeners).toBe(3)
  })

  it('says how many worker threads it has started, also those that do not keep it alive', async () => {
    const worker = "new (require('node:worker_threads').Worker)('setInterval(() => {}, 1e6)', { eval: true }).unref()"
    const deed = `'/worker': () => Boolean(${worker}), '/cpu':`
    await using target = await startWithAgent({ command: script(OBEDIENT.replace("'/cpu':", deed)) })
    const agent = agentOf(target)
    expect((await agent.heap()).workers).toBe(0)
    await tell(target, '/worker')
    await tell(target, '/worker')
    expect((await agent.heap()).workers).toBe(2)
  })

  it('is told anew where that is wished, without what was collected before, and watched for no more after the end', async () => {
    const [node = '', ...rest] = script(OBEDIENT)
    await using target = await startWithAgent({ command: [node, '--expose-gc', ...rest] })
    const agent = agentOf(target)
    await agent.heap()
    await agent.collectGarbage()
    expect((await agent.heap({ restart: true })).collections).toEqual([])
    await agent.collectGarbage()
    expect((await agent.heap()).collections.length).toBeGreaterThan(0)
    await agent.endHeap()
    await agent.collectGarbage()
    expect((await agent.heap()).collections).toEqual([])
    await agent.endHeap()
    await agent.endHeap()
  })

  it('counts handles less often where there are many of them, and tells of none that it has not counted', async () => {
    const timer = "'/timer': () => Boolean(setTimeout(() => {}, 1e8)), '/cpu':"
    const source = `${OBEDIENT.replace("'/cpu':", timer)}; for (let turn = 0; turn < 50_000; turn++) setTimeout(() => {}, 1e8)`
    await using target = await startWithAgent({ command: script(source) })
    const agent = agentOf(target)
    const first = await agent.heap()
    expect(first.resources?.['Timeout']).toBe(50_000)
    await tell(target, '/timer')
    expect((await agent.heap()).resources).toBeNull()
    await expect.poll(async () => (await agent.heap()).resources?.['Timeout']).toBe(50_001)
  })
})
