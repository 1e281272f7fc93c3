import type { LoadOptions, LoadResult } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../../../packages/gateway/test/system/eventually.ts'
import {
  startBackendProcess,
  startGatewayProcess,
  type TestProcess,
} from '../../../packages/gateway/test/system/processes.ts'
import { readHealth } from '../../../packages/gateway/test/system/raw-client.ts'
import { callText, connectSdkClient } from '../../../packages/gateway/test/system/sdk-client.ts'
import { driveGateway, outcomesOf, steady } from '../load/drive-gateway.ts'
import { profileOf } from '../profile.ts'
import { countOf } from './gateway-counts.ts'

const { shortMs } = profileOf(process.env)
const NS_PER_MS = 1e6
const MANY_TOOLS = 1_000
const RESOURCES = 2
const UPDATES_PER_SEC = 100
const URI = 'load://a/1'

let a: TestProcess
let b: TestProcess
let gateway: TestProcess

beforeAll(async () => {
  a = await startBackendProcess(
    ...['--name', 'a', '--resources', String(RESOURCES), '--updates-per-sec', String(UPDATES_PER_SEC)],
  )
  b = await startBackendProcess('--name', 'b', '--tools', String(MANY_TOOLS))
  gateway = await startGatewayProcess('--backend', `a=${a.url}`, '--backend', `b=${b.url}`, '--acquire-timeout', '30s')
})

afterAll(async () => {
  for (const process of [gateway, a, b]) await process?.[Symbol.asyncDispose]()
})

const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } })

async function drive(clients: number, load: Partial<LoadOptions>): Promise<LoadResult> {
  const { result, sessionsLeft } = await driveGateway(gateway.url, {
    loop: 'closed',
    phases: steady(clients, shortMs / 2),
    ...load,
  })
  expect(sessionsLeft).toBe(0)
  return result
}

const callsAt = async ({ url }: TestProcess): Promise<number> => Number((await readHealth(url))['calls'])
const finishedOf = ({ operations }: LoadResult, name: string): number =>
  operations.find((operation) => operation.name === name)?.finished ?? Number.NaN

/** Five standard deviations of a binomial. */
function toleranceOf(shareRatio: number, count: number): number {
  return 5 * Math.sqrt((shareRatio * (1 - shareRatio)) / count)
}

describe('5.4.2 test tool routing', () => {
  it('sends each call to the backend that has the tool, and loses none', async () => {
    const before = [await callsAt(a), await callsAt(b)]
    const mix = [
      { ...call('a__tool-1'), weight: 3 },
      { ...call('b__tool-1'), weight: 1 },
    ]
    const result = await drive(8, { mcp: mix })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    const served = [(await callsAt(a)) - (before[0] ?? 0), (await callsAt(b)) - (before[1] ?? 0)]
    expect(served).toEqual(['a', 'b'].map((name) => finishedOf(result, `tools/call ${name}__tool-1`)))
    expect(Math.abs((served[0] ?? Number.NaN) / result.finished - 0.75)).toBeLessThan(
      toleranceOf(0.75, result.finished),
    )
  })

  it('finds the last of a thousand tools about as fast as the first', async () => {
    // One client: of several, each would wait for what the others ask.
    const result = await drive(1, { mcp: [call('b__tool-1'), call(`b__tool-${MANY_TOOLS}`)] })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    const [first, last] = result.operations.map(({ service }) => service.getValueAtPercentile(50))
    expect((last ?? Number.NaN) / (first ?? Number.NaN)).toBeLessThan(1.5)
  })

  it('answers calls of tools that nobody has without asking a backend', async () => {
    const before = [await callsAt(a), await callsAt(b)]
    const result = await drive(8, { mcp: call('a__nowhere') })
    expect(result.finished).toBeGreaterThan(0)
    expect(result.responseOk.totalCount).toBe(0)
    expect([await callsAt(a), await callsAt(b)]).toEqual(before)
  })
})

describe('5.4.3 test resource subscriptions', () => {
  /** Asking now and then, so that what is measured is deliveries. */
  const subscribed = (clients: number): Promise<LoadResult> =>
    drive(clients, {
      mcp: { method: 'ping', params: {} },
      thinkNs: 100 * NS_PER_MS,
      mcpSession: { subscribe: [URI] },
      phases: steady(clients, 1.5 * shortMs),
      warmupNs: (shortMs / 2) * NS_PER_MS,
    })
  const FEW = 4
  const MANY = 16
  let few: LoadResult
  let many: LoadResult
  let deliveredByGateway: number
  let upstream: unknown

  beforeAll(async () => {
    few = await subscribed(FEW)
    const before = await countOf(gateway.url, 'gateway_updates_delivered_total')
    const driving = subscribed(MANY)
    upstream = await eventually(
      async () => (await readHealth(a.url))['subscriptions'],
      (uris) => Array.isArray(uris) && uris.length > 0,
    )
    many = await driving
    deliveredByGateway = (await countOf(gateway.url, 'gateway_updates_delivered_total')) - before
  })

  const arrivedOf = ({ mcp }: LoadResult): number => mcp?.deliveries.counts.arrived ?? Number.NaN

  it('delivers each update to each session, once and in order, and as often as they are made', () => {
    for (const [sessions, result] of [
      [FEW, few],
      [MANY, many],
    ] as const) {
      expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.finished })
      expect(result.mcp?.deliveries.counts).toMatchObject({ lost: 0, late: 0, twice: 0, untimed: 0, streamsLost: 0 })
      const expected = ((UPDATES_PER_SEC / RESOURCES) * sessions * shortMs) / 1000
      // A busy machine is late with what is due at the end, or brings what was due before the beginning.
      expect(arrivedOf(result) / expected).toBeGreaterThan(0.7)
      expect(arrivedOf(result) / expected).toBeLessThan(1.3)
    }
  })

  it('fans out what it has subscribed to once: four times the sessions hear four times as much', () => {
    expect(upstream).toEqual([URI])
    expect(arrivedOf(many) / arrivedOf(few) / (MANY / FEW)).toBeGreaterThan(0.7)
    expect(arrivedOf(many) / arrivedOf(few) / (MANY / FEW)).toBeLessThan(1.4)
    // Those of the warm-up are in its count, and not in ours.
    expect(deliveredByGateway).toBeGreaterThanOrEqual(arrivedOf(many))
  })

  it('measures how long each was on its way, from publishing to arrival', () => {
    const times = many.mcp?.deliveries.times
    expect(times?.totalCount).toBe(arrivedOf(many))
    expect(times?.minNonZeroValue).toBeGreaterThan(0)
    const percentiles = [50, 90, 99].map((percent) => times?.getValueAtPercentile(percent) ?? Number.NaN)
    expect(percentiles).toEqual(percentiles.toSorted((left, right) => left - right))
    // Half of them are there before the next one of their resource is made.
    expect((percentiles[0] ?? Number.NaN) / ((RESOURCES * 1e9) / UPDATES_PER_SEC)).toBeLessThan(1)
  })
})

