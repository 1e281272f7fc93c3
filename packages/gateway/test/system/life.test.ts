import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import {
  childrenOf,
  countRunning,
  runGatewayToItsEnd,
  startBackendProcess,
  startGatewayProcess,
  type TestProcess,
} from './processes.ts'
import { INITIALIZE, RawClient, readHealth, readMetrics } from './raw-client.ts'

/** More than the kernel keeps for a connection. */
const LONG_BYTES = 40_000_000
const FOREVER = { delayMs: 3_600_000 }
const PING = { jsonrpc: '2.0', id: 'ping', method: 'ping' }

async function openRequests({ url }: TestProcess): Promise<unknown> {
  return (await readHealth(url))['openRequests']
}

async function beginCall(gateway: TestProcess, args: object): Promise<{ client: RawClient; reply: Promise<unknown> }> {
  const client = await RawClient.initialize(gateway.url)
  const reply = client.call(1, 'backend-1__tool-1', args).catch((error: unknown) => error)
  await eventually(
    () => openRequests(gateway),
    (open) => open === 1,
  )
  return { client, reply }
}

describe('the end of the gateway', { concurrent: true, timeout: 60_000 }, () => {
  test('SIGTERM lets an open request finish, refuses new ones, and leaves no process', async () => {
    await using gateway = await startGatewayProcess()
    const backends = await childrenOf(gateway.pid)
    expect(backends).toHaveLength(2)
    const { reply } = await beginCall(gateway, { delayMs: 1000, bytes: 3 })
    gateway.kill('SIGTERM')
    const refused = () =>
      new RawClient(gateway.url).post(INITIALIZE).then(
        ({ status }) => status === 503,
        () => true,
      )
    expect(await eventually(refused, (isRefused) => isRefused)).toBe(true)
    expect(await reply).toMatchObject({ status: 200, text: expect.stringContaining('xxx') })
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
    expect(await countRunning(backends)).toBe(0)
  })

  test.each(['SIGINT', 'SIGTERM'])('%s to the whole group, as Ctrl-C in a terminal, does the same', async (signal) => {
    await using gateway = await startGatewayProcess('--backends', '1')
    const backends = await childrenOf(gateway.pid)
    const { reply } = await beginCall(gateway, { delayMs: 1000, bytes: 3 })
    process.kill(-gateway.pid, signal)
    expect(await reply).toMatchObject({ status: 200, text: expect.stringContaining('xxx') })
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
    expect(await countRunning(backends)).toBe(0)
  })

  test('a long reply that is on its way still arrives whole', async () => {
    await using gateway = await startGatewayProcess('--backends', '1')
    const client = await RawClient.initialize(gateway.url)
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = { name: 'backend-1__tool-1', arguments: { bytes: LONG_BYTES } }
      request(gateway.url, { method: 'POST', headers: client.headers }, resolve)
        .once('error', reject)
        .end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }))
    })
    // Nothing of it is read yet: most of it waits in the gateway, which regards the call as answered.
    expect(await openRequests(gateway)).toBe(0)
    gateway.kill('SIGTERM')
    await eventually(
      () =>
        readHealth(gateway.url).then(
          ({ httpStatus }) => httpStatus === 503,
          () => true,
        ),
      (isEnding) => isEnding,
    )
    expect((await buffer(reply)).length).toBeGreaterThan(LONG_BYTES)
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
  })

  test('a request that does not finish is ended at the deadline', async () => {
    await using gateway = await startGatewayProcess('--backends', '1', '--drain-timeout', '50ms')
    const { reply } = await beginCall(gateway, FOREVER)
    gateway.kill('SIGTERM')
    expect(await reply).toMatchObject({ text: '' })
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
  })

  test('a second signal ends it at once, and its backends with it', async () => {
    await using gateway = await startGatewayProcess('--backends', '1', '--drain-timeout', '1h')
    const backends = await childrenOf(gateway.pid)
    const { client } = await beginCall(gateway, FOREVER)
    gateway.kill('SIGTERM')
    const draining = () =>
      client.post({ jsonrpc: '2.0', id: 2, method: 'ping' }).then(
        ({ status }) => status,
        () => 503,
      )
    await eventually(draining, (status) => status === 503)
    gateway.kill('SIGINT')
    expect(await gateway.exit).toEqual({ code: 130, signal: null })
    expect(
      await eventually(
        () => countRunning(backends),
        (running) => running === 0,
      ),
    ).toBe(0)
  })

  test('SIGKILL leaves no backend behind', async () => {
    await using gateway = await startGatewayProcess()
    const backends = await childrenOf(gateway.pid)
    expect(await countRunning(backends)).toBe(2)
    gateway.kill('SIGKILL')
    expect(
      await eventually(
        () => countRunning(backends),
        (running) => running === 0,
      ),
    ).toBe(0)
  })
})

