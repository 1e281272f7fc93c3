import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { EventStream } from '../src/event-stream.ts'
import { encodeSseEvent } from '../src/sse.ts'

const EVENT = encodeSseEvent({ data: 'x'.repeat(64 * 1024) })

/** A stream over a real connection to a client that does not read until it is told. */
async function openStream(maxBufferedBytes: number) {
  const replies = Promise.withResolvers<ServerResponse>()
  const server = createServer((_req, res) => replies.resolve(res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const incoming = Promise.withResolvers<IncomingMessage>()
  get({ host: '127.0.0.1', port: typeof address === 'object' ? address?.port : 0 }, incoming.resolve)
  const dropped = { count: 0 }
  const onSlowConsumer = () => {
    dropped.count += 1
  }
  const stream = new EventStream(await replies.promise, { maxBufferedBytes, onSlowConsumer })
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { stream, dropped, client: await incoming.promise, [Symbol.dispose]: close }
}

test('a reader that does not read is dropped once its buffer is full, and counted once', async () => {
  using opened = await openStream(256 * 1024)
  const { stream, dropped, client } = opened
  client.on('error', () => undefined)
  let written = 0
  // The kernel's socket buffers take some megabytes first; the bound is on what is kept in this process.
  while (stream.open && written < 10_000) {
    stream.write(EVENT)
    written += 1
    if (written % 8 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  expect([stream.open, dropped.count]).toEqual([false, 1])
  stream.write(EVENT)
  stream.end()
  expect(dropped.count).toBe(1)
})

test('a reader that reads gets everything, and the end', async () => {
  using opened = await openStream(256 * 1024)
  const { stream, dropped, client } = opened
  let received = ''
  client.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk
  })
  for (let event = 0; event < 50; event++) {
    stream.write(EVENT)
    await new Promise((resolve) => setImmediate(resolve))
  }
  stream.end()
  await once(client, 'end')
  expect([received === EVENT.repeat(50), dropped.count]).toEqual([true, 0])
})
