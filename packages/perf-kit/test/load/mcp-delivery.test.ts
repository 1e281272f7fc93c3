import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, outcomesOf, steady } from './drive.ts'
import { event, json, type McpRequest, mcpTarget, reply, well } from './mcp-target.ts'
import { referenceServer } from './reference-server.ts'

const PING = { method: 'ping', params: {} }
const URI = 'load://backend-1/1'
/** Few requests, so that what is measured is deliveries. */
const CALM = { mcp: PING, thinkNs: 50e6, mcpSession: { subscribe: [URI] } }

const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

function updated(published?: object): string {
  const meta = published === undefined ? {} : { _meta: { 'perf-kit/published': published } }
  return chunk(event({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: URI, ...meta } }))
}

const now = (): number => Number(process.hrtime.bigint())

/** A server whose streams say what the script says, once somebody has subscribed and goes on. */
async function publisher(publish: (stream: Socket, number: number) => void, answerCall = well) {
  const streams = new Map<string, Socket>()
  const subscribed = new Set<string>()
  let published = 0
  const answer = (request: McpRequest, _number: number, socket: Socket): string => {
    const session = request.headers.get('mcp-session-id') ?? ''
    if (request.verb === 'GET') {
      // It is subscribed: this stream follows one that was lost.
      if (streams.has(session)) setTimeout(() => publish(socket, published++), 20)
      streams.set(session, socket)
      return STREAM
    }
    const stream = streams.get(session)
    if (request.message.method === 'resources/subscribe') subscribed.add(session)
    else if (subscribed.delete(session) && stream !== undefined) publish(stream, published++)
    return answerCall(request)
  }
  // As real servers do.
  const onFarewell = ({ headers }: McpRequest) => void streams.get(headers.get('mcp-session-id') ?? '')?.end()
  return await mcpTarget(answer, { onFarewell })
}