describe('the start of the gateway', { timeout: 60_000 }, () => {
  test('a misspelt flag ends it with 2 and says what was meant', async () => {
    const { code, stdout, stderr } = await runGatewayToItsEnd('--pool-sice', '3')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('unknown flag --pool-sice, did you mean --pool-size?')
  })

  test('two backends of one name end it with 2', async () => {
    const backend = 'a=http://127.0.0.1:1/mcp'
    const { code, stderr } = await runGatewayToItsEnd('--backend', backend, '--backend', backend)
    expect([code, stderr]).toEqual([2, expect.stringContaining('give each backend a name of its own')])
  })

  test('a port in use ends it with 3, says so, and leaves no backend', async () => {
    await using server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    // Returns when nobody holds the gateway's standard error any more: its backends would.
    const { code, stderr } = await runGatewayToItsEnd('--port', String(port))
    expect(code).toBe(3)
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`)
  })

  test('help is printed and names every flag', async () => {
    const { code, stdout } = await runGatewayToItsEnd('--help')
    expect(code).toBe(0)
    for (const flag of ['--port', '--backend ', '--backend-latency', '--session-idle']) expect(stdout).toContain(flag)
  })
})

describe('while the gateway runs', { timeout: 60_000 }, () => {
  test('closes idle sessions with all they held, but none with an open stream or request', async () => {
    await using gateway = await startGatewayProcess('--backends', '1', '--session-idle', '1s')
    const listening = await RawClient.initialize(gateway.url)
    const stream = await listening.open({ method: 'GET' })
    const { reply } = await beginCall(gateway, { delayMs: 4000, bytes: 3 })
    const idle = await RawClient.initialize(gateway.url)
    const uri = 'load://backend-1/1'
    await idle.post({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri } })

    const held = async () => {
      const { sessions, subscriptions } = await readHealth(gateway.url)
      return { sessions, subscriptions }
    }
    const two = { sessions: 2, subscriptions: 0 }
    expect(await eventually(held, ({ sessions, subscriptions }) => sessions === 2 && subscriptions === 0)).toEqual(two)
    expect(await idle.post(PING)).toMatchObject({ status: 404 })
    expect(await reply).toMatchObject({ text: expect.stringContaining('xxx') })
    expect(await listening.post(PING)).toMatchObject({ status: 200 })

    await stream.body?.cancel()
    expect(await eventually(held, ({ sessions }) => sessions === 0)).toMatchObject({ sessions: 0 })
    expect((await readMetrics(gateway.url)).text).toContain('gateway_sessions_reaped_total 3\n')
  })

  test('a backend that dies is an error that says so, and is used and subscribed again when it comes back', async () => {
    const first = await startBackendProcess('--name', 'b', '--updates-per-sec', '50')
    await using gateway = await startGatewayProcess('--backend', `backend-1=${first.url}`)
    const client = await RawClient.initialize(gateway.url)
    const uri = 'load://b/1'
    await client.post({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri } })
    const open = client.call(2, 'backend-1__tool-1', FOREVER)
    await eventually(
      () => openRequests(gateway),
      (count) => count === 1,
    )
    await first[Symbol.asyncDispose]()

    const reason = { error: { code: -32000, data: { reason: 'backend-unavailable', backend: 'backend-1' } } }
    expect(JSON.parse((await open).text)).toMatchObject(reason)
    expect(JSON.parse((await client.call(3, 'backend-1__echo')).text)).toMatchObject(reason)
    const failing = async () => (await client.call(5, 'backend-1__echo')).text
    expect(await eventually(failing, (text) => text.includes('circuit-open'))).toContain('circuit-open')
    const health = () => readHealth(gateway.url)
    expect(await eventually(health, ({ status }) => status === 'unavailable')).toMatchObject({ httpStatus: 503 })

    const { port } = new URL(first.url)
    await using second = await startBackendProcess('--name', 'b', '--port', port, '--updates-per-sec', '50')
    expect(await eventually(health, ({ status }) => status === 'ok')).toMatchObject({ httpStatus: 200 })
    const echo = async () => (await client.call(4, 'backend-1__echo', { text: 'back' })).text
    expect(await eventually(echo, (text) => text.includes('back'))).toContain('back')
    const upstream = async () => (await readHealth(second.url))['subscriptions']
    expect(await eventually(upstream, (uris) => Array.isArray(uris) && uris.length > 0)).toEqual([uri])
  })

  test('no call fails because a backend restarted between calls', async () => {
    const first = await startBackendProcess('--name', 'b')
    await using gateway = await startGatewayProcess('--backend', `b=${first.url}`)
    const client = await RawClient.initialize(gateway.url)
    const warmUp = [1, 2, 3].map((id) => client.call(id, 'b__tool-1', { delayMs: 1000 }))
    expect((await Promise.all(warmUp)).every(({ text }) => text.includes('result'))).toBe(true)
    expect(await readHealth(gateway.url)).toMatchObject({ backends: [{ pool: { idle: 3 } }] })
    await first[Symbol.asyncDispose]()
    await using second = await startBackendProcess('--name', 'b', '--port', new URL(first.url).port)
    // The gateway listens to the new process; its three idle sessions belong to the old one.
    expect(
      await eventually(
        () => readHealth(second.url),
        ({ sessions }) => sessions === 1,
      ),
    ).toMatchObject({ sessions: 1 })
    expect((await client.call(4, 'b__echo', { text: 'anew' })).text).toContain('anew')
  })
})
