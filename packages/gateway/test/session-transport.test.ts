import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { EventStream } from '../src/event-stream.ts'
import { SessionTransport } from '../src/session-transport.ts'

class FakeStream extends EventStream {
  readonly written: string[]

  constructor(written: string[]) {
    const res = { writeHead: () => undefined, flushHeaders: () => undefined, end: () => undefined }
    super(Object.assign(Object.create(null), res), { maxBufferedBytes: 0 })
    this.written = written
  }

  override write(event: string): void {
    this.written.push(event)
  }
}

const NOTIFICATION: JSONRPCMessage = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }

describe('SessionTransport', () => {
  test('keeps what is sent before the stream is there, the newest few, and sends it first', () => {
    const transport = new SessionTransport('id', { maxPendingEvents: 2 })
    for (const event of ['1', '2', '3']) transport.deliver(event)
    const written: string[] = []
    transport.openStream(new FakeStream(written))
    transport.deliver('4')
    expect(written).toEqual(['2', '3', '4'])
  })

  test('sends as an event what answers no request, and drops answers nobody waits for', async () => {
    const transport = new SessionTransport('id')
    const written: string[] = []
    transport.openStream(new FakeStream(written))
    await transport.send(NOTIFICATION)
    await transport.send({ jsonrpc: '2.0', id: 9, result: {} })
    await transport.send(NOTIFICATION, { relatedRequestId: 9 })
    expect(written).toEqual([`data: ${JSON.stringify(NOTIFICATION)}\n\n`])
  })

  test('closes once, and says so once', async () => {
    const transport = new SessionTransport('id')
    let closed = 0
    transport.onclose = () => {
      closed += 1
    }
    await transport.close()
    await transport.close()
    expect([closed, transport.closed, transport.busy]).toEqual([1, true, false])
  })

  test('a cancellation without an id it knows is nobody’s', () => {
    const transport = new SessionTransport('id')
    const passedOn: JSONRPCMessage[] = []
    transport.onmessage = (message) => void passedOn.push(message)
    for (const requestId of [undefined, {}, 7]) {
      const message = { jsonrpc: '2.0' as const, method: 'notifications/cancelled', params: { requestId } }
      transport.receive({ kind: 'notification', message })
    }
    expect(passedOn).toEqual([])
  })
})
