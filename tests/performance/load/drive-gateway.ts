import { setTimeout as sleep } from 'node:timers/promises'
import { LoadGenerator, type LoadOptions, type LoadResult } from '@gw/perf-kit'
import { readHealth } from '../../../packages/gateway/test/system/raw-client.ts'

const NS_PER_MS = 1e6
const WATCH_EVERY_MS = 50

export interface DrivenGateway {
  readonly result: LoadResult
  /** sessions that the gateway had, by its own account, every 50 ms or so while it was driven */
  readonly sessions: readonly number[]
  readonly mostSessions: number
  /** those that it still has when all clients have left */
  readonly sessionsLeft: number
}

export type GatewayLoad = Pick<LoadOptions, 'loop' | 'phases'> & Partial<LoadOptions>

/** MCP calls of one tool at a gateway, and what the gateway says of its sessions meanwhile. */
export async function driveGateway(url: string, load: GatewayLoad): Promise<DrivenGateway> {
  const generator = new LoadGenerator({
    url,
    mcp: { method: 'tools/call', params: { name: 'backend-1__tool-1', arguments: {} } },
    ...load,
  })
  const ended = new AbortController()
  const watching = watchSessions(url, ended.signal)
  const result = await generator.run().finally(() => ended.abort())
  const sessions = await watching
  const mostSessions = sessions.reduce((most, count) => Math.max(most, count), 0)
  return { result, sessions, mostSessions, sessionsLeft: await countSessions(url) }
}

export function phase(from: number, to: number, durationMs: number): LoadOptions['phases'][number] {
  return { from, to, durationNs: durationMs * NS_PER_MS }
}

export function steady(level: number, durationMs: number): LoadOptions['phases'] {
  return [phase(level, level, durationMs)]
}

export function outcomesOf({ outcomes }: LoadResult): Record<string, number> {
  return Object.fromEntries(outcomes)
}

/** Mean time from asking to the end × rate: clients that wait, by Little's law, for any distribution of either. */
export function clientsByLittlesLaw({ response, measuredNs }: LoadResult): number {
  return (response.mean * response.totalCount) / measuredNs
}

async function watchSessions(url: string, signal: AbortSignal): Promise<readonly number[]> {
  const sessions: number[] = []
  while (!signal.aborted) {
    sessions.push(await countSessions(url))
    await sleep(WATCH_EVERY_MS)
  }
  return sessions
}

async function countSessions(url: string): Promise<number> {
  const { sessions } = await readHealth(url)
  return typeof sessions === 'number' ? sessions : Number.NaN
}
