import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { startBackendProcess, startGatewayProcess, type TestProcess } from './processes.ts'
import { readHealth } from './raw-client.ts'
import { connectSdkClient } from './sdk-client.ts'

const URI = 'load://b/1'
const UPDATED = `notifications/resources/updated ${URI}`

describe('subscriptions through the gateway', { timeout: 60_000 }, () => {
  let backend: TestProcess
  let gateway: TestProcess
  beforeAll(async () => {
    backend = await startBackendProcess('--name', 'b', '--resources', '2', '--updates-per-sec', '100')
    gateway = await startGatewayProcess('--backend', `b=${backend.url}`)
  }, 60_000)
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]()
    await backend[Symbol.asyncDispose]()
  })
  const upstream = async () => (await readHealth(backend.url))['subscriptions']
  const count = async () => (await readHealth(gateway.url))['subscriptions']

  test('two sessions share one subscription upstream, and the last one out ends it', async () => {
    await using one = await connectSdkClient(gateway.url)
    await using two = await connectSdkClient(gateway.url)
    await one.client.subscribeResource({ uri: URI })
    await two.client.subscribeResource({ uri: URI })
    expect(await upstream()).toEqual([URI])
    expect(await count()).toBe(1)
    for (const { heard } of [one, two]) {
      expect(
        await eventually(
          () => [...heard],
          (all) => all.length >= 3,
        ),
      ).toContain(UPDATED)
      expect(new Set(heard)).toEqual(new Set([UPDATED]))
    }
    await one.client.unsubscribeResource({ uri: URI })
    expect(await upstream()).toEqual([URI])
    const before = two.heard.length
    await eventually(
      () => two.heard.length,
      (length) => length > before,
    )
    expect(two.heard.length).toBeGreaterThan(before)
    await two.client.unsubscribeResource({ uri: URI })
    expect(await upstream()).toEqual([])
    expect(await count()).toBe(0)
  })

  test('a session that ends takes its subscriptions along', async () => {
    {
      await using connected = await connectSdkClient(gateway.url)
      await connected.client.subscribeResource({ uri: URI })
      expect(await upstream()).toEqual([URI])
    }
    expect(await eventually(upstream, (uris) => Array.isArray(uris) && uris.length === 0)).toEqual([])
  })

  test('a URI nobody lists is refused and leaves nothing behind', async () => {
    await using connected = await connectSdkClient(gateway.url)
    await expect(connected.client.subscribeResource({ uri: 'load://b/99' })).rejects.toMatchObject({ code: -32002 })
    expect(await count()).toBe(0)
  })
})
