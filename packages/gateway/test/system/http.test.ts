import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGatewayProcess, type TestProcess } from './processes.ts'
import { INITIALIZE, RawClient, readHealth } from './raw-client.ts'

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' }

describe('the HTTP side of the gateway', { timeout: 60_000 }, () => {
  let gateway: TestProcess
  beforeAll(async () => {
    gateway = await startGatewayProcess('--backends', '1', '--max-sessions', '40')
  }, 60_000)
  afterAll(() => gateway[Symbol.asyncDispose]())

  test('initialize without a session opens one, and a request without one is refused', async () => {
    const client = new RawClient(gateway.url)
    const reply = await client.post(INITIALIZE)
    expect(reply).toMatchObject({ status: 200 })
    expect(reply.headers.get('mcp-session-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.parse(reply.text)).toMatchObject({ id: 'init', result: { protocolVersion: '2025-11-25' } })
    expect(await client.post(PING)).toMatchObject({ status: 400, text: expect.stringContaining('-32000') })
  })

  test('initialize on a session that has been, or without its parameters, opens none', async () => {
    const client = await RawClient.initialize(gateway.url)
    const { sessions } = await readHealth(gateway.url)
    expect(await client.post(INITIALIZE)).toMatchObject({ status: 400 })
    const reply = await new RawClient(gateway.url).post({ ...INITIALIZE, params: {} })
    expect(JSON.parse(reply.text)).toHaveProperty('error')
    expect(await readHealth(gateway.url)).toMatchObject({ sessions })
  })

  test('an unknown session is 404 with -32001, for every method', async () => {
    const client = await RawClient.initialize(gateway.url)
    client.sessionId = 'f3a2c1d0-0000-4000-8000-000000000000'
    for (const method of ['POST', 'GET', 'DELETE']) {
      const body = method === 'POST' ? { body: JSON.stringify(PING) } : {}
      const reply = await client.send({ method, ...body })
      expect(reply).toMatchObject({ status: 404, text: expect.stringContaining('-32001') })
    }
  })

  test.each([
    ['accept', 'application/json', 406],
    ['content-type', 'text/plain', 415],
    ['mcp-protocol-version', '1999-01-01', 400],
    ['origin', 'http://evil.example', 403],
  ])('the header %s: %s is refused with %d', async (name, value, status) => {
    const client = await RawClient.initialize(gateway.url)
    expect(await client.post(PING, { headers: { [name]: value } })).toMatchObject({ status })
  })

  test('a Host that is not this machine is refused, whatever its address', async () => {
    const { port } = new URL(gateway.url)
    const status = await new Promise((resolve, reject) => {
      const req = request({ host: '127.0.0.1', port, path: '/health', headers: { host: 'evil.example' } }, (res) => {
        res.resume()
        resolve(res.statusCode)
      })
      req.on('error', reject)
      req.end()
    })
    expect(status).toBe(403)
  })

  test.each([
    ['JSON that breaks off', '{"jsonrpc":', -32700],
    ['a batch', JSON.stringify([PING, { ...PING, id: 2 }]), -32600],
    ['a message without a version', '{"id":1,"method":"ping"}', -32600],
  ])('%s is answered with a JSON-RPC error', async (_what, body, code) => {
    const client = await RawClient.initialize(gateway.url)
    const reply = await client.post(body)
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code } })
  })

  test('a body over 4 MiB is 413, announced or not, and the session lives on', async () => {
    const client = await RawClient.initialize(gateway.url)
    const huge = new Uint8Array(4 * 1024 * 1024 + 1)
    expect(await client.post('', { body: huge })).toMatchObject({ status: 413 })
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(huge)
        controller.close()
      },
    })
    expect(await client.post('', { body, duplex: 'half' })).toMatchObject({ status: 413 })
    expect(await client.post(PING)).toMatchObject({ status: 200 })
  })

  test('an id in use by an open request is refused, and free again after the answer', async () => {
    const client = await RawClient.initialize(gateway.url)
    const slow = client.call(7, 'backend-1__tool-1', { delayMs: 300 })
    // The two travel on connections of their own: whichever comes second is refused.
    const twin = client.call(7, 'backend-1__tool-1', { delayMs: 300 })
    const statuses = (await Promise.all([slow, twin])).map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 400])
    expect(await client.call(7, 'backend-1__echo')).toMatchObject({ status: 200 })
  })

  test('a second notification stream is 409, until the first has ended', async () => {
    const client = await RawClient.initialize(gateway.url)
    const abort = new AbortController()
    const first = await client.open({ method: 'GET', signal: abort.signal })
    expect(first.status).toBe(200)
    expect(first.headers.get('content-type')).toBe('text/event-stream')
    expect(await client.send({ method: 'GET' })).toMatchObject({ status: 409 })
    abort.abort()
    let third = await client.open({ method: 'GET' })
    while (third.status === 409) third = await client.open({ method: 'GET' })
    expect(third.status).toBe(200)
    await third.body?.cancel()
  })

  test('DELETE ends the session and its stream', async () => {
    const client = await RawClient.initialize(gateway.url)
    const stream = await client.open({ method: 'GET' })
    expect(await client.send({ method: 'DELETE' })).toMatchObject({ status: 200 })
    expect(await stream.text()).toBe('')
    expect(await client.post(PING)).toMatchObject({ status: 404 })
  })

  test('other methods and paths are refused', async () => {
    const put = await fetch(gateway.url, { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE'])
    expect((await fetch(new URL('/constructor', gateway.url))).status).toBe(404)
  })

  test('one session more than allowed is 503, and taken when another has ended', async () => {
    const clients: RawClient[] = []
    for (;;) {
      const client = new RawClient(gateway.url)
      const { status, headers } = await client.post(INITIALIZE)
      if (status === 503) break
      client.sessionId = headers.get('mcp-session-id') ?? undefined
      clients.push(client)
    }
    expect(await readHealth(gateway.url)).toMatchObject({ sessions: 40 })
    for (const client of clients) await client.send({ method: 'DELETE' })
    expect(await new RawClient(gateway.url).post(INITIALIZE)).toMatchObject({ status: 200 })
  })
})
