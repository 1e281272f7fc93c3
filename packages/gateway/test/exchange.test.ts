import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { Exchange, type ExchangeOutcome } from '../src/exchange.ts'
import { ServerTiming } from '../src/server-timing.ts'

const MAX_BUFFERED_BYTES = 1024 * 1024
/** Far more than the kernel takes for a client that does not read. */
const ENDLESS_BYTES = 32 * 1024 * 1024

/** An exchange over a real connection, to a client that does not read until it is told. */
async function openExchange() {
  const replies = Promise.withResolvers<ServerResponse>()
  const server = createServer((_req, res) => replies.resolve(res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const incoming = Promise.withResolvers<IncomingMessage>()
  get({ host: '127.0.0.1', port: typeof address === 'object' ? address?.port : 0 }, incoming.resolve)
  const outcomes: ExchangeOutcome[] = []
  const exchange = new Exchange({ jsonrpc: '2.0', id: 1, method: 'tools/call' }, await replies.promise, {
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    timing: new ServerTiming(),
    onEnd: (outcome) => outcomes.push(outcome),
  })
  const notify = (text: string) =>
    exchange.notify({ jsonrpc: '2.0', method: 'notifications/progress', params: { text } })
  const respond = (text: string) => exchange.respond({ jsonrpc: '2.0', id: 1, result: { text } })
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { notify, respond, outcomes, client: incoming.promise, [Symbol.dispose]: close }
}

test('an answer larger than the buffer arrives whole after progress', async () => {
  using exchange = await openExchange()
  exchange.notify('half')
  const text = 'x'.repeat(1.5 * MAX_BUFFERED_BYTES)
  exchange.respond(text)
  let received = ''
  for await (const chunk of (await exchange.client).setEncoding('utf8')) received += chunk
  expect(received.endsWith(`"text":"${text}"}}\n\n`)).toBe(true)
  expect(exchange.outcomes).toEqual(['ok'])
})

test('an answer that is dropped, because its client is too far behind, is not counted as ok', async () => {
  using exchange = await openExchange()
  exchange.notify('x'.repeat(ENDLESS_BYTES))
  ;(await exchange.client).on('error', () => undefined)
  exchange.respond('too late')
  expect(exchange.outcomes).toEqual(['cancelled'])
})
