import { describe, expect, it } from 'vitest'
import { type LoadOptions, toLoadRun } from '../../src/load/index.ts'
import { Recorder } from '../../src/load/thread/recorder.ts'
import { parseRun } from '../../src/run/index.ts'
import { drive, FACTS, steady } from './drive.ts'
import { json, type McpRequest, mcpTarget, well } from './mcp-target.ts'

const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } })
const MIX = [
  { ...call('echo'), weight: 6 },
  { ...call('add'), weight: 2 },
  { method: 'tools/list', params: {}, weight: 1 },
  { method: 'ping', params: {}, weight: 1 },
]
function asked({ message }: McpRequest): string | undefined {
  const tool = message.params?.['name']
  return typeof tool === 'string' ? `${message.method} ${tool}` : message.method
}

/** What each session asked, in turn. */
function sequences(seen: readonly McpRequest[]): string[][] {
  const bySession = new Map<string, string[]>()
  for (const request of seen) {
    const what = asked(request)
    if (what === undefined || what === 'initialize' || what.startsWith('notifications/')) continue
    const session = request.headers.get('mcp-session-id') ?? ''
    bySession.set(session, [...(bySession.get(session) ?? []), what])
  }
  return [...bySession.values()]
}

async function sequencesOf(options: Partial<LoadOptions>): Promise<string[][]> {
  await using target = await mcpTarget(well)
  await drive(target.url, { mcp: MIX, phases: steady(2, 600), thinkNs: 2e6, ...options })
  // In the order of what they asked first, which is not that in which sessions were opened.
  return sequences(target.seen)
}

/** As many of each as all have, since the time that a run lasts is not exact. */
function firstOf(all: readonly string[][]): string[] {
  return all.map((sequence) => sequence.slice(0, 20).join()).toSorted()
}

describe('a mix of operations', { concurrent: true }, () => {
  it('asks each of them as often as its weight says, and counts each by itself', async () => {
    await using target = await mcpTarget(well)
    const result = await drive(target.url, { mcp: MIX, phases: steady(4, 1_000) })
    const all = sequences(target.seen).flat()
    expect(all).toHaveLength(result.finished)
    const operations = result.operations
    expect(operations.map(({ name }) => name)).toEqual(['tools/call echo', 'tools/call add', 'tools/list', 'ping'])
    for (const [index, { name, finished, outcomes, service }] of operations.entries()) {
      expect(finished).toBe(all.filter((one) => one === name).length)
      expect(Object.fromEntries(outcomes)).toEqual({ 'HTTP 200': finished })
      expect(service.totalCount).toBe(finished)
      // Five standard deviations of a binomial.
      const share = (MIX[index]?.weight ?? 0) / 10
      const tolerance = 5 * Math.sqrt((share * (1 - share)) / all.length)
      expect(Math.abs(finished / all.length - share)).toBeLessThan(tolerance)
    }
  })

  it('is the same on every run with the same seed, another with another, and not the same in two sessions', async () => {
    const [first, again, other] = [await sequencesOf({}), await sequencesOf({}), await sequencesOf({ seed: 2 })]
    expect(first.map(({ length }) => length > 20)).toEqual([true, true])
    expect(firstOf(again)).toEqual(firstOf(first))
    expect(firstOf(other)).not.toEqual(firstOf(first))
    expect(new Set(firstOf(first)).size).toBe(2)
  })

  it('is spread over threads as over one: each session draws what it would have drawn', async () => {
    expect(firstOf(await sequencesOf({ threads: 2 }))).toEqual(firstOf(await sequencesOf({ threads: 1 })))
  })

  it('never uses an id twice in one session', async () => {
    await using target = await mcpTarget(well)
    await drive(target.url, { mcp: MIX, phases: steady(1, 500) })
    const ids = target.seen.map(({ message }) => message.id).filter((id) => id !== undefined)
    expect(ids.length).toBeGreaterThan(30)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('tells failures of one operation as its own, and in the whole', async () => {
    await using target = await mcpTarget((request) =>
      asked(request) === 'ping' ? json(request.message.id, { error: { code: -32601, message: 'no' } }) : well(request),
    )
    const result = await drive(target.url, { mcp: MIX, phases: steady(2, 600) })
    const [echo, , , ping] = result.operations
    expect(echo?.failed).toBe(0)
    expect(ping?.failed).toBe(ping?.finished)
    expect(result.failed).toBe(ping?.failed)
    expect(result.outcomes.get('RPC -32601')).toBe(ping?.finished)
  })

  it('has a subject of its own for each operation in the Run, beside the whole', async () => {
    await using target = await mcpTarget(well)
    const mcp = [call('echo', { small: 1 }), call('echo', { large: 1 }), { method: 'ping', params: {}, name: 'pulse' }]
    const result = await drive(target.url, { mcp, phases: steady(2, 500) })
    const run = toLoadRun(result, FACTS)
    expect(parseRun(JSON.stringify(run), 'test')).toEqual(run)
    const subjects = [...new Set(run.metrics.map(({ subject }) => subject))]
    expect(subjects).toEqual(['all', 'all › tools/call echo', 'all › tools/call echo #2', 'all › pulse'])
    const counted = (subject: string): number => {
      const evidence = run.metrics.find(
        (metric) => metric.subject === subject && metric.name === 'responseTime',
      )?.evidence
      return evidence?.kind === 'histogram' ? evidence.count : 0
    }
    expect(subjects.slice(1).reduce((sum, subject) => sum + counted(subject), 0)).toBe(counted('all'))
  })

  it('of a single operation has no parts: the whole says it all', async () => {
    await using target = await mcpTarget(well)
    const result = await drive(target.url, { mcp: call('echo') })
    expect(result.operations).toEqual([])
    expect(new Set(toLoadRun(result, FACTS).metrics.map(({ subject }) => subject))).toEqual(new Set(['all']))
  })

  it('takes as much memory for many requests as for few', () => {
    const recorder = new Recorder({ fromNs: 0, toNs: 1e9 }, { operations: MIX.length })
    const keptAfter = (requests: number): number => {
      for (let count = 0; count < requests; count++) {
        const timeNs = 1e6 * (1 + (count % 100))
        const [operation, intendedNs] = [count % MIX.length, 0]
        recorder.end({ operation, outcome: 'HTTP 200', isOk: true, intendedNs, takenNs: 0, sentNs: 0, endNs: timeNs })
      }
      const { operations = [] } = recorder.take()
      expect(operations).toHaveLength(MIX.length)
      return operations.reduce((sum, { responseOk, service }) => sum + responseOk.length + service.length, 0)
    }
    expect(keptAfter(1_000_000)).toBe(keptAfter(1_000))
  })
})
