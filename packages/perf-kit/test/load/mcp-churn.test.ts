import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, outcomesOf, steady } from './drive.ts'
import { json, type McpRequest, mcpTarget, reply, well } from './mcp-target.ts'
import { referenceServer } from './reference-server.ts'
import type { ScriptedTarget } from './scripted-target.ts'

const ECHO = { method: 'tools/call', params: { name: 'echo', arguments: {} } }

function countOf(seen: readonly McpRequest[], what: string): number {
  return seen.filter(({ verb, message }) => (message.method ?? verb) === what).length
}

/** How many calls each session had. */
function callsBySession(seen: readonly McpRequest[]): number[] {
  const calls = new Map<string, number>()
  for (const { headers, message } of seen) {
    if (message.method !== 'tools/call') continue
    const session = headers.get('mcp-session-id') ?? ''
    calls.set(session, (calls.get(session) ?? 0) + 1)
  }
  return [...calls.values()]
}

describe('sessions that end after some requests', { concurrent: true }, () => {
  it.each(['closed', 'open'] as const)(
    'are followed by others, in a %s loop, on the same connections',
    async (loop) => {
      await using target = await mcpTarget(well)
      const phases = steady(loop === 'closed' ? 2 : 100, 800)
      const result = await drive(target.url, { mcp: ECHO, mcpSession: { requestsPerSession: 5 }, loop, phases })
      expect(outcomesOf(result)).toEqual(['HTTP 200'])
      const calls = callsBySession(target.seen)
      expect(calls.length).toBeGreaterThan(4)
      expect(Math.max(...calls)).toBe(5)
      // All but the last of each connection had their five.
      expect(calls.filter((count) => count < 5).length).toBeLessThanOrEqual(target.connections())
      const opened = countOf(target.seen, 'initialize')
      expect(countOf(target.seen, 'DELETE')).toBe(opened)
      // The last of each connection may have come too late for a request.
      expect(opened - calls.length).toBeGreaterThanOrEqual(0)
      expect(opened - calls.length).toBeLessThanOrEqual(target.connections())
      expect(target.connections()).toBeLessThan(calls.length)
    },
  )

  it('come and go at a rate: that of the requests, over what each session has of them', async () => {
    await using target = await mcpTarget(well)
    const result = await drive(target.url, {
      mcp: ECHO,
      mcpSession: { requestsPerSession: 2 },
      loop: 'open',
      phases: steady(100, 1_000),
      maxConnections: 4,
    })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 100 })
    // Those of the last request of each connection may have been followed by one more, which had none.
    const opened = countOf(target.seen, 'initialize')
    expect(opened).toBeGreaterThanOrEqual(50)
    expect(opened).toBeLessThanOrEqual(50 + 2 * 4)
    expect(countOf(target.seen, 'DELETE')).toBe(opened)
    expect(result.mcp?.sessionOpen.totalCount).toBe(countOf(target.seen, 'notifications/initialized'))
  })

  it('have a distribution of the time that opening took, beside that of requests', async () => {
    await using target = await mcpTarget(well)
    const result = await drive(target.url, { mcp: ECHO, mcpSession: { requestsPerSession: 3 }, phases: steady(2, 600) })
    const opened = countOf(target.seen, 'notifications/initialized')
    expect(result.mcp?.sessionOpen.totalCount).toBe(opened)
    expect(result.finished).toBe(countOf(target.seen, 'tools/call'))
    const metrics = toLoadRun(result, FACTS).metrics
    expect(metrics.find(({ name }) => name === 'sessionOpenTime')).toMatchObject({ evidence: { count: opened } })
    expect(metrics.map(({ name }) => name)).toContain('sessionOpenTimeP99')
  })

  it('keep the client’s pause between an answer and the next request', async () => {
    await using target = await mcpTarget(well)
    const options = { mcp: ECHO, phases: steady(1, 1_000), thinkNs: 50e6 }
    const result = await drive(target.url, { ...options, mcpSession: { requestsPerSession: 1 } })
    expect(result.finished).toBeLessThanOrEqual(20)
    expect(result.finished).toBeGreaterThan(2)
    expect(callsBySession(target.seen).every((count) => count === 1)).toBe(true)
  })

  it('go on where a client may not end them, and fail requests where ending them fails', async () => {
    const drivenWith = async (status: string) => {
      await using target = await mcpTarget(well, { farewell: reply(status) })
      return await drive(target.url, { mcp: ECHO, mcpSession: { requestsPerSession: 2 }, phases: steady(1, 500) })
    }
    expect(outcomesOf(await drivenWith('405 Method Not Allowed'))).toEqual(['HTTP 200'])
    expect(outcomesOf(await drivenWith('404 Not Found'))).toEqual(['HTTP 200'])
    expect(outcomesOf(await drivenWith('500 Oops'))).toEqual(['HTTP 200', 'SESSION HTTP 500'])
  })

  it.each<[string, number]>([
    ['when requests wait for another', 60],
    ['when none waits', 0],
  ])(
    'are told of where ending them fails in an open loop, and no request fails for it, %s',
    async (_title, delayMs) => {
      const slow = (request: McpRequest, _number: number, socket: Socket): string => {
        setTimeout(() => socket.write(well(request)), delayMs)
        return ''
      }
      await using target = await mcpTarget(slow, { farewell: reply('500 Oops') })
      const result = await drive(target.url, {
        mcp: ECHO,
        mcpSession: { requestsPerSession: 2 },
        loop: 'open',
        phases: steady(20, 1_000),
        maxConnections: 1,
      })
      expect(outcomesOf(result)).toEqual(['HTTP 200', 'SESSION HTTP 500'])
      expect([result.finished, result.failed, result.offered]).toEqual([20, 0, 20])
      // Of ten sessions; the last may end when nobody counts any more.
      const told = result.outcomes.get('SESSION HTTP 500') ?? 0
      expect(told).toBeGreaterThan(4)
      expect(told).toBeLessThanOrEqual(10)
    },
  )

  it('are followed by none when their client is not wanted any more', async () => {
    await using target = await mcpTarget((request, _number, socket) => {
      setTimeout(() => socket.write(well(request)), 1_000)
      return ''
    })
    // A call of each is under way when its client goes: the first of one, the second of the other, with time for what is between two.
    const phases = [...steady(2, 600), ...steady(1, 1_000)]
    const result = await drive(target.url, { mcp: ECHO, mcpSession: { requestsPerSession: 1 }, phases })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(countOf(target.seen, 'initialize')).toBe(countOf(target.seen, 'tools/call'))
    expect(countOf(target.seen, 'DELETE')).toBe(countOf(target.seen, 'tools/call'))
  })

  it('go on over a new connection when theirs is closed after each answer', async () => {
    await using target = await mcpTarget(({ message }) => json(message.id, { result: {} }, 'Connection: close'))
    const result = await drive(target.url, { mcp: ECHO, mcpSession: { requestsPerSession: 2 }, phases: steady(1, 500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const calls = callsBySession(target.seen)
    expect(Math.max(...calls)).toBe(2)
    expect(calls.length).toBeGreaterThan(2)
  })

  it.each<[string, number, number]>([
    ['thinks', 0, 20],
    ['waits for an answer', 150, 0],
  ])(
    'are ended over a new connection where theirs is gone, when their client goes while it %s',
    async (_title, delayMs, thinkMs) => {
      await using target = await mcpTarget(({ message }, _number, socket) => {
        setTimeout(() => socket.write(json(message.id, { result: {} }, 'Connection: close')), delayMs)
        return ''
      })
      const phases = [...steady(2, 400), ...steady(1, 1_500)]
      const result = await drive(target.url, { mcp: ECHO, phases, thinkNs: thinkMs * 1e6 })
      expect(outcomesOf(result)).toEqual(['HTTP 200'])
      expect(countOf(target.seen, 'initialize')).toBe(2)
      expect(countOf(target.seen, 'DELETE')).toBe(2)
      // Not only at the end of the load.
      const first = target.seen.findIndex(({ verb }) => verb === 'DELETE')
      expect(countOf(target.seen.slice(first), 'tools/call')).toBeGreaterThan(0)
    },
  )

  it.each<[string, (target: ScriptedTarget) => void]>([
    ['is gone', (target) => void target[Symbol.asyncDispose]()],
    ['ends all connections without a word', () => undefined],
  ])('do not keep the load from its end when the target %s', async (_title, onGone) => {
    let isGone = false
    await using target = await mcpTarget(({ message }, _number, socket) => {
      // Each loses its connection, and not its session.
      if (isGone) socket.destroy()
      return json(message.id, { result: {} }, 'Connection: close')
    })
    setTimeout(() => {
      isGone = true
      onGone(target)
    }, 300)
    const result = await drive(target.url, { mcp: ECHO, phases: steady(2, 600), timeoutNs: 500e6 })
    expect(result.isComplete).toBe(true)
    expect(result.failed).toBeGreaterThan(0)
  })

  it('leave no session behind at a real server', async () => {
    await using backend = await referenceServer('backend-main')
    const mcp = { method: 'tools/call', params: { name: 'echo', arguments: { text: 'x' } } }
    const result = await drive(backend.url, { mcp, mcpSession: { requestsPerSession: 10 }, phases: steady(8, 1_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.sessionOpen.totalCount).toBeGreaterThan(8)
    expect(await backend.health()).toMatchObject({ sessions: 0, calls: result.finished })
  })
})
