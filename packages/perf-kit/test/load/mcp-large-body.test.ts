import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { drive, outcomesOf, steady } from './drive.ts'
import { http2Target } from './http2-target.ts'

const TEXT = 'é日'.repeat(40_000)
const CALL = { method: 'tools/call', params: { name: 'echo', arguments: { text: TEXT } } }

/** What a server of MCP says, which counts the calls that came whole. */
function answering() {
  const calls: { readonly session: string; readonly id: number; readonly isWhole: boolean }[] = []
  let sessions = 0
  const answer = (verb: string, session: string, body: string) => {
    if (verb === 'DELETE') return { status: 200, headers: {}, text: '' }
    const { id, method, params } = JSON.parse(body)
    if (method === 'notifications/initialized') return { status: 202, headers: {}, text: '' }
    const named = method === 'initialize' ? { 'mcp-session-id': `session-${++sessions}` } : {}
    if (method === 'tools/call') calls.push({ session, id, isWhole: params.arguments.text === TEXT })
    const result = method === 'initialize' ? { protocolVersion: '2025-06-18', capabilities: {} } : { content: [] }
    const text = JSON.stringify({ jsonrpc: '2.0', id, result })
    return { status: 200, headers: { 'content-type': 'application/json', ...named }, text }
  }
  return { answer, calls }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function http1Server({ answer }: ReturnType<typeof answering>) {
  const server = createServer(async (request, response) => {
    const session = String(request.headers['mcp-session-id'] ?? '')
    const { status, headers, text } = answer(request.method ?? '', session, await textOf(request))
    response.writeHead(status, headers).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function http2Server({ answer }: ReturnType<typeof answering>) {
  return await http2Target(async ({ stream, headers: asked }) => {
    const session = String(asked['mcp-session-id'] ?? '')
    const { status, headers, text } = answer(asked[':method'] ?? '', session, await textOf(stream))
    stream.respond({ ':status': status, ...headers })
    stream.end(text)
  })
}

it.each([
  ['1.1', 'with sessions', {}],
  ['1.1', 'without sessions', { protocolVersion: '2026-07-28' }],
  ['2', 'with sessions that end', { requestsPerSession: 3 }],
] as const)(
  'sends long bodies whole over HTTP/%s, %s, each under its own id',
  async (httpVersion, _title, mcpSession) => {
    const server = answering()
    await using target = await (httpVersion === '2' ? http2Server(server) : http1Server(server))
    const result = await drive(target.url, { httpVersion, mcp: CALL, mcpSession, phases: steady(3, 800) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(server.calls).toHaveLength(result.finished)
    expect(result.finished).toBeGreaterThan(6)
    expect(server.calls.every(({ isWhole }) => isWhole)).toBe(true)
    // Without sessions each client counts by itself.
    const names = new Set(server.calls.map(({ session, id }) => `${session} ${id}`))
    if (!('protocolVersion' in mcpSession)) expect(names.size).toBe(server.calls.length)
  },
)
