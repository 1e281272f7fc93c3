import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { startGateway } from '../src/gateway.ts'
import { answerJson, openEventStream, sendEvent, startScripted } from './scripted-server.ts'
import { eventually } from './system/eventually.ts'
import { readHealth } from './system/raw-client.ts'
import { connectSdkClient } from './system/sdk-client.ts'

const URI = 'load://b/1'
const REFUSED = { code: -32603, message: 'not today' }

/** A gateway before a backend that lists one resource, or none, and refuses what it is told to. */
async function startBoth() {
  const listed = new Set([URI])
  const refused = new Set<string>()
  let stream: ServerResponse | undefined
  const backend = await startScripted(
    (res, { id, method }) => {
      const resources = Array.from(listed, (uri) => ({ uri, name: uri }))
      if (refused.has(method)) answerJson(res, { id, error: REFUSED })
      else answerJson(res, { id, result: method === 'tools/list' ? { tools: [] } : { resources } })
    },
    (res, method) => {
      if (method !== 'GET') return false
      openEventStream(res)
      stream = res
      return true
    },
  )
  const heardOf = (method: string) => backend.heard.filter((heard) => heard === method).length
  const gateway = await startGateway({ backends: [{ name: 'b', url: backend.url }] })
  const dispose = async () => {
    await gateway.close()
    await backend[Symbol.asyncDispose]()
  }
  return {
    url: gateway.url,
    listed,
    refused,
    subscribeCount: () => heardOf('resources/subscribe'),
    lastError: async () => JSON.stringify((await readHealth(gateway.url))['backends']),
    /** The backend forgets its sessions, and the gateway makes a new one. */
    restart: async () => {
      const before = heardOf('resources/list')
      stream?.end()
      await eventually(
        () => heardOf('resources/list'),
        (count) => count > before,
      )
    },
    changeList: () => stream && sendEvent(stream, { method: 'notifications/resources/list_changed' }),
    [Symbol.asyncDispose]: dispose,
  }
}

describe('a backend that comes back', () => {
  test('without a resource, and lists it again later, is subscribed again', async () => {
    await using both = await startBoth()
    await using session = await connectSdkClient(both.url)
    await session.client.subscribeResource({ uri: URI })
    both.listed.clear()
    await both.restart()
    both.listed.add(URI)
    both.changeList()
    expect(await eventually(both.subscribeCount, (count) => count > 1)).toBe(2)
  })

  test('and refuses a subscription is seen in /health, and asked again when its list changes', async () => {
    await using both = await startBoth()
    await using session = await connectSdkClient(both.url)
    await session.client.subscribeResource({ uri: URI })
    both.refused.add('resources/subscribe')
    await both.restart()
    const shown = (text: string) => text.includes(REFUSED.message)
    expect(await eventually(both.lastError, shown)).toMatch(
      /"work":"subscriptions","message":".*load:\/\/b\/1.*not today/,
    )
    both.refused.clear()
    both.changeList()
    expect(await eventually(both.subscribeCount, (count) => count > 2)).toBe(3)
  })

  test.each(['tools/list', 'resources/list'])('and refuses %s is seen in /health', async (method) => {
    await using both = await startBoth()
    expect(await both.lastError()).not.toContain('lastError')
    both.refused.add(method)
    await both.restart()
    const shown = (text: string) => text.includes(REFUSED.message)
    expect(await eventually(both.lastError, shown)).toContain(`"work":"${method}","message":"not today"`)
  })

  test('not at all is seen in /health, with what the attempt to connect met', async () => {
    await using gateway = await startGateway({ backends: [{ name: 'gone', url: 'http://127.0.0.1:1/mcp' }] })
    const { backends } = await readHealth(gateway.url)
    expect(backends).toMatchObject([
      { connected: false, lastError: { work: 'connect', message: expect.stringMatching(/./), at: expect.any(String) } },
    ])
  })
})
