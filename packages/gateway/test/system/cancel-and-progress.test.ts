import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { startBackendProcess, startGatewayProcess, type TestProcess } from './processes.ts'
import { RawClient, readHealth } from './raw-client.ts'
import { connectSdkClient } from './sdk-client.ts'

const FOREVER = { delayMs: 3_600_000 }

describe('calls that are not just answered', { timeout: 60_000 }, () => {
  let backend: TestProcess
  let gateway: TestProcess
  beforeAll(async () => {
    backend = await startBackendProcess('--name', 'b')
    gateway = await startGatewayProcess('--backend', `b=${backend.url}`, '--pool-size', '2', '--acquire-timeout', '2s')
  }, 60_000)
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]()
    await backend[Symbol.asyncDispose]()
  })

  const backendCount = async (what: 'calls' | 'cancelled') => Number((await readHealth(backend.url))[what])
  /** Begins a call that never ends by itself, and returns when the backend works on it. */
  const begin = async <T>(call: () => Promise<T>): Promise<{ readonly reply: Promise<T> }> => {
    const before = await backendCount('calls')
    const reply = call()
    reply.catch(() => undefined)
    await eventually(
      () => backendCount('calls'),
      (calls) => calls > before,
    )
    return { reply }
  }
  const expectOneMoreCancelled = async (before: number) => {
    expect(
      await eventually(
        () => backendCount('cancelled'),
        (cancelled) => cancelled > before,
      ),
    ).toBe(before + 1)
    const idle = async () => JSON.stringify((await readHealth(gateway.url))['backends'])
    // Nothing is held for the call any more.
    expect(
      await eventually(idle, (state) => /"idle":(\d),"waiting":0/.test(state) && !state.includes('"idle":0')),
    ).toMatch(/"idle":[12],"waiting":0/)
    expect(await readHealth(gateway.url)).toMatchObject({ openRequests: 0 })
  }

  test('progress arrives in order, under the token of the client, before the result', async () => {
    await using connected = await connectSdkClient(gateway.url)
    const seen: unknown[] = []
    const call = { name: 'b__progress', arguments: { steps: 4 } }
    const result = await connected.client.callTool(call, undefined, {
      onprogress: ({ progress, total }) => seen.push([progress, total]),
    })
    expect(seen).toEqual([1, 2, 3, 4].map((step) => [step, 4]))
    expect(result.content).toEqual([{ type: 'text', text: '4 steps' }])
  })

  test('progress comes on the stream of its own POST, which ends with the result', async () => {
    const client = await RawClient.initialize(gateway.url)
    const params = { name: 'b__progress', arguments: { steps: 2 }, _meta: { progressToken: 'mine' } }
    const reply = await client.post({ jsonrpc: '2.0', id: 5, method: 'tools/call', params })
    expect(reply.headers.get('content-type')).toBe('text/event-stream')
    // The answer's own parts are unknown when the headers leave.
    expect(reply.headers.get('server-timing')).toMatch(/^parse;dur=[\d.]+, route;dur=[\d.]+, acquire;dur=[\d.]+$/)
    const events = reply.text.split('\n\n').filter((event) => event !== '')
    const messages = events.map((event) => JSON.parse(event.replace('data: ', '')))
    expect(messages).toMatchObject([
      { method: 'notifications/progress', params: { progressToken: 'mine', progress: 1 } },
      { method: 'notifications/progress', params: { progressToken: 'mine', progress: 2 } },
      { id: 5, result: {} },
    ])
  })

  test('a result of more than a stream may buffer arrives whole after progress', async () => {
    await using connected = await connectSdkClient(gateway.url)
    const call = { name: 'b__progress', arguments: { steps: 1, bytes: 1_500_000 } }
    let steps = 0
    const result = await connected.client.callTool(call, undefined, {
      onprogress: () => {
        steps += 1
      },
    })
    expect(steps).toBe(1)
    expect(result.content).toEqual([{ type: 'text', text: '1 steps'.padEnd(1_500_000, '.') }])
  })

  test('a call without a progress token is answered as JSON', async () => {
    const client = await RawClient.initialize(gateway.url)
    const reply = await client.call(1, 'b__progress', { steps: 2 })
    expect(reply.headers.get('content-type')).toBe('application/json')
  })

  // 0 is an id like any other, though the SDK's server takes it for none.
  test.each([0, 1, 'text'])(
    'cancelling request %j reaches the backend and ends the reply without an answer',
    async (id) => {
      const client = await RawClient.initialize(gateway.url)
      const before = await backendCount('cancelled')
      const { reply } = await begin(() => client.call(id, 'b__tool-1', FOREVER))
      const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'enough' } }
      expect(await client.post(cancel)).toMatchObject({ status: 202 })
      expect(await reply).toMatchObject({ status: 200, text: '' })
      await expectOneMoreCancelled(before)
    },
  )

  test('the official client cancels through the gateway', async () => {
    await using connected = await connectSdkClient(gateway.url)
    const before = await backendCount('cancelled')
    const abort = new AbortController()
    const call = { name: 'b__tool-1', arguments: FOREVER }
    const { reply } = await begin(() => connected.client.callTool(call, undefined, { signal: abort.signal }))
    abort.abort('enough')
    await expect(reply).rejects.toThrow('enough')
    await expectOneMoreCancelled(before)
  })

  test('a client that goes away cancels what it waited for', async () => {
    const client = await RawClient.initialize(gateway.url)
    const before = await backendCount('cancelled')
    const abort = new AbortController()
    await begin(() => client.call(1, 'b__tool-1', FOREVER, { signal: abort.signal }))
    abort.abort()
    await expectOneMoreCancelled(before)
  })

  test('a session that ends cancels what it waited for', async () => {
    const client = await RawClient.initialize(gateway.url)
    const before = await backendCount('cancelled')
    const { reply } = await begin(() => client.call(1, 'b__tool-1', FOREVER))
    await client.send({ method: 'DELETE' })
    expect(await reply).toMatchObject({ text: '' })
    await expectOneMoreCancelled(before)
  })

  test('when no connection to the backend gets free in time, the call is answered with an error that says so', async () => {
    const client = await RawClient.initialize(gateway.url)
    const abort = new AbortController()
    for (const id of [1, 2]) await begin(() => client.call(id, 'b__tool-1', FOREVER, { signal: abort.signal }))
    const reply = await client.call(3, 'b__echo')
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.text)).toMatchObject({
      id: 3,
      error: { code: -32000, data: { reason: 'acquire-timeout', backend: 'b' } },
    })
    abort.abort()
    const echo = async () => (await client.call(4, 'b__echo', { text: 'free' })).text
    expect(await eventually(echo, (text) => text.includes('free'))).toContain('free')
  })
})
