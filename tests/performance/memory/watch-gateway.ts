import { fileURLToPath } from 'node:url'
import { LoadGenerator, type LoadOptions, type LoadResult, MemoryMonitor, type MemorySample } from '@gw/perf-kit'
import { type TargetAgent, type TargetOptions, TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'

const GATEWAY = fileURLToPath(new URL('../../../packages/gateway/src/main.ts', import.meta.url))
const SAMPLE_NS = 50e6

export interface GatewayOptions extends Partial<TargetOptions> {
  /** of Node, before the gateway's own */
  readonly nodeFlags?: readonly string[]
  readonly flags?: readonly string[]
}

/** The gateway and a backend of its own. What is set with `nodeFlags` is the gateway's alone. */
export async function startGateway({ nodeFlags = [], flags = [], ...options }: GatewayOptions): Promise<TargetProcess> {
  return await TargetProcess.start({
    command: [process.execPath, ...nodeFlags, GATEWAY, '--port', '0', '--backends', '1', ...flags],
    ready: { log: /listening on (\S+)/ },
    agent: true,
    ...options,
  })
}

/** Aborted when it has ended. */
export function endOf({ exit }: TargetProcess): AbortSignal {
  const over = new AbortController()
  void exit.then(() => over.abort())
  return over.signal
}

export function agentOf({ agent, withoutAgent }: TargetProcess): TargetAgent {
  if (agent === undefined) throw new Error(`there is no agent: ${withoutAgent}`)
  return agent
}

export interface WatchedLoad {
  readonly result: LoadResult
  readonly monitor: MemoryMonitor
  readonly samples: readonly MemorySample[]
}

export interface Watching {
  /** of the tool */
  readonly args?: object
  readonly signal?: AbortSignal
}

/** Calls of one tool, while memory is watched. */
export async function driveWatched(
  target: TargetProcess,
  load: Pick<LoadOptions, 'loop' | 'phases'> & Partial<LoadOptions>,
  { args = {}, signal }: Watching = {},
): Promise<WatchedLoad> {
  const generator = new LoadGenerator({
    url: target.url ?? '',
    mcp: { method: 'tools/call', params: { name: 'backend-1__tool-1', arguments: args } },
    ...load,
  })
  const samples: MemorySample[] = []
  const onSample = (sample: MemorySample): void => {
    samples.push(sample)
  }
  const monitor = MemoryMonitor.of(target, { everyNs: SAMPLE_NS, load: generator, onSample }).start()
  const result = await generator.run(signal)
  await monitor.stop()
  return { result, monitor, samples }
}

/** The most that was seen of the heap, its garbage included. */
export function mostUsedBytes({ samples }: WatchedLoad): number {
  return samples.reduce((most, { inside }) => Math.max(most, inside?.memory.heapUsedBytes ?? 0), 0)
}

/** What is left of the heap when all garbage has been collected: the gateway has to run with `--expose-gc`. */
export async function keptBytes(target: TargetProcess): Promise<number> {
  const agent = agentOf(target)
  await agent.collectGarbage()
  return (await agent.collectGarbage()).heapUsedBytes
}
