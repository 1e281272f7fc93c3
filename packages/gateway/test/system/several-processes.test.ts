import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { startGatewayProcess } from './processes.ts'
import { ON_ITS_OWN, processOf, RawClient } from './raw-client.ts'
import { callText, connectSdkClient } from './sdk-client.ts'

describe('a gateway of several processes', () => {
  it('opens sessions in all of them, and answers each session wherever its requests arrive', async () => {
    await using gateway = await startGatewayProcess('--processes', '3', '--backends', '1')
    const clients: RawClient[] = []
    for (let index = 0; index < 12; index++) clients.push(await RawClient.initialize(gateway.url, ON_ITS_OWN))
    expect(new Set(clients.map(processOf)).size).toBe(3)
    for (const client of clients) {
      // Each on a connection of its own, which goes to whichever process is next.
      for (let id = 1; id <= 3; id++) {
        const { status, text } = await client.call(id, 'backend-1__echo', { text: `hello ${id}` }, ON_ITS_OWN)
        expect(status).toBe(200)
        expect(text).toContain(`hello ${id}`)
      }
    }
  })

  it('ends a session from wherever that is asked, and knows it nowhere any more', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const client = await RawClient.initialize(gateway.url, ON_ITS_OWN)
    const ended = await client.send({ method: 'DELETE', ...ON_ITS_OWN })
    expect(ended.status).toBe(200)
    for (let id = 1; id <= 4; id++) {
      const { status } = await client.call(id, 'backend-1__echo', { text: 'late' }, ON_ITS_OWN)
      expect(status).toBe(404)
    }
  })

  it('delivers updates on a stream that another process passes on, one by one', async () => {
    await using gateway = await startGatewayProcess(
      '--processes',
      '2',
      '--backends',
      '1',
      '--backend-updates-per-sec',
      '50',
    )
    const clients = await Promise.all(Array.from({ length: 6 }, () => connectSdkClient(gateway.url)))
    try {
      for (const { client } of clients) await client.subscribeResource({ uri: 'load://backend-1/1' })
      for (const { heard } of clients) {
        const updates = () => heard.filter((method) => method.includes('updated')).length
        expect(await eventually(updates, (count) => count > 2)).toBeGreaterThan(2)
      }
      expect(await callText(clients[0]?.client ?? fail(), 'backend-1__echo', { text: 'hi' })).toContain('hi')
    } finally {
      for (const client of clients) await client[Symbol.asyncDispose]()
    }
  })

  it('opens a stream at once, also one on which nothing comes', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '0')
    for (let index = 0; index < 4; index++) {
      const client = await RawClient.initialize(gateway.url, ON_ITS_OWN)
      // Well before the heartbeat, which would be the first to come.
      const signal = AbortSignal.timeout(10_000)
      const stream = await client.open({ method: 'GET', signal, ...ON_ITS_OWN })
      expect(stream.status).toBe(200)
      await stream.body?.cancel()
    }
  })

  it('gives up a call in its own process when the client goes away', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const client = await RawClient.initialize(gateway.url, ON_ITS_OWN)
    for (let id = 1; id <= 4; id++) {
      const gone = new AbortController()
      const call = client.call(id, 'backend-1__tool-1', { delayMs: 30_000 }, { signal: gone.signal, ...ON_ITS_OWN })
      await sleep(100)
      gone.abort()
      await expect(call).rejects.toThrow()
    }
    // An id of an open call would be refused; every other of these calls was passed on.
    for (let id = 1; id <= 4; id++) {
      const again = async () => (await client.call(id, 'backend-1__echo', { text: 'back' }, ON_ITS_OWN)).text
      expect(await eventually(again, (text) => text.includes('back'))).toContain('back')
    }
  })
})

function fail(): never {
  throw new Error('no client')
}
