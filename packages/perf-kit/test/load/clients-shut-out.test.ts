import { expect, it } from 'vitest'
import { type LoadOptions, toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, outcomesOf, steady } from './drive.ts'
import { json, type McpRequest, readRequest, reply, well } from './mcp-target.ts'
import { scriptedTarget } from './scripted-target.ts'

const ECHO = { method: 'tools/call', params: { name: 'echo', arguments: {} } }

function countOf(seen: readonly McpRequest[], what: string): number {
  return seen.filter(({ verb, message }) => (message.method ?? verb) === what).length
}

/** A server that opens a session after so long, and never answers some. @param delayMs - of the session with this number, from 1 */
async function openingServer(delayMs: (session: number) => number | undefined) {
  const seen: McpRequest[] = []
  let asked = 0
  const target = await scriptedTarget((exchange) => {
    const request = readRequest(exchange)
    const { verb, message } = request
    seen.push(request)
    if (message.method === 'initialize') {
      const session = ++asked
      const afterMs = delayMs(session)
      if (afterMs === undefined) return
      const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'full', version: '1' } }
      const answer = json(message.id, { result }, `Mcp-Session-Id: session-${session}`)
      setTimeout(() => exchange.socket.write(answer), afterMs)
    } else if (message.method === 'tools/call') setTimeout(() => exchange.socket.write(well(request)), 5)
    else exchange.socket.write(reply(verb === 'DELETE' ? '200 OK' : '202 Accepted'))
  })
  return { ...target, seen }
}

it.concurrent('counts clients whose sessions are never answered, also when the schedule ends before their timeout, and doubts the rest', async () => {
  await using target = await openingServer((session) => (session <= 2 ? 0 : undefined))
  const result = await drive(target.url, { mcp: ECHO, phases: steady(6, 800), timeoutNs: 2_000e6 })
  expect(outcomesOf(result)).toEqual(['CONNECT_TIMEOUT', 'HTTP 200'])
  expect(result.outcomes.get('CONNECT_TIMEOUT')).toBe(4)
  expect(result.failed).toBe(4)
  expect(result.finished).toBe(result.offered)
  expect(result.isComplete).toBe(true)
  const { validity } = toLoadRun(result, FACTS)
  expect(validity.state).not.toBe('valid')
  expect(validity.reasons).toContainEqual(expect.stringMatching(/^4 of 6 clients never had a connection or session/))
  // None is asked for a second time, only to be ended.
  expect(countOf(target.seen, 'initialize')).toBe(6)
  expect(countOf(target.seen, 'DELETE')).toBe(2)
})

it.concurrent('counts those whose time is over before the schedule is', async () => {
  await using target = await openingServer((session) => (session === 1 ? 0 : undefined))
  // The first to come is the last to stay.
  const phases = [...steady(1, 300), ...steady(4, 300), ...steady(1, 1_500)]
  const result = await drive(target.url, { mcp: ECHO, phases, timeoutNs: 800e6 })
  expect(result.outcomes.get('CONNECT_TIMEOUT')).toBe(3)
  expect(result.shutOut).toBe(3)
  expect(countOf(target.seen, 'initialize')).toBe(4)
})

it.concurrent.each<[string, string, Partial<LoadOptions>]>([
  ['TLS', 'https', {}],
  ['the settings of HTTP/2', 'http', { httpVersion: '2' }],
])('counts clients that wait in vain for %s', async (_title, scheme, options) => {
  await using target = await scriptedTarget(() => undefined)
  const url = `${scheme}://127.0.0.1:${target.port}/`
  const result = await drive(url, { ...options, phases: steady(3, 300), timeoutNs: 900e6 })
  expect(Object.fromEntries(result.outcomes)).toEqual({ CONNECT_TIMEOUT: 3 })
  expect(result.shutOut).toBe(3)
})

it.concurrent('lets clients whose sessions open after the schedule’s end go, and counts nothing of them', async () => {
  await using target = await openingServer(() => 600)
  const result = await drive(target.url, { mcp: ECHO, phases: steady(2, 300) })
  expect([result.offered, result.finished, result.shutOut]).toEqual([0, 0, 0])
  expect(
    ['initialize', 'notifications/initialized', 'DELETE', 'tools/call'].map((what) => countOf(target.seen, what)),
  ).toEqual([2, 2, 2, 0])
})
