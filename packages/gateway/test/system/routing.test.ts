import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { startGatewayProcess, type TestProcess } from './processes.ts'
import { RawClient } from './raw-client.ts'
import { callText, connectSdkClient } from './sdk-client.ts'

describe('a gateway with its two own backends', { timeout: 60_000 }, () => {
  let gateway: TestProcess
  beforeAll(async () => {
    gateway = await startGatewayProcess('--backend-tools', '2', '--backend-payload-bytes', '5')
  }, 60_000)
  afterAll(() => gateway[Symbol.asyncDispose]())

  test('lists the tools and resources of both under one roof', async () => {
    await using connected = await connectSdkClient(gateway.url)
    const { tools } = await connected.client.listTools()
    const own = ['echo', 'progress', 'set-tools', 'tool-1', 'tool-2']
    expect(tools.map(({ name }) => name)).toEqual([
      ...own.map((name) => `backend-1__${name}`),
      ...own.map((name) => `backend-2__${name}`),
    ])
    const { resources } = await connected.client.listResources()
    expect(resources).toHaveLength(20)
    expect(resources.map(({ uri }) => uri)).toContain('load://backend-2/10')
    expect(await connected.client.listResourceTemplates()).toEqual({ resourceTemplates: [] })
  })

  test('calls a tool at its backend, with the payload asked for', async () => {
    await using connected = await connectSdkClient(gateway.url)
    expect(await callText(connected.client, 'backend-1__echo', { text: 'grüß\ngott' })).toBe('grüß\ngott')
    expect(await callText(connected.client, 'backend-2__tool-2')).toBe('xxxxx')
    expect(await callText(connected.client, 'backend-2__tool-2', { bytes: 100_000 })).toHaveLength(100_000)
  })

  test('reads a resource at the backend that lists it', async () => {
    await using connected = await connectSdkClient(gateway.url)
    const uri = 'load://backend-2/3'
    expect(await connected.client.readResource({ uri })).toEqual({
      contents: [{ uri, mimeType: 'text/plain', text: 'xxxxx' }],
    })
    await expect(connected.client.readResource({ uri: 'load://nobody/1' })).rejects.toMatchObject({ code: -32002 })
  })

  test.each(['backend-1__nope', 'nope', 'backend-9__echo', '__proto__'])(
    'refuses the unknown tool %j',
    async (name) => {
      await using connected = await connectSdkClient(gateway.url)
      await expect(callText(connected.client, name)).rejects.toMatchObject({
        code: -32602,
        message: `MCP error -32602: Unknown tool: ${name}`,
      })
    },
  )

  test('answers ping, and methods it does not know', async () => {
    await using connected = await connectSdkClient(gateway.url)
    expect(await connected.client.ping()).toEqual({})
    await expect(connected.client.listPrompts()).rejects.toMatchObject({ code: -32601 })
  })

  test('keeps the calls of many sessions apart', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`)
    await using one = await connectSdkClient(gateway.url)
    await using two = await connectSdkClient(gateway.url)
    const replies = texts.map((text, index) => {
      const { client } = index % 2 ? one : two
      return callText(client, `backend-${1 + (index % 3 ? 0 : 1)}__echo`, { text })
    })
    expect(await Promise.all(replies)).toEqual(texts)
  })

  test('a changed tool list changes the routes, and every session hears of it', async () => {
    await using changer = await connectSdkClient(gateway.url)
    await using listener = await connectSdkClient(gateway.url)
    await expect(callText(changer.client, 'backend-1__tool-3')).rejects.toThrow('Unknown tool')
    await callText(changer.client, 'backend-1__set-tools', { count: 3 })
    const heard = await eventually(
      () => [...listener.heard],
      (all) => all.length > 0,
    )
    expect(heard).toContain('notifications/tools/list_changed')
    expect(await callText(listener.client, 'backend-1__tool-3')).toBe('xxxxx')
    await callText(changer.client, 'backend-1__set-tools', { count: 2 })
    const { client } = listener
    const gone = () => client.listTools().then(({ tools }) => tools.every(({ name }) => name !== 'backend-1__tool-3'))
    expect(await eventually(gone, (isGone) => isGone)).toBe(true)
  })

  test('says in Server-Timing where the time went, and never more than it took', async () => {
    const client = await RawClient.initialize(gateway.url)
    const startMs = performance.now()
    const reply = await client.call(1, 'backend-1__tool-1', { delayMs: 200 })
    const totalMs = performance.now() - startMs
    const parts = (reply.headers.get('server-timing') ?? '').split(', ').map((part) => part.split(';dur='))
    expect(parts.map(([name]) => name)).toEqual(['parse', 'route', 'acquire', 'backend', 'serialise'])
    const durations = parts.map(([, duration]) => Number(duration))
    expect(durations.every((duration) => duration >= 0)).toBe(true)
    const sumMs = durations.reduce((sum, duration) => sum + duration, 0)
    expect(sumMs).toBeLessThanOrEqual(totalMs)
    // The backend waits 200 ms: most of the sum is its part.
    expect(durations[3]).toBeGreaterThan(sumMs / 2)
  })
})
