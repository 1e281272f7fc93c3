import { describe, expect, it } from 'vitest'
import { toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, outcomesOf, steady } from './drive.ts'
import { json, type McpRequest, mcpTarget, reply, well } from './mcp-target.ts'
import { referenceServer } from './reference-server.ts'

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

describe('sessions that end after some requests', () => {
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

  it('go on over a new connection when theirs is closed after each answer', async () => {
    await using target = await mcpTarget(({ message }) => json(message.id, { result: {} }, 'Connection: close'))
    const result = await drive(target.url, { mcp: ECHO, mcpSession: { requestsPerSession: 2 }, phases: steady(1, 500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const calls = callsBySession(target.seen)
    expect(Math.max(...calls)).toBe(2)
    expect(calls.length).toBeGreaterThan(2)
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
