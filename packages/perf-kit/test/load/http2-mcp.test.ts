import { constants } from 'node:http2'
import { expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { type Http2Asked, http2Target } from './http2-target.ts'

interface Message {
  readonly id?: number
  readonly method?: string
}

interface Seen {
  readonly verb: string
  readonly session: string
  readonly method: string | undefined
}

/** A server of MCP that opens sessions as it should; calls are answered by the script. */
async function mcpHttp2Target(answer: (asked: Http2Asked, message: Message) => void) {
  const seen: Seen[] = []
  let sessions = 0
  const target = await http2Target((asked) => {
    const { stream, headers } = asked
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const message: Message = text === '' ? {} : JSON.parse(text)
      seen.push({
        verb: headers[':method'] ?? '',
        session: String(headers['mcp-session-id'] ?? ''),
        method: message.method,
      })
      if (message.method === 'initialize') {
        const result = {
          protocolVersion: '2025-06-18',
          capabilities: {},
          serverInfo: { name: 'scripted', version: '1' },
        }
        reply(asked, message, { result }, { 'mcp-session-id': `session-${++sessions}` })
      } else if (message.method === 'notifications/initialized') stream.respond({ ':status': 202 }, { endStream: true })
      else if (headers[':method'] === 'DELETE') stream.respond({ ':status': 200 }, { endStream: true })
      else answer(asked, message)
    })
  })
  return { ...target, seen }
}

function reply({ stream }: Http2Asked, { id }: Message, content: object, headers: Record<string, string> = {}): void {
  stream.respond({ ':status': 200, 'content-type': 'application/json', ...headers })
  stream.end(JSON.stringify({ jsonrpc: '2.0', id, ...content }))
}

const ECHO = { method: 'tools/call', params: { name: 'echo', arguments: {} } }
const well = (asked: Http2Asked, message: Message): void => reply(asked, message, { result: { content: [] } })

it.each([1, 4])('opens a session a client, uses and ends it, with %i to a connection', async (streams) => {
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

it('tells a failed tool from an answer', async () => {
  await using target = await mcpHttp2Target((asked, message) => {
    reply(asked, message, { result: { isError: true, content: [] } })
  })
  const result = await drive(target.url, { httpVersion: '2', mcp: ECHO, phases: steady(2, 800) })
  expect(outcomesOf(result)).toEqual(['TOOL ERROR'])
})

it.each<[string, LoadOptions['mcpSession']]>([
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
  expect(new Set(target.resets)).toEqual(new Set([constants.NGHTTP2_CANCEL]))
  expect(target.resets).toHaveLength(result.cancelled)
})

it('goes on with its session when a request is refused', async () => {
  await using target = await mcpHttp2Target((asked, message) => {
    if (asked.number % 20 === 10) asked.stream.close(constants.NGHTTP2_REFUSED_STREAM)
    else well(asked, message)
  })
  const result = await drive(target.url, { httpVersion: '2', mcp: ECHO, phases: steady(1, 800) })
  expect(outcomesOf(result)).toEqual(['HTTP 200', 'RST_STREAM REFUSED_STREAM'])
  expect(target.seen.filter(({ method }) => method === 'initialize')).toHaveLength(1)
  expect(target.connections()).toBe(1)
})