describe('sessions that are subscribed', { concurrent: true }, () => {
  it('open their stream, subscribe, and only then send requests that count', async () => {
    await using target = await publisher(() => undefined)
    const result = await drive(target.url, { ...CALM, phases: steady(2, 500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const bySession = new Map<string, string[]>()
    for (const { verb, headers, message } of target.seen) {
      const session = headers.get('mcp-session-id') ?? ''
      bySession.set(session, [...(bySession.get(session) ?? []), message.method ?? verb])
      if (verb === 'GET') expect(headers.get('accept')).toBe('text/event-stream')
    }
    bySession.delete('')
    expect(bySession.size).toBe(2)
    for (const [, asked] of bySession) {
      const order = [...new Set(asked)]
      expect(order).toEqual(['notifications/initialized', 'GET', 'resources/subscribe', 'ping', 'DELETE'])
      expect(asked.filter((one) => one === 'GET')).toHaveLength(1)
    }
  })

  it('do without the connection that is lost while they wait for their stream, and make it again', async () => {
    const sockets = new Map<string, Socket>()
    const sessionOf = ({ headers }: McpRequest): string => headers.get('mcp-session-id') ?? ''
    const answer = (request: McpRequest, _number: number, socket: Socket): string => {
      if (request.verb !== 'GET') return well(request)
      setTimeout(() => sockets.get(sessionOf(request))?.destroy(), 20)
      setTimeout(() => socket.write(STREAM), 200)
      return ''
    }
    await using target = await mcpTarget(answer, {
      onInitialized: (request, socket) => void sockets.set(sessionOf(request), socket),
    })
    const result = await drive(target.url, { ...CALM, phases: steady(2, 1_200) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(target.seen.filter(({ message }) => message.method === 'resources/subscribe')).toHaveLength(2)
    expect(target.seen.filter(({ message }) => message.method === 'initialize')).toHaveLength(2)
  })

  it('count what arrives, with the time since it was published', async () => {
    await using target = await publisher((stream) => {
      const atNs = now()
      for (let sequence = 1; sequence <= 20; sequence++)
        stream.write(updated({ atNs: atNs - sequence * 1e6, sequence }))
    })
    const result = await drive(target.url, { ...CALM, phases: steady(2, 1_000) })
    const deliveries = result.mcp?.deliveries
    expect(deliveries?.counts).toEqual({ arrived: 40, lost: 0, late: 0, twice: 0, untimed: 0, streamsLost: 0 })
    expect(deliveries?.times.totalCount).toBe(40)
    // What is said to be 1 ms older has taken 1 ms more: the recorded distribution spans the nineteen in between.
    const { times } = deliveries ?? {}
    expect((times?.maxValue ?? 0) - (times?.minNonZeroValue ?? 0)).toBeGreaterThan(18e6)
    expect(times?.minNonZeroValue).toBeGreaterThanOrEqual(1e6)
  })

  it('count lost, late and doubled ones by the publisher’s numbers', async () => {
    await using target = await publisher((stream) => {
      const atNs = now()
      for (const sequence of [1, 2, 5, 4, 4, 9]) stream.write(updated({ atNs: atNs + sequence, sequence }))
    })
    const result = await drive(target.url, { ...CALM, phases: steady(1, 1_000) })
    expect(result.mcp?.deliveries.counts).toMatchObject({ arrived: 6, lost: 4, late: 1, twice: 1 })
    const run = toLoadRun(result, FACTS)
    const subject = 'all › notifications/resources/updated'
    const metric = (name: string) => run.metrics.find((one) => one.subject === subject && one.name === name)
    expect(metric('lostRatio')?.value).toBeCloseTo(0.4, 9)
    expect(metric('arrived')?.value).toBe(6)
    expect(metric('deliveryTime')).toMatchObject({ evidence: { count: 6 } })
  })

  it.each<[string, object | undefined]>([
    ['without a time of publishing', undefined],
    ['with a time of tomorrow', { atNs: 1e18, sequence: 1 }],
    ['with a time of another clock', { atNs: -1e15, sequence: 1 }],
    ['with words for a time', { atNs: 'now', sequence: 1 }],
    ['with half a number', { atNs: 1, sequence: 0.5 }],
  ])('count what comes %s as an arrival only', async (_title, published) => {
    await using target = await publisher((stream) => stream.write(updated(published)))
    const result = await drive(target.url, { ...CALM, phases: steady(1, 800) })
    expect(result.mcp?.deliveries.counts).toMatchObject({ arrived: 1, untimed: 1, lost: 0 })
    expect(result.mcp?.deliveries.times.totalCount).toBe(0)
  })

  it('ask for a stream again that ends in mid-run, and count it, and what was missed meanwhile', async () => {
    await using target = await publisher((stream, number) => {
      stream.write(updated({ atNs: now(), sequence: 1 + 10 * number }))
      if (number === 0) setTimeout(() => stream.destroy(), 20)
    })
    const result = await drive(target.url, { ...CALM, phases: steady(1, 1_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.deliveries.counts).toMatchObject({ arrived: 2, lost: 9, streamsLost: 1 })
    expect(target.seen.filter(({ verb }) => verb === 'GET')).toHaveLength(2)
    expect(target.seen.filter(({ message }) => message.method === 'initialize')).toHaveLength(1)
  })

  it('ask once more for a stream that does not come back when it is asked for again, and tell of it', async () => {
    let asked = 0
    await using target = await mcpTarget((request, _number, socket) => {
      if (request.verb !== 'GET') return well(request)
      asked++
      // As behind a proxy whose server is gone: the second is taken, and never answered.
      if (asked === 2) return ''
      const sequence = asked === 1 ? 1 : 5
      setTimeout(() => socket.write(updated({ atNs: now(), sequence })), 50)
      if (asked === 1) setTimeout(() => socket.destroy(), 100)
      return STREAM
    })
    const result = await drive(target.url, { ...CALM, phases: steady(1, 3_500), timeoutNs: 1_500e6 })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'STREAM TIMEOUT'])
    expect(result.outcomes.get('STREAM TIMEOUT')).toBe(1)
    expect(result.mcp?.deliveries.counts).toMatchObject({ arrived: 2, lost: 3, streamsLost: 1 })
    expect([asked, result.failed]).toEqual([3, 0])
  })

  it('tell of a stream that is refused when it is asked for again', async () => {
    let asked = 0
    await using target = await mcpTarget((request, _number, socket) => {
      if (request.verb !== 'GET') return well(request)
      asked++
      if (asked > 1) return reply('503 Busy')
      setTimeout(() => socket.destroy(), 100)
      return STREAM
    })
    const result = await drive(target.url, { ...CALM, phases: steady(1, 1_500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'STREAM HTTP 503'])
    expect(result.outcomes.get('STREAM HTTP 503')).toBeGreaterThan(1)
    expect([result.failed, result.mcp?.deliveries.counts.streamsLost]).toEqual([0, 1])
  })

  it('take nothing off what is lost for what was missed in the warm-up and comes after it', async () => {
    await using target = await publisher((stream) => {
      const atNs = now()
      stream.write(updated({ atNs: atNs + 1, sequence: 1 }))
      stream.write(updated({ atNs: atNs + 4, sequence: 4 }))
      setTimeout(() => {
        for (const sequence of [2, 3, 7, 6]) stream.write(updated({ atNs: atNs + sequence, sequence }))
      }, 1_100)
    })
    const result = await drive(target.url, { ...CALM, phases: steady(1, 1_900), warmupNs: 700e6 })
    expect(result.mcp?.deliveries.counts).toMatchObject({ arrived: 4, lost: 1, late: 3, twice: 0 })
  })

  it('are not open where there is no stream, or nothing to subscribe to: requests fail by that name', async () => {
    const refusing = async (answers: (request: McpRequest) => string | undefined) => {
      await using target = await mcpTarget((request) => answers(request) ?? well(request))
      const result = await drive(target.url, { ...CALM, phases: steady(1, 1_200) })
      // The session that could not be used is ended, not left behind.
      const ended = target.seen.filter(({ verb }) => verb === 'DELETE').length
      const opened = target.seen.filter(({ message }) => message.method === 'initialize').length
      expect(opened).toBeGreaterThan(1)
      expect(opened - ended).toBeLessThanOrEqual(1)
      return outcomesOf(result)
    }
    const get = (status: string) => (request: McpRequest) =>
      request.verb === 'GET' ? reply(status, '', ['Content-Type: application/json']) : undefined
    const unsubscribed = ({ verb, message }: McpRequest): string | undefined => {
      if (verb === 'GET') return STREAM
      if (message.method !== 'resources/subscribe') return undefined
      const error = JSON.stringify({ jsonrpc: '2.0', id: message.id, error: { code: -32602 } })
      return reply('200 OK', error, ['Content-Type: application/json'])
    }
    // Each has a target of its own, and mostly waits.
    const outcomes = await Promise.all(
      [get('405 Method Not Allowed'), get('409 Conflict'), get('200 OK'), unsubscribed].map(refusing),
    )
    expect(outcomes).toEqual([
      ['SESSION STREAM HTTP 405'],
      ['SESSION STREAM HTTP 409'],
      ['SESSION STREAM NO STREAM'],
      ['SESSION RPC -32602'],
    ])
  })

  it('give up on a stream whose event never ends, and on nothing else', async () => {
    await using target = await publisher((stream, number) => {
      if (number > 0) return
      stream.write(updated({ atNs: now(), sequence: 1 }))
      for (let piece = 0; piece < 80; piece++) stream.write(chunk(`data: ${'x'.repeat(32_768)}\n`))
    })
    const result = await drive(target.url, { ...CALM, phases: steady(1, 1_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.deliveries.counts).toMatchObject({ arrived: 1, streamsLost: 1 })
  })

  it('hear of a new stream’s resource when their session has been followed by another', async () => {
    await using target = await publisher((stream) => stream.write(updated({ atNs: now(), sequence: 1 })))
    const mcpSession = { ...CALM.mcpSession, requestsPerSession: 4 }
    const result = await drive(target.url, { ...CALM, mcpSession, phases: steady(1, 1_000) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const sessions = result.mcp?.sessionOpen.totalCount ?? 0
    expect(sessions).toBeGreaterThan(2)
    const { arrived = 0, twice, streamsLost } = result.mcp?.deliveries.counts ?? {}
    expect(arrived).toBeGreaterThan(1)
    expect(arrived).toBeLessThanOrEqual(sessions)
    // A session begins to count anew, and its stream is ended by us.
    expect([twice, streamsLost]).toEqual([0, 0])
  })

  it('lose no stream when they are ended over another connection than their last request’s', async () => {
    const closing = ({ message }: McpRequest) => json(message.id, { result: {} }, 'Connection: close')
    await using target = await publisher(() => undefined, closing)
    const mcpSession = { ...CALM.mcpSession, requestsPerSession: 2 }
    const result = await drive(target.url, { ...CALM, mcpSession, phases: steady(1, 800) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.sessionOpen.totalCount).toBeGreaterThan(2)
    expect(result.mcp?.deliveries.counts.streamsLost).toBe(0)
  })

  it('hear of each update of a real backend, through the real gateway, after it was published', async () => {
    await using backend = await referenceServer('backend-main', '--updates-per-sec', '100', '--resources', '2')
    await using gateway = await referenceServer('main', '--backend', `backend-1=${backend.url}`)
    const clients = 5
    const result = await drive(gateway.url, { ...CALM, phases: steady(clients, 2_000), warmupNs: 500e6 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const { counts, times } = result.mcp?.deliveries ?? {}
    // Half of a hundred a second to each of five, for a second and a half; a busy machine is late, but loses nothing.
    expect(counts).toMatchObject({ lost: 0, late: 0, twice: 0, untimed: 0, streamsLost: 0 })
    expect(counts?.arrived).toBeGreaterThan(0.8 * 50 * clients * 1.5)
    expect(counts?.arrived).toBeLessThan(1.2 * 50 * clients * 1.5)
    expect(times?.totalCount).toBe(counts?.arrived)
    expect(times?.minNonZeroValue).toBeGreaterThan(0)
    expect(await gateway.health()).toMatchObject({ sessions: 0, subscriptions: 0 })
  })
})
