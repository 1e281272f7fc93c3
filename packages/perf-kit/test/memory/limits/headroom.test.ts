import { describe, expect, it } from 'vitest'
import { judgeHeadroom, MemoryMonitor, type MemorySample, memoryLimitsOf } from '../../../src/memory/index.ts'
import { agentOf, script, startWithAgent } from '../../target/agent/agent-target.ts'
import { samplesOf } from './limited-samples.ts'

const MIB = 2 ** 20
const UNLIMITED = { heapBytes: undefined, groupBytes: undefined }
const SMALL = { heapBytes: 100 * MIB, groupBytes: undefined }

describe('the room that a process has below its limits', () => {
  it('is within where full collections leave enough, however much garbage lies there', () => {
    const headroom = judgeHeadroom(samplesOf({ heap: 97, left: [30, 40] }, { heap: 60 }), SMALL)
    expect(headroom.state).toBe('within')
    const [heap] = headroom.limits
    expect(heap).toMatchObject({ limit: 'heap', peakBytes: 97 * MIB, keptBytes: 40 * MIB, state: 'within' })
    expect(heap?.peakRatio).toBeCloseTo(0.97)
    expect(headroom.because).toBe(
      'heap: 97 MiB at most, 97 % of 100 MiB, of which full collections have left 40 MiB at most',
    )
  })

  it('is near where they leave little', () => {
    expect(judgeHeadroom(samplesOf({ heap: 95, left: [91] }), SMALL).state).toBe('near')
    expect(judgeHeadroom(samplesOf({ heap: 95, left: [91] }), SMALL, { nearRatio: 0.95 }).state).toBe('within')
  })

  it('is near by all that lies there, where no collection has said how much of it is garbage', () => {
    expect(judgeHeadroom(samplesOf({ heap: 92 }), SMALL).state).toBe('near')
  })

  it('is judged of the control group too, by what is resident, also without a word from inside', () => {
    const limits = { heapBytes: undefined, groupBytes: 200 * MIB }
    expect(judgeHeadroom(samplesOf({ rss: 120 }, { rss: 190 }), limits)).toMatchObject({
      state: 'near',
      because: 'this process, of its control group’s limit: 190 MiB at most, 95 % of 200 MiB',
    })
    // The others of its group may have the rest.
    expect(judgeHeadroom(samplesOf({ rss: 60 }), limits)).toMatchObject({
      state: 'unknown',
      because: expect.stringContaining('30 % of 200 MiB, and what others of the group take is not known'),
    })
    const both = { heapBytes: 100 * MIB, groupBytes: 200 * MIB }
    expect(judgeHeadroom(samplesOf({ heap: 50, left: [20], rss: 190 }), both).because).toMatch(
      /^this process, of its control group/,
    )
  })

  it('is exceeded when it has ended because of a limit, whatever was seen before', () => {
    const end = { kind: 'out of heap', because: 'it ran out of heap' } as const
    expect(judgeHeadroom(samplesOf({ heap: 20, left: [10] }), SMALL, { end }).state).toBe('exceeded')
    const other = { kind: 'exception', because: 'nobody caught an error' } as const
    expect(judgeHeadroom(samplesOf({ heap: 20, left: [10] }), SMALL, { end: other }).state).toBe('within')
  })

  it.each([
    ['nobody tells a limit', samplesOf({ rss: 50 }), UNLIMITED, 'nobody tells a limit'],
    ['nothing was seen', samplesOf(), SMALL, 'nothing was seen of the process'],
    ['nobody tells what it takes', samplesOf({ rss: 50 }), SMALL, 'nothing was seen of what it takes'],
  ])('is unknown where %s', (_title, samples, limits, because) => {
    const headroom = judgeHeadroom(samples, limits)
    expect(headroom).toMatchObject({ state: 'unknown', limits: [] })
    expect(headroom.because).toContain(because)
  })
})

describe('the limits of a target', () => {
  it.each([
    ['its command', ['--max-old-space-size=70'], undefined],
    ['its command, in other letters', ['--max_old_space_size=70'], undefined],
    ['its environment', [], '--max-old-space-size=70'],
    ['both, of which the command is stronger', ['--max-old-space-size=70'], '--max-old-space-size=90'],
  ])('are told by its agent, as they are in %s', async (_title, flags, nodeOptions) => {
    const [node = '', ...rest] = script(`require('node:http').createServer().listen(0, '127.0.0.1', function () {
      console.log('listening on http://127.0.0.1:' + this.address().port + '/') })`)
    const env = nodeOptions === undefined ? {} : { env: { NODE_OPTIONS: nodeOptions } }
    await using target = await startWithAgent({ command: [node, ...flags, ...rest], ...env })
    expect(memoryLimitsOf(target).heapBytes).toBe(70 * MIB)
    const { heapLimitBytes } = agentOf(target).process
    expect(heapLimitBytes).toBeGreaterThanOrEqual(70 * MIB)
    // 192 MiB for what is young, in some versions.
    expect(heapLimitBytes).toBeLessThan(400 * MIB)
  })

  it('are what V8 has chosen, where nobody has said any', async () => {
    await using target = await startWithAgent({ env: { NODE_OPTIONS: '' } })
    expect(memoryLimitsOf(target).heapBytes).toBeGreaterThan(200 * MIB)
  })

  it('cannot be known without an agent, and nothing is made up', async () => {
    await using target = await startWithAgent({ agent: false })
    const limits = memoryLimitsOf(target)
    expect(limits.heapBytes).toBeUndefined()
    const samples: MemorySample[] = []
    const monitor = MemoryMonitor.of(target, { everyNs: 20e6, onSample: (sample) => samples.push(sample) }).start()
    await expect.poll(() => samples.length).toBeGreaterThan(2)
    await monitor.stop()
    const headroom = judgeHeadroom(samples, { ...limits, groupBytes: undefined })
    expect(headroom).toMatchObject({ state: 'unknown', limits: [] })
    expect(headroom.because).toContain('without an agent in it that of its heap is not known')
  })
})
