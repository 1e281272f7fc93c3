import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LoadGenerator } from '@gw/perf-kit'
import { type AllocationSite, growingSites } from '../../../packages/perf-kit/src/memory/locate/allocation-sites.ts'
import { type CodePlace, CodePlaces } from '../../../packages/perf-kit/src/memory/locate/code-places.ts'
import { type TargetAgent, TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'

const SERVER = fileURLToPath(new URL('../fixtures/leaks/server.ts', import.meta.url))
const FIXTURES: ReadonlySet<string> = new Set(
  ['keepers.ts', 'healthy.ts'].map((name) => fileURLToPath(new URL(`../fixtures/leaks/${name}`, import.meta.url))),
)
const INTERVAL_BYTES = 2 ** 14
const RATE_PER_SEC = 500

/** The server that keeps things of one kind, started so that what it keeps can be traced. */
export async function startTraced(kind: string, bytes: number): Promise<TargetProcess> {
  return await TargetProcess.start({
    command: [process.execPath, SERVER, kind, `${bytes}`],
    ready: { log: /listening on (\S+)/ },
    agent: true,
    traceable: true,
  })
}

export function agentOf({ agent, withoutAgent }: TargetProcess): TargetAgent {
  if (agent === undefined) throw new Error(`there is no agent: ${withoutAgent}`)
  return agent
}

/** @returns how many have ended */
export async function drive({ url = '' }: TargetProcess, requests: number): Promise<number> {
  const phases = [{ from: RATE_PER_SEC, to: RATE_PER_SEC, durationNs: (1e9 * requests) / RATE_PER_SEC }]
  const { finished } = await new LoadGenerator({ url, loop: 'open', phases, maxConnections: 4 }).run()
  return finished
}

/** What is there after twice as many requests, and was not after the first half. */
export async function sitesOf(target: TargetProcess, requests: number): Promise<readonly AllocationSite[]> {
  const agent = agentOf(target)
  await agent.startAllocations({ intervalBytes: INTERVAL_BYTES })
  await drive(target, requests)
  const before = await agent.allocations()
  const finished = await drive(target, requests)
  const after = await agent.allocations()
  await agent.stopAllocations()
  return await growingSites(before, after, finished, new CodePlaces())
}

/** What code a place is in, by the lines of its file: the kind of keeper, or the function that makes several kinds. */
export function keeperAt({ file, line }: CodePlace): string | undefined {
  if (!FIXTURES.has(file)) return undefined
  const above = readFileSync(file, 'utf8').split('\n').slice(0, line)
  return above.map((text) => /^(?: {2}(?=\w+: )|function )(\w+)/.exec(text)?.[1]).findLast((name) => name !== undefined)
}
