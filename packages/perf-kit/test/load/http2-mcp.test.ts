import { constants } from 'node:http2'
import { expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import { eventually } from '../bench/eventually.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { mcpHttp2Target, reply, well } from './mcp-http2-target.ts'

const ECHO = { method: 'tools/call', params: { name: 'echo', arguments: {} } }

it.concurrent.each([1, 4])('opens a session a client, uses and ends it, with %i to a connection', async (streams) => {
  await using target = await mcpHttp2Target(well)
  const result = await drive(target.url, { httpVersion: '2', streams, mcp: ECHO, phases: steady(4, 800) })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  expect(target.connections()).toBe(4 / streams)
  const count = (what: string): number => target.seen.filter(({ verb, method }) => (method ?? verb) === what).length
  expect([count('initialize'), count('notifications/initialized'), count('DELETE')]).toEqual([4, 4, 4])
  expect(count('tools/call')).toBe(result.finished)
  expect(new Set(target.seen.map(({ session }) => session)).size).toBe(5)
  expect(target.resets).toEqual([])
})

it.concurrent('tells a failed tool from an answer', async () => {
  await using target = await mcpHttp2Target((asked, message) => {
    reply(asked, message, { result: { isError: true, content: [] } })
  })
  const result = await drive(target.url, { httpVersion: '2', mcp: ECHO, phases: steady(2, 800) })
  expect(outcomesOf(result)).toEqual(['TOOL ERROR'])
})

it.concurrent.each<[string, LoadOptions['mcpSession']]>([
  ['with sessions', {}],
  ['without sessions', { protocolVersion: '2026-07-28' }],
])('gives up the stream of a call that is cancelled, and not the connection: %s', async (_title, session) => {
  await using target = await mcpHttp2Target(({ stream }, { method }) => {
    if (method === 'notifications/cancelled') stream.respond({ ':status': 202 }, { endStream: true })
  })
  const result = await drive(target.url, {
    httpVersion: '2',
    streams: 10,
    mcp: ECHO,
    mcpSession: { ...session, cancel: { shareRatio: 1, afterNs: 50e6 } },
    phases: steady(2, 1_000),
  })
  expect(outcomesOf(result)).toEqual(['CANCELLED'])
  expect(target.connections()).toBe(1)
  // The last may have met a connection that was ended already, and the target may not have read all of them yet.
  const resets = () => target.resets.length
  const least = result.cancelled - 2
  expect(await eventually(resets, (count) => count >= least)).toBeGreaterThanOrEqual(least)
  expect(new Set(target.resets)).toEqual(new Set([constants.NGHTTP2_CANCEL]))
})

it.concurrent('goes on with its session when a request is refused', async () => {
  await using target = await mcpHttp2Target((asked, message) => {
    if (asked.number % 20 === 10) asked.stream.close(constants.NGHTTP2_REFUSED_STREAM)
    else well(asked, message)
  })
  const result = await drive(target.url, { httpVersion: '2', mcp: ECHO, phases: steady(1, 800) })
  expect(outcomesOf(result)).toEqual(['HTTP 200', 'RST_STREAM REFUSED_STREAM'])
  expect(target.seen.filter(({ method }) => method === 'initialize')).toHaveLength(1)
  expect(target.connections()).toBe(1)
})
