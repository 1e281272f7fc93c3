import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { RpcError } from '../src/rpc-error.ts'
import { UpstreamClient } from '../src/upstream-client.ts'
import { UpstreamError } from '../src/upstream-error.ts'
import { type Answer, answerJson, openEventStream, sendEvent, startScripted } from './scripted-server.ts'
import { eventually } from './system/eventually.ts'

async function connect(answer: Answer, { requestTimeoutMs = 10_000 } = {}) {
  const server = await startScripted(answer)
  const client = await UpstreamClient.connect(server.url, { connectTimeoutMs: 10_000, requestTimeoutMs })
  const call = (options = {}) => client.call('tools/call', { name: 'x' }, options)
  const dispose = async () => {
    await client.close()
    await server[Symbol.asyncDispose]()
  }
  return { ...server, call, [Symbol.asyncDispose]: dispose }
}

/** Longer than a message takes that should not have been sent, and than the grace of a reply that ended. */
const LONG_ENOUGH_MS = 1300

describe('UpstreamClient', () => {
  test.each([
    ['nothing yet', () => undefined],
    ['a stream without an answer yet', openEventStream],
  ])('ends the POST of a cancelled call that a server has sent %s, and tells it once', async (_what, answer) => {
    await using server = await connect(answer)
    const abort = new AbortController()
    const call = server.call({ signal: abort.signal })
    call.catch(() => undefined)
    await eventually(
      () => server.open.size,
      (size) => size === 1,
    )
    abort.abort('enough')
    await expect(call).rejects.toBeInstanceOf(UpstreamError)
    expect(
      await eventually(
        () => server.open.size,
        (size) => size === 0,
      ),
    ).toBe(0)
    await eventually(server.cancelCount, (count) => count > 0)
    await sleep(100)
    expect(server.cancelCount()).toBe(1)
  })

  test.each([
    ['nothing', () => undefined],
    ['a stream without an answer', openEventStream],
  ])('ends the POST of a call that timed out on %s, and tells the server once', async (_what, answer) => {
    await using server = await connect(answer, { requestTimeoutMs: 200 })
    await expect(server.call()).rejects.toMatchObject({ kind: 'timeout' })
    expect(
      await eventually(
        () => server.open.size,
        (size) => size === 0,
      ),
    ).toBe(0)
    await eventually(server.cancelCount, (count) => count > 0)
    await sleep(100)
    expect(server.cancelCount()).toBe(1)
  })

  test.each<[string, Answer]>([
    ['with an error', (res, { id }) => answerJson(res, { id, error: { code: -32602, message: 'no' } })],
    ['with an unknown session', (res) => res.writeHead(404).end()],
    [
      'on a stream that ends a moment later',
      (res, { id }) => {
        openEventStream(res)
        sendEvent(res, { id, result: {} })
        setTimeout(() => res.end(), 100)
      },
    ],
    [
      'on a stream that breaks off a moment later',
      (res, { id }) => {
        openEventStream(res)
        sendEvent(res, { id, error: { code: -32602, message: 'no' } })
        setTimeout(() => res.destroy(), 100)
      },
    ],
  ])(
    'cancels no call that was answered %s, whatever its caller does then',
    { concurrent: true },
    async (_how, answer) => {
      await using server = await connect(answer)
      const abort = new AbortController()
      await server.call({ signal: abort.signal }).catch(() => undefined)
      abort.abort()
      await sleep(LONG_ENOUGH_MS)
      expect(server.cancelCount()).toBe(0)
    },
  )

  test.each<[string, (res: Parameters<Answer>[0]) => void]>([
    ['breaks off', (res) => setTimeout(() => res.destroy(), 20)],
    ['ends without an answer', (res) => res.end()],
  ])('fails a call at once when its stream %s, not when its time is up', async (_what, end) => {
    await using server = await connect((res) => {
      openEventStream(res)
      end(res)
    })
    await expect(server.call()).rejects.toMatchObject({ kind: 'connection' })
  })

  test('takes an answer from a stream that ends right after it', async () => {
    await using server = await connect((res, { id }) => {
      openEventStream(res)
      sendEvent(res, { id, result: { fine: true } })
      res.end()
    })
    expect(await server.call()).toEqual({ fine: true })
  })

  test('ends a stream that its server leaves open after the answer', async () => {
    await using server = await connect((res, { id }) => {
      openEventStream(res)
      sendEvent(res, { id, result: { fine: true } })
    })
    expect(await server.call()).toEqual({ fine: true })
    expect(
      await eventually(
        () => server.open.size,
        (size) => size === 0,
      ),
    ).toBe(0)
    expect(server.cancelCount()).toBe(0)
  })

  // The SDK's own errors for a closed connection and a timeout have these codes as well.
  test.each([-32000, -32001, -32602])('an answer with the code %d is the backend’s, word for word', async (code) => {
    const error = { code, message: 'my words', data: { detail: 1 } }
    await using server = await connect((res, { id }) => answerJson(res, { id, error }))
    const call = server.call()
    await expect(call).rejects.toBeInstanceOf(RpcError)
    await expect(call).rejects.toMatchObject(error)
  })

  test.each([
    [404, 'Session not found'],
    [400, 'Bad Request: No valid session ID provided'],
    [400, 'Bad Request: Server not initialized'],
  ])('knows a session the server does not know by %d %s: the call may be said again', async (status, message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message } })
    await using server = await connect((res) => res.writeHead(status).end(body))
    await expect(server.call()).rejects.toMatchObject({ kind: 'rejected' })
  })

  test.each([400, 500])('does not say a call again for any other answer %d', async (status) => {
    await using server = await connect((res) => res.writeHead(status).end('Bad Request: Unsupported protocol version'))
    await expect(server.call()).rejects.toMatchObject({ kind: 'connection' })
  })
})

describe('connecting', () => {
  const timeouts = { connectTimeoutMs: 200, requestTimeoutMs: 10_000 }

  test.each(['initialize', 'notifications/initialized'])(
    'fails when its time is up because %s has no answer, and cancels nothing',
    async (silent) => {
      await using server = await startScripted(
        () => undefined,
        (_res, method) => method === silent,
      )
      const connecting = UpstreamClient.connect(server.url, timeouts)
      await expect(connecting).rejects.toMatchObject({ kind: 'connection', message: 'no session within 200 ms' })
      await sleep(100)
      expect(server.cancelCount()).toBe(0)
    },
  )

  test.each([
    ['no answer', () => true],
    ['an error', (res: Parameters<Answer>[0]) => Boolean(res.writeHead(500).end())],
  ])('ends the session when it fails after initialize, with %s', async (_what, reply) => {
    await using server = await startScripted(
      () => undefined,
      (res, method) => method === 'notifications/initialized' && reply(res),
    )
    // Long enough for initialize to have been answered, also on a busy machine.
    await expect(UpstreamClient.connect(server.url, { ...timeouts, connectTimeoutMs: 1_500 })).rejects.toThrow()
    const ended = () => server.heard.includes('DELETE')
    expect(await eventually(ended, (isEnded) => isEnded)).toBe(true)
  })
})
