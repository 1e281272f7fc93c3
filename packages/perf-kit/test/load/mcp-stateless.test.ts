import { describe, expect, it } from 'vitest'
import { eventually } from '../bench/eventually.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { mcpTarget, well } from './mcp-target.ts'
import { startServer } from './reference-server.ts'
import { scriptedTarget } from './scripted-target.ts'

const SERVER = new URL('./fixtures/stateless-server.ts', import.meta.url)
const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } })
const MIX = [
  call('echo', { text: 'x' }),
  call('écho à tous'),
  { method: 'tools/list', params: {} },
  { method: 'server/discover', params: {} },
]
const STATELESS = { protocolVersion: '2026-07-28' } as const

describe('a server without sessions (2026-07-28)', { concurrent: true }, () => {
  it('takes each request for itself, with no handshake and no farewell', async () => {
    await using server = await startServer(SERVER, ['strict'])
    const result = await drive(server.url, { mcp: MIX, mcpSession: STATELESS, phases: steady(3, 1_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const { methods } = await server.health()
    const asked = (index: number): number => result.operations[index]?.finished ?? 0
    expect(methods).toEqual({
      'tools/call': asked(0) + asked(1),
      'tools/list': asked(2),
      'server/discover': asked(3),
    })
    expect(result.mcp?.sessionOpen.totalCount).toBe(0)
  })

  it('is found out by the refusal of a handshake, where nobody has said what is spoken', async () => {
    await using server = await startServer(SERVER, ['strict'])
    const result = await drive(server.url, { mcp: MIX, phases: steady(3, 800) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    // Once on each connection.
    expect(await server.health()).toMatchObject({ methods: { POST: 3 } })
    expect(result.times.connect.totalCount).toBe(3)
  })

  it('is not found out against the user’s word', async () => {
    await using server = await startServer(SERVER, ['strict'])
    const result = await drive(server.url, { mcp: MIX, mcpSession: { protocolVersion: '2025-06-18' } })
    expect(outcomesOf(result)).toEqual(['SESSION HTTP 400'])
  })

  it('that speaks older revisions too is spoken to as it answers, unless told otherwise', async () => {
    await using server = await startServer(SERVER, [])
    const asItAnswers = await drive(server.url, { mcp: call('echo'), phases: steady(1, 400) })
    expect(outcomesOf(asItAnswers)).toEqual(['HTTP 200'])
    // One session without an id: the handshake, requests, and nothing to end.
    expect((await server.health())['methods']).toEqual({ POST: 2 + asItAnswers.finished })
  })

  it('hears that a call is cancelled when its stream ends', async () => {
    await using server = await startServer(SERVER, ['strict'])
    const mcpSession = { ...STATELESS, cancel: { shareRatio: 1, afterNs: 30e6 } }
    const result = await drive(server.url, { mcp: call('slow'), mcpSession, phases: steady(2, 800) })
    expect(outcomesOf(result)).toEqual(['CANCELLED'])
    expect(result.cancelled).toBeGreaterThan(4)
    const heard = async () => (await server.health())['cancelled']
    expect(await eventually(heard, (count) => count === result.cancelled)).toBe(result.cancelled)
  })

  it('tells of updates on a stream that it has acknowledged', async () => {
    await using server = await startServer(SERVER, ['strict'])
    const mcpSession = { ...STATELESS, subscribe: ['load://a/1'] }
    const result = await drive(server.url, { mcp: call('echo'), mcpSession, thinkNs: 20e6, phases: steady(2, 1_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const { arrived = 0, untimed, streamsLost } = result.mcp?.deliveries.counts ?? {}
    expect(arrived).toBeGreaterThan(10)
    expect([untimed, streamsLost]).toEqual([arrived, 0])
    expect(await server.health()).toMatchObject({ methods: { 'subscriptions/listen': 2 } })
  })

  it('that never acknowledges is one to which nothing is sent', async () => {
    await using target = await scriptedTarget(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'),
    )
    const mcpSession = { ...STATELESS, subscribe: ['load://a/1'] }
    const result = await drive(target.url, { mcp: call('echo'), mcpSession, phases: steady(1, 600), timeoutNs: 400e6 })
    expect(outcomesOf(result)).toEqual(['CONNECT_TIMEOUT'])
    expect(target.requests()).toBeLessThan(3)
  })

  it('has each of its requests say what it is, in headers and in the body', async () => {
    await using target = await mcpTarget(well)
    const mcp = [
      { ...call('écho'), weight: 1 },
      { method: 'resources/read', params: { uri: 'load://a/1', _meta: { trace: 'mine' } } },
      { ...call('=?base64?') },
    ]
    await drive(target.url, { mcp, mcpSession: { ...STATELESS, progress: true }, phases: steady(1, 400) })
    const names = new Set(target.seen.map(({ headers }) => headers.get('mcp-name')))
    const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`
    expect(names).toEqual(new Set([base64('écho'), base64('=?base64?'), 'load://a/1']))
    for (const { verb, headers, message } of target.seen) {
      expect(verb).toBe('POST')
      expect(headers.get('mcp-method')).toBe(message.method)
      expect(headers.get('mcp-protocol-version')).toBe('2026-07-28')
      expect(headers.has('mcp-session-id')).toBe(false)
      const own = message.method === 'tools/call' ? { progressToken: message.id } : { trace: 'mine' }
      expect(message.params?.['_meta']).toEqual({
        ...own,
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'perf-kit', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      })
    }
  })
})
