import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { drive, outcomesOf, steady } from './drive.ts'
import { event, json, type McpRequest, mcpTarget, readRequest, reply, well } from './mcp-target.ts'
import { scriptedTarget } from './scripted-target.ts'

const call = (name: string) => ({ method: 'tools/call', params: { name, arguments: {} } })
const MIX = [
  { ...call('a'), weight: 3 },
  { ...call('b'), weight: 1 },
]
const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

/** Answers only what the tool of this name is not called for. */
const unless = (tool: string, answer: (request: McpRequest, socket: Socket) => string) => {
  return (request: McpRequest, _number: number, socket: Socket): string =>
    request.message.params?.['name'] === tool ? answer(request, socket) : well(request)
}

describe('an MCP load at a target that does wrong', { concurrent: true }, () => {
  it('goes on with what it can when one tool’s stream never ends, though its answer came: a timeout', async () => {
    await using target = await mcpTarget(
      unless('b', ({ message }) => STREAM + chunk(event({ jsonrpc: '2.0', id: message.id, result: {} }))),
    )
    const result = await drive(target.url, { mcp: MIX, phases: steady(2, 2_000), timeoutNs: 1_500e6 })
    const [a, b] = result.operations
    expect(Object.keys(Object.fromEntries(a?.outcomes ?? []))).toEqual(['HTTP 200'])
    expect(Object.keys(Object.fromEntries(b?.outcomes ?? []))).toEqual(['TIMEOUT'])
    // The session is still there: only its connection was given up.
    expect(target.seen.filter(({ message }) => message.method === 'initialize')).toHaveLength(2)
    expect(result.isComplete).toBe(true)
  })

  it('gives up a stream that goes on and on without an answer, at what an answer may have at most', async () => {
    await using target = await mcpTarget(
      unless('b', (_request, socket) => {
        const line = chunk(
          event({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x'.repeat(8_000) } }),
        )
        const more = (): void => {
          if (socket.destroyed) return
          socket.write(line)
          setImmediate(more)
        }
        setImmediate(more)
        return STREAM
      }),
    )
    const result = await drive(target.url, { mcp: MIX, phases: steady(2, 800), maxAnswerBytes: 200_000 })
    const [a, b] = result.operations
    expect([...(a?.outcomes.keys() ?? [])]).toEqual(['HTTP 200'])
    expect([...(b?.outcomes.keys() ?? [])]).toEqual(['PROTOCOL BODY_TOO_LARGE'])
    expect(result.receivedBytes).toBeLessThan((b?.finished ?? 0) * 300_000 + (a?.finished ?? 0) * 1_000)
  })

  it('counts an answer under another operation’s id as none', async () => {
    await using target = await mcpTarget(unless('b', ({ message }) => json((message.id ?? 0) - 1, { result: {} })))
    const result = await drive(target.url, { mcp: MIX, phases: steady(2, 500) })
    const [a, b] = result.operations
    expect([...(a?.outcomes.keys() ?? [])]).toEqual(['HTTP 200'])
    expect([...(b?.outcomes.keys() ?? [])]).toEqual(['RPC NO ANSWER'])
  })

  it('opens a session anew that the target forgets again and again, its stream and subscriptions too', async () => {
    await using target = await mcpTarget((request, number) => {
      if (request.verb === 'GET') return STREAM
      return request.message.method === 'tools/call' && number % 9 === 0 ? reply('404 Not Found') : well(request)
    })
    const mcpSession = { subscribe: ['load://a/1'] }
    const result = await drive(target.url, { mcp: MIX, mcpSession, phases: steady(2, 800), thinkNs: 5e6 })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'HTTP 404'])
    const count = (what: string) => target.seen.filter(({ verb, message }) => (message.method ?? verb) === what).length
    expect(count('initialize')).toBeGreaterThan(3)
    expect(count('GET')).toBe(count('initialize'))
    expect(count('resources/subscribe')).toBe(count('initialize'))
    // Streams of sessions that are gone were ended by us, and are not asked for again.
    expect(result.mcp?.deliveries.counts.streamsLost).toBe(0)
  })

  it('counts an unknown tool by the code that the target gives it, beside the others', async () => {
    await using target = await mcpTarget(
      unless('b', ({ message }) => json(message.id, { error: { code: -32602, message: 'Unknown tool: b' } })),
    )
    const result = await drive(target.url, { mcp: MIX, loop: 'open', phases: steady(100, 500) })
    const [a, b] = result.operations
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': a?.finished, 'RPC -32602': b?.finished })
    expect((a?.finished ?? 0) + (b?.finished ?? 0)).toBe(50)
  })

  it.each(['404 Not Found', '405 Method Not Allowed', '406 Not Acceptable', '409 Conflict'])(
    'tells each refusal of a handshake by what it was: %s',
    async (status) => {
      await using target = await scriptedTarget(({ socket }) => socket.write(reply(status)))
      const result = await drive(target.url, { mcp: MIX, phases: steady(1, 300) })
      expect(outcomesOf(result)).toEqual([`SESSION HTTP ${status.slice(0, 3)}`])
      // No operation was drawn for what was never sent.
      expect(result.operations.map(({ finished }) => finished)).toEqual([0, 0])
      expect(result.mcp?.sessionOpen.totalCount).toBe(0)
    },
  )

  it('waits for a handshake that is never answered no longer than for a request', async () => {
    await using target = await scriptedTarget((exchange) => {
      if (readRequest(exchange).message.method !== 'initialize') exchange.socket.write(reply('202 Accepted'))
    })
    const mcpSession = { requestsPerSession: 1, subscribe: ['a:1'], cancel: { shareRatio: 1, afterNs: 1e6 } }
    const options = { mcp: MIX, mcpSession, timeoutNs: 200e6 }
    expect(outcomesOf(await drive(target.url, { ...options, phases: steady(2, 600) }))).toEqual(['CONNECT_TIMEOUT'])
    const open = await drive(target.url, { ...options, loop: 'open', phases: steady(20, 600) })
    expect(outcomesOf(open).filter((outcome) => outcome !== 'TIMEOUT')).toEqual(['CONNECT_TIMEOUT'])
    expect(open.isComplete).toBe(true)
  })

  it('outlives a target that ends every connection as soon as a session is open', async () => {
    await using target = await mcpTarget((_request, _number, socket) => {
      socket.destroy()
      return ''
    })
    const mcpSession = { requestsPerSession: 3, progress: true, subscribe: ['a:1'] }
    const result = await drive(target.url, { mcp: MIX, mcpSession, phases: steady(2, 500) })
    expect(outcomesOf(result)).toEqual(['SESSION STREAM CLOSED'])
  })
})