describe('5.4.4 test notifications', () => {
  it('brings every step of progress of every call before its answer', async () => {
    const steps = 5
    const before = await countOf(gateway.url, 'gateway_requests_total', { method: 'tools/call', outcome: 'ok' })
    const result = await drive(4, { mcp: call('a__progress', { steps }), mcpSession: { progress: true } })
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    expect(result.mcp?.progressEvents).toBe(steps * result.finished)
    const after = await countOf(gateway.url, 'gateway_requests_total', { method: 'tools/call', outcome: 'ok' })
    expect(after - before).toBe(result.finished)
  })

  it('tells every session of a changed list of tools while others call', async () => {
    await using listeners = new AsyncDisposableStack()
    const clients = await Promise.all(Array.from({ length: 10 }, () => connectSdkClient(gateway.url)))
    for (const client of clients) listeners.use(client)
    const driving = driveGateway(gateway.url, {
      loop: 'closed',
      phases: steady(4, shortMs / 2),
      mcp: call('b__tool-1'),
    })
    const heard = (): number[] => clients.map((client) => client.heard.length)
    const [changer] = clients
    if (changer === undefined) throw new Error('there are ten clients')
    for (const count of [11, 12, 10]) {
      const before = heard()
      await callText(changer.client, 'a__set-tools', { count })
      const after = await eventually(heard, (counts) => counts.every((length, index) => length > (before[index] ?? 0)))
      expect(after.every((length, index) => length > (before[index] ?? 0))).toBe(true)
    }
    const { result } = await driving
    expect(new Set(clients.flatMap((client) => client.heard))).toEqual(new Set(['notifications/tools/list_changed']))
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
  })
})

describe('5.4 a realistic mix', () => {
  const MIX = [
    { ...call('a__tool-1'), weight: 50 },
    { ...call('b__tool-7', { bytes: 2_000 }), weight: 25 },
    { ...call('a__echo', { text: '{{payload 1kB}}' }), weight: 10 },
    { method: 'tools/list', params: {}, weight: 5 },
    { method: 'resources/read', params: { uri: URI }, weight: 5 },
    { method: 'ping', params: {}, weight: 5 },
  ]
  let result: LoadResult
  let countedByGateway: ReadonlyMap<string, number>

  beforeAll(async () => {
    const methods = ['tools/call', 'tools/list', 'resources/read', 'ping']
    const counts = async (): Promise<number[]> =>
      await Promise.all(
        methods.map((method) => countOf(gateway.url, 'gateway_requests_total', { method, outcome: 'ok' })),
      )
    const before = await counts()
    const mcpSession = { subscribe: [URI], requestsPerSession: 25 }
    result = await drive(8, { mcp: MIX, mcpSession, thinkNs: 2 * NS_PER_MS })
    const after = await counts()
    countedByGateway = new Map(methods.map((method, index) => [method, (after[index] ?? 0) - (before[index] ?? 0)]))
  })

  it('is answered whole, each operation as often as its weight says', () => {
    expect(outcomesOf(result)).toEqual({ 'HTTP 200': result.offered })
    expect(result.operations).toHaveLength(MIX.length)
    for (const [index, { finished, failed }] of result.operations.entries()) {
      const shareRatio = (MIX[index]?.weight ?? Number.NaN) / 100
      expect(failed).toBe(0)
      expect(Math.abs(finished / result.finished - shareRatio)).toBeLessThan(toleranceOf(shareRatio, result.finished))
    }
  })

  it('is counted by the gateway as it was by those who asked', () => {
    const byMethod = Map.groupBy(result.operations, ({ name }) => name.split(' ')[0] ?? '')
    const asked = new Map(
      [...byMethod].map(([method, own]) => [method, own.reduce((sum, { finished }) => sum + finished, 0)]),
    )
    expect(countedByGateway).toEqual(asked)
  })

  it('goes on in sessions that come and go, which hear of updates meanwhile', () => {
    expect(result.mcp?.sessionOpen.totalCount).toBeGreaterThanOrEqual(Math.floor(result.finished / 25))
    expect(result.mcp?.deliveries.counts.arrived).toBeGreaterThan(0)
    expect(result.mcp?.deliveries.counts).toMatchObject({ twice: 0, streamsLost: 0 })
  })
})
