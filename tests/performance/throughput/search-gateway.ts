import { type CapacityOptions, parseObjective, type Run, ThroughputTester } from '@gw/perf-kit'
import type { TestContext } from 'vitest'
import {
  startBackendProcess,
  startGatewayProcess,
  type TestProcess,
} from '../../../packages/gateway/test/system/processes.ts'
import { profileOf } from '../profile.ts'

const NS_PER_MS = 1e6
const { shortMs } = profileOf(process.env)
/** Between what a search finds of the machine, and what the pool allows, lies far more than a coarse search needs. */
const PRECISION_RATIO = 0.1
const SHARP_RATIO = 1.3
const MOST_TRIALS = 8

/**
 * So many connections to each backend, each of which is busy so long with a call: what a gateway can do follows from that, on any machine
 * that has some of its time left for it.
 */
const POOL_SIZE = 8
const BACKEND_MS = 40
export const CONNECTIONS_PER_SEC = (POOL_SIZE * 1000) / BACKEND_MS
/** Ten times what a call takes that waits for nothing. */
export const OBJECTIVE = 'p90<400ms,errors<5%'

/** A gateway, and its backends as processes that can be asked how much they did; ended with the scope that holds it. */
export interface LimitedGateway extends AsyncDisposable {
  readonly url: string
  readonly backends: readonly TestProcess[]
}

/** Its backends are called `b1`, `b2`, …; it is slow by them alone, and nobody is sent away for waiting. */
export async function startLimitedGateway(backendCount: number): Promise<LimitedGateway> {
  const names = Array.from({ length: backendCount }, (_, index) => `b${index + 1}`)
  const backends = await Promise.all(
    names.map((name) => startBackendProcess('--name', name, '--tool-latency', `fixed:${BACKEND_MS}ms`)),
  )
  const routes = names.flatMap((name, index) => ['--backend', `${name}=${backends[index]?.url}`])
  const gateway = await startGatewayProcess(...routes, '--pool-size', String(POOL_SIZE), '--acquire-timeout', '30s')
  const dispose = async (): Promise<void> => {
    for (const process of [gateway, ...backends]) await process[Symbol.asyncDispose]()
  }
  return { url: gateway.url, backends, [Symbol.asyncDispose]: dispose }
}

/** Calls that go to each backend as often. */
export function callsOf({ backends }: LimitedGateway): NonNullable<CapacityOptions['mcp']> {
  return backends.map((_, index) => ({
    method: 'tools/call',
    params: { name: `b${index + 1}__tool-1`, arguments: {} },
    weight: 1,
  }))
}

/** A search for the gateway's capacity, with trials as long as the profile says. */
export async function searchGateway(gateway: LimitedGateway, more: Partial<CapacityOptions> = {}): Promise<Run> {
  const objective = parseObjective(OBJECTIVE)
  if ('problem' in objective) throw new Error(objective.problem)
  const tester = new ThroughputTester({
    url: gateway.url,
    mcp: callsOf(gateway),
    objective,
    trialNs: (shortMs / 4) * NS_PER_MS,
    precisionRatio: PRECISION_RATIO,
    mostTrials: MOST_TRIALS,
    maxDurationNs: 60 * shortMs * NS_PER_MS,
    ...more,
  })
  return await tester.capacity()
}

export type Found = Extract<NonNullable<Run['capacity']>['answer'], { kind: 'interval' }>

/** @returns `undefined` where the search came to something else than an interval */
export function foundIn({ capacity }: Run): Found | undefined {
  return capacity?.answer.kind === 'interval' ? capacity.answer : undefined
}

/**
 * A machine that others use has seconds in which little can be found, and the interval says so: it is searched again then.
 *
 * @param already - what has been found by a search before, which counts as a try
 */
export async function untilFound(search: () => Promise<Run>, mostTries = 2, already?: Run): Promise<Run> {
  const run = already ?? (await search())
  const found = foundIn(run)
  const isSharp = found !== undefined && found.highPerSec / found.lowPerSec <= SHARP_RATIO
  return isSharp || mostTries <= 1 ? run : await untilFound(search, mostTries - 1)
}

/** Of a search in which this machine came to its limit before the gateway did nothing follows, and it has said so: the test is skipped. */
export function skipUnlessFound(context: TestContext, ...runs: readonly Run[]): void {
  for (const run of runs) {
    const unusable = run.capacity?.trials.find(({ verdict }) => verdict === 'unusable')
    if (foundIn(run) !== undefined || unusable === undefined) continue
    context.skip(`no measurement here: ${unusable.reasons.join('; ')}`)
  }
}
