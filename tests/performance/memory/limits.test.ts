import { fileURLToPath } from 'node:url'
import {
  judgeHeadroom,
  judgeRelief,
  LoadGenerator,
  MemoryMonitor,
  type MemorySample,
  memoryLimitsOf,
} from '@gw/perf-kit'
import { describe, expect, it } from 'vitest'
import { TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'
import { steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'
import { driveWatched, endOf, keptBytes, mostUsedBytes, startGateway } from './watch-gateway.ts'

const SERVER = fileURLToPath(new URL('../fixtures/limits/server.ts', import.meta.url))
const MIB = 2 ** 20
/** Several times what the gateway keeps, and a fortieth of what V8 would let it have. */
const ENOUGH_MIB = 96
/** What servers need for themselves, and some. */
const LITTLE_MIB = 64
const LARGE_BYTES = 6e6
const TOO_LARGE_BYTES = 40e6
/** What leads to the limit is over in seconds, and is given as long as a busy machine may take. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 50
/** Servers make room at 75 %: far enough below it that some collection comes in between. */
const APPROACH_RATIO = 0.5
const { sustainedMs, shortMs } = profileOf(process.env)

describe('3.5.2 test memory limit respected', () => {
  it('the gateway keeps well within a limit of its heap while it is driven, and answers all', async () => {
    await using gateway = await startGateway({ nodeFlags: [`--max-old-space-size=${ENOUGH_MIB}`] })
    const limits = memoryLimitsOf(gateway)
    expect(limits.heapBytes).toBe(ENOUGH_MIB * MIB)
    const { result, samples } = await driveWatched(gateway, { loop: 'closed', phases: steady(50, sustainedMs / 2) })
    const headroom = judgeHeadroom(samples, limits, { end: await gateway.explainEnd() })
    expect(headroom.state, headroom.because).toBe('within')
    const [heap] = headroom.limits
    expect(heap?.peakRatio).toBeGreaterThan(0.05)
    expect(heap?.peakRatio).toBeLessThan(1)
    expect(result.failed).toBe(0)
    expect(result.finished).toBeGreaterThan(50)
    expect(gateway.hasEnded).toBe(false)
  })
})

describe('3.5.3 test memory limit exceeded handling', () => {
  it('says that the gateway ran out of heap when results do not fit into it, and keeps what tells why', async () => {
    await using gateway = await startGateway({ nodeFlags: [`--max-old-space-size=${LITTLE_MIB}`] })
    const limits = memoryLimitsOf(gateway)
    // Each is there as text and as what was read of it.
    const { result, monitor, samples } = await driveWatched(
      gateway,
      { loop: 'closed', phases: steady(4, PATIENCE_MS) },
      { args: { bytes: TOO_LARGE_BYTES }, signal: endOf(gateway) },
    )
    expect(gateway.hasEnded).toBe(true)
    const end = await gateway.explainEnd()
    expect(end).toMatchObject({ kind: 'out of heap', signal: 'SIGABRT' })
    expect(end?.because).toContain(`of ${LITTLE_MIB} MiB`)
    expect(end?.evidence).toContain('JavaScript heap out of memory')
    expect(judgeHeadroom(samples, limits, { end }).state).toBe('exceeded')
    expect(monitor.state).toMatchObject({ state: 'ended' })
    expect(result.isComplete).toBe(false)
  })
})

describe('3.5.4 test memory cleanup on limit approach', () => {
  it.each(['evicts', 'sheds'])('sees that a server makes room near its limit: it %s', async (kind) => {
    const { relief, refused, end } = await driveToLimit(kind)
    expect(relief.state, relief.because).toBe('relieved')
    expect(refused > 0).toBe(kind === 'sheds')
    expect(end).toBeUndefined()
  })

  it('sees that another one goes on until its end', async () => {
    const { relief, end } = await driveToLimit('keeps')
    expect(relief.state, relief.because).not.toBe('relieved')
    expect(end?.kind).toBe('out of heap')
  })

  it('the gateway gives up what large results have taken, when these have been passed on', async () => {
    await using gateway = await startGateway({ nodeFlags: ['--expose-gc', `--max-old-space-size=${2 * ENOUGH_MIB}`] })
    const load = { loop: 'closed', phases: steady(4, shortMs / 2) } as const
    await driveWatched(gateway, load)
    const before = await keptBytes(gateway)
    const large = await driveWatched(gateway, load, { args: { bytes: LARGE_BYTES } })
    const taken = mostUsedBytes(large) - before
    // Connections to backends keep the last result that they have read until they read another.
    await driveWatched(gateway, load)
    const left = (await keptBytes(gateway)) - before
    expect(large.result.failed).toBe(0)
    expect(taken).toBeGreaterThan(LARGE_BYTES)
    expect(left, `${left} of ${taken} bytes`).toBeLessThan(taken / 4)
    expect(gateway.hasEnded).toBe(false)
  })
})

/** Driven until it has made room or has ended, whichever comes first. */
async function driveToLimit(kind: string) {
  await using server = await TargetProcess.start({
    command: [process.execPath, '--expose-gc', `--max-old-space-size=${LITTLE_MIB}`, SERVER, kind, `${LITTLE_MIB}`],
    ready: { log: /listening on (\S+)/ },
    agent: true,
  })
  // Slow enough to be seen on its way, some 60 kB of each request; natural collections may pass the place where room is made.
  const generator = new LoadGenerator({
    url: server.url ?? '',
    loop: 'closed',
    phases: steady(4, PATIENCE_MS),
    thinkNs: 4e6,
  })
  const samples: MemorySample[] = []
  const onSample = (sample: MemorySample) => samples.push(sample)
  const monitor = MemoryMonitor.of(server, { everyNs: 50e6, collectEveryNs: 250e6, load: generator, onSample }).start()
  const reliefNow = () => judgeRelief(samples, memoryLimitsOf(server).heapBytes ?? 0, { approachRatio: APPROACH_RATIO })
  const over = new AbortController()
  const looking = setInterval(() => {
    if (server.hasEnded || reliefNow().state === 'relieved') over.abort()
  }, LOOK_EVERY_MS)
  const { outcomes } = await generator.run(over.signal).finally(() => clearInterval(looking))
  await monitor.stop()
  return { relief: reliefNow(), refused: outcomes.get('HTTP 503') ?? 0, end: await server.explainEnd() }
}
