import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { type ParsedMessage, parseMessage } from '../src/json-rpc.ts'
import { readBody } from '../src/request-body.ts'
import { RpcError } from '../src/rpc-error.ts'
import { encodeSseEvent } from '../src/sse.ts'
import { UpstreamClient, UpstreamError } from '../src/upstream-client.ts'
import { eventually } from './system/eventually.ts'

type Answer = (res: ServerResponse, id: string | number) => void

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'scripted', version: '0' },
}

/** A server that answers every call as it is told, and remembers what it was sent and which calls are open. */
async function startScripted(answer: Answer) {
  const methods: string[] = []
  const open = new Set<ServerResponse>()
  const respond = (res: ServerResponse, id: string | number, parsed: ParsedMessage) => {
    if (parsed.kind === 'request' && parsed.message.method === 'initialize') {
      sendJson(res, { jsonrpc: '2.0', id, result: INITIALIZED })
      return
    }
    open.add(res)
    res.once('close', () => open.delete(res))
    answer(res, id)
  }
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    const parsed = parseMessage((await readBody(req, 10_000)) ?? '')
    if (parsed.kind === 'request') {
      methods.push(parsed.message.method)
      respond(res, parsed.message.id, parsed)
    } else {
      if (parsed.kind === 'notification') methods.push(parsed.message.method)
      res.writeHead(req.method === 'POST' ? 202 : 405).end()
    }
  }
  const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`
  const client = await UpstreamClient.connect(url, { connectTimeoutMs: 10_000, requestTimeoutMs: 10_000 })
  const dispose = async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
  }
  return { client, methods, open, [Symbol.asyncDispose]: dispose }
}

function sendJson(res: ServerResponse, body: unknown): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function openEventStream(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.write(encodeSseEvent({ data: '', id: '1' }))
}

describe('UpstreamClient', () => {
  test.each([
    ['nothing yet', () => undefined],
    ['a stream without an answer yet', openEventStream],
  ])('ends the POST of a cancelled call that a server has sent %s, and tells the server', async (_what, answer) => {
    await using scripted = await startScripted(answer)
    const abort = new AbortController()
    const call = scripted.client.call('tools/call', { name: 'x' }, { signal: abort.signal })
    call.catch(() => undefined)
    await eventually(
      () => scripted.open.size,
      (size) => size === 1,
    )
    abort.abort('enough')
    await expect(call).rejects.toBeInstanceOf(UpstreamError)
    expect(
      await eventually(
        () => scripted.open.size,
        (size) => size === 0,
      ),
    ).toBe(0)
    const told = () => scripted.methods.includes('notifications/cancelled')
    expect(await eventually(told, (isTold) => isTold)).toBe(true)
  })

  test.each([
    ['breaks off', (res: ServerResponse) => setTimeout(() => res.destroy(), 20)],
    ['ends without an answer', (res: ServerResponse) => res.end()],
  ])('fails a call at once when its stream %s, not when its time is up', async (_what, end) => {
    await using scripted = await startScripted((res) => {
      openEventStream(res)
      end(res)
    })
    await expect(scripted.client.call('tools/call', { name: 'x' })).rejects.toMatchObject({ kind: 'connection' })
  })

  test('takes an answer from a stream that ends right after it', async () => {
    await using scripted = await startScripted((res, id) => {
      openEventStream(res)
      res.end(encodeSseEvent({ data: JSON.stringify({ jsonrpc: '2.0', id, result: { fine: true } }) }))
    })
    expect(await scripted.client.call('tools/call', { name: 'x' })).toEqual({ fine: true })
  })

  // The SDK's own errors for a closed connection and a timeout have these codes as well.
  test.each([-32000, -32001, -32602])('an answer with the code %d is the backend’s, word for word', async (code) => {
    const error = { code, message: 'my words', data: { detail: 1 } }
    await using scripted = await startScripted((res, id) => sendJson(res, { jsonrpc: '2.0', id, error }))
    const call = scripted.client.call('tools/call', { name: 'x' })
    await expect(call).rejects.toBeInstanceOf(RpcError)
    await expect(call).rejects.toMatchObject(error)
  })

  test('tells a session the server does not know from other failures, since it may be said again', async () => {
    await using scripted = await startScripted((res) => res.writeHead(404).end())
    await expect(scripted.client.call('tools/call', {})).rejects.toMatchObject({ kind: 'rejected' })
  })
})
