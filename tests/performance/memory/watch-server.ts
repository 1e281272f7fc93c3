import { fileURLToPath } from 'node:url'
import { type LeakVerdict, LoadGenerator, MemoryMonitor } from '@gw/perf-kit'
import { TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'

const SERVER = fileURLToPath(new URL('../fixtures/leaks/server.ts', import.meta.url))
const NS_PER_MS = 1e6
/** Always so many connections, however busy the machine is: they take memory too. */
const CLIENTS = 8
/** 2000 requests a second at most: what is kept of them has to fit into memory. */
const THINK_NS = 4 * NS_PER_MS
/** So that seconds are enough of a load that goes on for seconds. */
const SAMPLES = 40
const COLLECTIONS = 20
const MOST_TIMES = 8

export interface Watched {
  readonly verdict: LeakVerdict
  readonly requests: number
  /** what the server says itself that it keeps more than before, for each request, after all garbage was collected */
  readonly trueBytesPerRequest: number
  readonly trueBufferBytesPerRequest: number
}

export interface Keeping {
  readonly kind: string
  /** at a time */
  readonly bytes?: number
  /** requests between two times; default 1 */
  readonly every?: number
}

/** A server that keeps things, asked by a few clients, and watched meanwhile. */
export async function watchServer({ kind, bytes = 64, every = 1 }: Keeping, durationMs: number): Promise<Watched> {
  await using target = await startServer({ kind, bytes, every })
  const url = target.url ?? ''
  const before = await keptBy(url)
  const phases = [{ from: CLIENTS, to: CLIENTS, durationNs: durationMs * NS_PER_MS }]
  const generator = new LoadGenerator({ url, loop: 'closed', phases, thinkNs: THINK_NS })
  const monitor = MemoryMonitor.of(target, {
    everyNs: (durationMs * NS_PER_MS) / SAMPLES,
    load: generator,
    // Natural ones come each time that the heap has grown by 24 MB or so: hardly ever within seconds.
    collectEveryNs: (durationMs * NS_PER_MS) / COLLECTIONS,
  })
  monitor.start()
  await generator.run()
  await monitor.stop()
  const after = await keptBy(url)
  const requests = after.requests - before.requests
  return {
    verdict: monitor.verdict(),
    requests,
    trueBytesPerRequest: (after.heapUsed - before.heapUsed) / requests,
    trueBufferBytesPerRequest: (after.arrayBuffers - before.arrayBuffers) / requests,
  }
}

/**
 * The same, and longer where it is not known whether a signal leaks: requests of a few seconds are uneven on a busy machine, and the verdict then says that
 * twice as long may do.
 */
export async function watchUntilKnown(keeping: Keeping, durationMs: number, signal: string): Promise<Watched> {
  let watched = await watchServer(keeping, durationMs)
  for (let times = 2; times <= MOST_TIMES && stateOf(watched, signal) === 'inconclusive'; times *= 2) {
    watched = await watchServer(keeping, times * durationMs)
  }
  return watched
}

function stateOf({ verdict }: Watched, name: string): string | undefined {
  return verdict.signals.find(({ signal }) => signal === name)?.state
}

export async function startServer({ kind, bytes = 64, every = 1 }: Keeping): Promise<TargetProcess> {
  return await TargetProcess.start({
    command: [process.execPath, '--expose-gc', SERVER, kind, `${bytes}`, `${every}`],
    ready: { log: /listening on (\S+)/ },
    agent: true,
  })
}

interface Kept {
  readonly requests: number
  readonly heapUsed: number
  readonly arrayBuffers: number
}

export async function keptBy(url: string): Promise<Kept> {
  const told = await (await fetch(new URL('/kept', url))).json()
  if (!isKept(told)) throw new Error(`the server says ${JSON.stringify(told)}`)
  return told
}

function isKept(told: unknown): told is Kept {
  return typeof told === 'object' && told !== null && 'heapUsed' in told && 'arrayBuffers' in told && 'requests' in told
}

/** How much of one signal it found; throws with what it found instead. */
export function eachOf({ verdict }: Watched, signal: string) {
  const found = verdict.signals.find((each) => each.signal === signal)
  if (found?.each === undefined) throw new Error(`${signal} is not known: ${found?.because ?? verdict.because}`)
  return found.each
}

export function leakingSignals({ signals }: LeakVerdict): string[] {
  return signals.filter(({ state }) => state === 'leaking').map(({ signal }) => signal)
}
