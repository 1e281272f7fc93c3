import { describe, expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { event, json, type McpRequest, mcpTarget, readRequest, reply, stream, well } from './mcp-target.ts'
import { type Exchange, scriptedTarget } from './scripted-target.ts'

const ECHO: LoadOptions['mcp'] = { method: 'tools/call', params: { name: 'echo', arguments: {} } }

describe('an MCP session', { concurrent: true }, () => {
  it('is opened, used and ended on each connection, with its id and the version that the server chose', async () => {
    await using target = await mcpTarget(well)
    const result = await drive(target.url, { mcp: ECHO, phases: steady(2, 300) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const methods = target.seen.map(({ verb, message }) => message.method ?? verb)
    const count = (method: string) => methods.filter((one) => one === method).length
    expect([count('initialize'), count('notifications/initialized'), count('DELETE')]).toEqual([2, 2, 2])
    expect(count('tools/call')).toBe(result.finished)
    for (const { headers, message } of target.seen.filter((request) => request.message.method !== 'initialize')) {
      expect(headers.get('mcp-session-id')).toMatch(/^session-[12]$/)
      expect(headers.get('mcp-protocol-version')).toBe('2025-06-18')
      if (message.method !== undefined) expect(headers.get('accept')).toBe('application/json, text/event-stream')
    }
    const ids = target.seen
      .filter(({ message }) => message.method === 'tools/call')
      .map(({ headers, message }) => `${headers.get('mcp-session-id')} ${message.id}`)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each<[string, (request: McpRequest) => string, string]>([
    ['an error', ({ message }) => json(message.id, { error: { code: -32602, message: 'no' } }), 'RPC -32602'],
    [
      'an error with a code that is no number',
      ({ message }) => json(message.id, { error: { code: { toString: 1 } } }),
      'RPC ERROR',
    ],
    ['an error that is no object', ({ message }) => json(message.id, { error: 'boom' }), 'RPC ERROR'],
    ['a failed tool', ({ message }) => json(message.id, { result: { isError: true, content: [] } }), 'TOOL ERROR'],
    ['an answer to somebody else', () => json(7, { result: {} }), 'RPC NO ANSWER'],
    ['no JSON', () => reply('200 OK', '{"jsonrpc":', ['Content-Type: application/json']), 'RPC NO ANSWER'],
    ['nothing', () => reply('200 OK'), 'RPC NO ANSWER'],
    ['a refusal', () => reply('429 Too Many Requests'), 'HTTP 429'],
    ['a stream', ({ message }) => stream(event({ jsonrpc: '2.0', id: message.id, result: {} })), 'HTTP 200'],
    [
      'a stream that begins with an empty event and reports progress',
      ({ message }) =>
        stream(
          'id: 1\ndata: \n\n',
          event({ jsonrpc: '2.0', method: 'notifications/progress', params: {} }),
          event({ jsonrpc: '2.0', id: message.id, result: {} }),
        ),
      'HTTP 200',
    ],
    ['a stream that ends without an answer', () => stream('data: \n\n'), 'RPC NO ANSWER'],
  ])('tells %s by what it was', async (_title, answer, outcome) => {
    await using target = await mcpTarget(answer)
    const result = await drive(target.url, { mcp: ECHO, loop: 'open', phases: steady(50, 200) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ [outcome]: 10 })
  })

  it('reads an answer that comes in pieces, while others come in between', async () => {
    const text = 'x'.repeat(200_000)
    const later = async (socket: Exchange['socket'], pieces: readonly string[]): Promise<void> => {
      for (const piece of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        socket.write(piece)
      }
    }
    await using target = await mcpTarget(({ message }, _number, socket) => {
      const answer = event({ jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text }] } })
      const chunk = (part: string): string => `${part.length.toString(16)}\r\n${part}\r\n`
      void later(socket, [
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
        chunk('data: \n\n'),
        chunk(answer.slice(0, 70)),
        chunk(answer.slice(70)),
        '0\r\n\r\n',
      ])
      return ''
    })
    const result = await drive(target.url, { mcp: ECHO, phases: steady(4, 500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    // After the first of each, others.
    expect(result.finished).toBeGreaterThan(4)
  })

  it('is used on over the next connection when its own is closed after each answer', async () => {
    await using target = await mcpTarget(({ message }) => json(message.id, { result: {} }, 'Connection: close'))
    const result = await drive(target.url, { mcp: ECHO, loop: 'open', phases: steady(50, 400) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 20 })
    const opened = target.seen.filter(({ message }) => message.method === 'initialize').length
    const ended = target.seen.filter(({ verb }) => verb === 'DELETE').length
    expect(opened).toBeLessThan(20)
    expect(ended).toBe(opened)
  })

  it.each([
    ['with a line break', '2025-11-25\r\nx: y'],
    ['in letters that a header cannot carry', '版'],
    ['that is none', 7],
  ])('is not opened by a server that names a version %s', async (_title, protocolVersion) => {
    await using target = await scriptedTarget((exchange) => {
      exchange.socket.write(json(readRequest(exchange).message.id, { result: { protocolVersion } }))
    })
    expect(outcomesOf(await drive(target.url, { mcp: ECHO }))).toEqual(['SESSION RPC VERSION'])
  })

  it.each([
    [
      'opened anew when a server that it has spoken to says 400, and that it knows no such session',
      'No valid Session ID',
      2,
    ],
    [
      'opened anew when a server that it has spoken to says 400, and that it is not initialized',
      'Server not initialized',
      2,
    ],
    ['kept when a server says 400 to what it is asked, and nothing of sessions', 'Invalid arguments for tool echo', 1],
    ['kept when a server says 400 and nothing else', '', 1],
    ['kept when a server says 400 to a tool of that name', 'Invalid arguments for tool session_lookup', 1],
  ])('is %s', async (_title, said, sessions) => {
    const body = said === '' ? '' : JSON.stringify({ jsonrpc: '2.0', error: { code: -32000, message: said }, id: null })
    const refusal = reply('400 Bad Request', body, ['Content-Type: application/json'])
    await using target = await mcpTarget((request, number) => (number === 3 ? refusal : well(request)))
    const result = await drive(target.url, { mcp: ECHO, phases: steady(1, 600), thinkNs: 5e6 })
    expect(result.outcomes.get('HTTP 400')).toBe(1)
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(4)
    expect(target.seen.filter(({ message }) => message.method === 'initialize')).toHaveLength(sessions)
    // One that is kept is ended; one that the server has forgotten cannot be.
    expect(target.seen.filter(({ verb }) => verb === 'DELETE')).toHaveLength(1)
  })

  it('is not opened again and again when it never was answered well', async () => {
    await using target = await mcpTarget(() => reply('400 Bad Request', 'no session for you'))
    const result = await drive(target.url, { mcp: ECHO, phases: steady(1, 300), thinkNs: 20e6 })
    expect(outcomesOf(result)).toEqual(['HTTP 400'])
    expect(target.seen.filter(({ message }) => message.method === 'initialize')).toHaveLength(1)
  })

  it('is opened anew when the server has forgotten it', async () => {
    await using target = await mcpTarget((request, number) => (number === 3 ? reply('404 Not Found') : well(request)))
    const result = await drive(target.url, { mcp: ECHO, phases: steady(1, 600), thinkNs: 5e6 })
    expect(result.outcomes.get('HTTP 404')).toBe(1)
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(4)
    expect(target.seen.filter(({ message }) => message.method === 'initialize')).toHaveLength(2)
  })

  it('that cannot be opened is a failed request', async () => {
    await using target = await scriptedTarget(({ socket }) => socket.write(reply('406 Not Acceptable')))
    const result = await drive(target.url, { mcp: ECHO })
    expect(outcomesOf(result)).toEqual(['SESSION HTTP 406'])
  })

  it('that is never opened is one too, after the timeout', async () => {
    await using target = await scriptedTarget(() => undefined)
    const result = await drive(target.url, { mcp: ECHO, phases: steady(2, 700), timeoutNs: 400e6 })
    expect(outcomesOf(result)).toEqual(['CONNECT_TIMEOUT'])
  })
})
