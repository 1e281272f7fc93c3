import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UpstreamClient } from '../src/upstream-client.ts'
import { answerJson, openEventStream, sendEvent, startScripted } from './scripted-server.ts'

const IMPATIENT_MS = 100
/** Timers for such limits may be a second late. */
const SILENT_MS = 2500
const TIMEOUTS = { connectTimeoutMs: 10_000, requestTimeoutMs: 20_000 }

/** Where Node keeps what its fetch sends with: the only way to its limits, 5 minutes each, without a dependency. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1')

describe('a backend that is silent for longer than fetch waits', { concurrent: true }, () => {
  let patient: object
  beforeAll(async () => {
    await fetch('data:,')
    patient = Reflect.get(globalThis, DISPATCHER)
    const limits = { headersTimeout: IMPATIENT_MS, bodyTimeout: IMPATIENT_MS }
    Reflect.set(globalThis, DISPATCHER, Reflect.construct(patient.constructor as new () => object, [limits]))
  })
  afterAll(() => void Reflect.set(globalThis, DISPATCHER, patient))

  test('is given up by fetch', async () => {
    await using server = await startScripted(
      () => undefined,
      () => true,
    )
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  })

  test.each(['before its answer', 'in the middle of its reply'])('%s may answer until its time is up', async (when) => {
    await using server = await startScripted(async (res, { id }) => {
      if (when === 'before its answer') {
        await sleep(SILENT_MS)
        answerJson(res, { id, result: { fine: true } })
      } else {
        openEventStream(res)
        await sleep(SILENT_MS)
        sendEvent(res, { id, result: { fine: true } })
        res.end()
      }
    })
    const client = await UpstreamClient.connect(server.url, TIMEOUTS)
    expect(await client.call('tools/call', { name: 'x' })).toEqual({ fine: true })
    await client.close()
  })

  test('keeps its stream for notifications', async () => {
    const stream = Promise.withResolvers<ServerResponse>()
    await using server = await startScripted(
      () => undefined,
      (res, method) => {
        if (method !== 'GET') return false
        openEventStream(res)
        stream.resolve(res)
        return true
      },
    )
    const heard = Promise.withResolvers<string>()
    const listener = {
      onNotification: ({ method }: { method: string }) => heard.resolve(method),
      onListenEnd: heard.reject,
    }
    const client = await UpstreamClient.connect(server.url, { ...TIMEOUTS, listener })
    const res = await stream.promise
    await sleep(SILENT_MS)
    sendEvent(res, { method: 'notifications/tools/list_changed' })
    expect(await heard.promise).toBe('notifications/tools/list_changed')
    await client.close()
  })
})

test('calls one after the other share a connection', async () => {
  const ports = new Set<number | undefined>()
  await using server = await startScripted((res, { id }) => {
    ports.add(res.socket?.remotePort)
    answerJson(res, { id, result: {} })
  })
  const client = await UpstreamClient.connect(server.url, TIMEOUTS)
  for (let call = 0; call < 5; call++) await client.call('tools/call', { name: 'x' })
  expect(ports.size).toBe(1)
  await client.close()
})
