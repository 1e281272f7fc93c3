import { readdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AllocationProfile, TargetProcess } from '../../../src/target/index.ts'
import { agentOf, OBEDIENT, script, startWithAgent, tell } from './agent-target.ts'

const INTERVAL = { intervalBytes: 4_096 }

/** Where something of a function stands in its source, from 1. */
const lineOf = (text: string): number => OBEDIENT.split('\n').findIndex((line) => line.includes(text)) + 1

/** Bytes by the innermost function that stands in the script. */
function bytesByLine({ frames, stacks }: AllocationProfile): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>()
  for (const stack of stacks) {
    const own = stack.frames.map((number) => frames[number]).find((frame) => frame?.url === '[eval]')
    if (own !== undefined) bytes.set(own.line, (bytes.get(own.line) ?? 0) + stack.bytes)
  }
  return bytes
}

describe('what a target allocates', () => {
  it('is told with the line where the function begins that has, as far as it is still there', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.startAllocations(INTERVAL)
    await tell(target, '/garbage')
    await tell(target, '/keep')
    const kept = bytesByLine(await agent.allocations())
    // 300 000 objects of 28 bytes or so, and as many places in a list.
    const bytes = kept.get(lineOf("'/keep'")) ?? 0
    expect(bytes).toBeGreaterThan(6e6)
    expect(bytes).toBeLessThan(20e6)
    expect(kept.get(lineOf("'/garbage'")) ?? 0).toBeLessThan(bytes / 20)
  })

  it('is told without what finalizers let go of', async () => {
    const deed = `'/finalize': () => {
      globalThis.kept = Array.from({ length: 300_000 }, (_, turn) => ({ turn }))
      globalThis.registry = new FinalizationRegistry(() => { delete globalThis.kept })
      globalThis.registry.register({}, 'kept')
    }, '/cpu':`
    await using target = await startWithAgent({ command: script(OBEDIENT.replace("'/cpu':", deed)) })
    const agent = agentOf(target)
    await agent.startAllocations(INTERVAL)
    await tell(target, '/finalize')
    const { stacks } = await agent.allocations()
    expect(stacks.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(2e6)
  })

  it('is told with garbage where that is wished, however young it was', async () => {
    const young =
      "'/young': () => { for (let turn = 0; turn < 400_000; turn++) JSON.parse('[1, 2, 3, 4, 5, 6, 7, 8]') }, '/cpu':"
    await using target = await startWithAgent({ command: script(OBEDIENT.replace("'/cpu':", young)) })
    const agent = agentOf(target)
    await agent.startAllocations({ intervalBytes: 2 ** 16, withGarbage: true })
    await tell(target, '/young')
    await tell(target, '/garbage')
    const all = bytesByLine(await agent.allocations())
    // Lists of 80 bytes or more.
    expect(all.get(lineOf("'/cpu'")) ?? 0).toBeGreaterThan(24e6)
    // 400 000 times an object, a list of one, and their places.
    expect(all.get(lineOf("'/garbage'")) ?? 0).toBeGreaterThan(20e6)
  })

  it('is told apart by whether it is new since the last time', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await agent.startAllocations(INTERVAL)
    await tell(target, '/keep')
    const newOf = ({ stacks }: AllocationProfile): number => stacks.reduce((sum, { newer }) => sum + newer.bytes, 0)
    const [first, second] = [await agent.allocations(), await agent.allocations()]
    expect(newOf(first)).toBeGreaterThan(6e6)
    expect(newOf(second)).toBeLessThan(newOf(first) / 20)
  })

  it('is sampled for one client at a time, and for the next when that has left', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    await expect(agent.allocations()).rejects.toThrow('allocations are not sampled')
    await expect(agent.startAllocations({ intervalBytes: 1 })).rejects.toThrow('1024 bytes or more')
    await agent.startAllocations(INTERVAL)
    await expect(agent.startAllocations(INTERVAL)).rejects.toThrow('sampled already')
    await agent.stopAllocations()
    await agent.startAllocations(INTERVAL)
    expect((await agent.allocations()).tookNs).toBeGreaterThan(0)
  })

  it('needs an inspector, which a process does not load that is not asked', async () => {
    const source = OBEDIENT.replace(
      "'/cpu':",
      "'/inspector': () => process.moduleLoadList.includes('NativeModule inspector/promises'), '/cpu':",
    )
    await using target = await startWithAgent({ command: script(source) })
    const agent = agentOf(target)
    await agent.sample()
    expect(await tell(target, '/inspector')).toBe(false)
    await agent.startAllocations(INTERVAL)
    expect(await tell(target, '/inspector')).toBe(true)
  })
})

describe('a snapshot of a target', () => {
  it('is written beside its socket, for its owner alone, and gone when the target has stopped', async () => {
    const target = await startWithAgent()
    let file = ''
    try {
      const written = await agentOf(target).writeHeapSnapshot('one.heapsnapshot')
      file = written.file
      expect(written.tookNs).toBeGreaterThan(0)
      const { mode, size } = await stat(file)
      expect(size).toBeGreaterThan(1e6)
      expect(mode & 0o077).toBe(0)
      expect((await stat(dirname(file))).mode & 0o077).toBe(0)
    } finally {
      await target.stop()
    }
    await expect(readdir(dirname(file))).rejects.toThrow('ENOENT')
  })

  it('is removed by the target itself when its client has gone, who may have been killed', async () => {
    await using target = await startWithAgent()
    const agent = agentOf(target)
    const { file } = await agent.writeHeapSnapshot('one.heapsnapshot')
    agent.close()
    await expect.poll(async () => await readdir(dirname(file))).not.toContain('one.heapsnapshot')
    expect(await tell(target, '/')).toBe('hello')
  })

  it('is not written where others have their files', async () => {
    await using target = await startWithAgent()
    for (const name of ['../one.heapsnapshot', '/tmp/one.heapsnapshot', 'one.txt', '']) {
      await expect(agentOf(target).writeHeapSnapshot(name), name).rejects.toThrow('is called name.heapsnapshot')
    }
    expect(await tell(target, '/')).toBe('hello')
  })
})

describe('a target that is started to be traced', () => {
  const told = "'/options': () => ({ gc: typeof gc, own: process.env.OWN }), '/cpu':"
  const command = script(OBEDIENT.replace("'/cpu':", told))

  it('can collect its garbage, and has what it would have besides', async () => {
    await using target: TargetProcess = await startWithAgent({ command, traceable: true, env: { OWN: 'kept' } })
    expect(await tell(target, '/options')).toEqual({ gc: 'function', own: 'kept' })
    expect((await agentOf(target).collectGarbage()).heapUsedBytes).toBeGreaterThan(0)
  })

  it('is the only one that is', async () => {
    await using target = await startWithAgent({ command })
    expect(await tell(target, '/options')).toMatchObject({ gc: 'undefined' })
  })
})
