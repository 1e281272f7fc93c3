import { createServer as createHttpServer } from 'node:http'
import { constants } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { LoadGenerator, type LoadOptions, type LoadResult } from '../../src/load/index.ts'
import { eventually } from '../bench/eventually.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { runOf } from './engine-drive.ts'
import { http2Target, listen, ok, pem } from './http2-target.ts'
import {
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  field,
  frame,
  GOAWAY,
  HEADERS,
  type RawAsked,
  RST_STREAM,
  rawHttp2Target,
  SETTINGS,
  STATUS_200,
  uint32,
} from './raw-http2-target.ts'
import { deadPort } from './scripted-target.ts'

const HEAD = (streamId: number): Buffer => frame(HEADERS, END_HEADERS, streamId, STATUS_200)
const HALF = (streamId: number): Buffer => frame(DATA, 0, streamId, Buffer.from('half'))
/** SETTINGS_MAX_CONCURRENT_STREAMS */
const NO_STREAMS = Buffer.concat([Buffer.of(0, 3), uint32(0)])

async function drive2(url: string, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  return await drive(url, { httpVersion: '2', phases: steady(2, 800), ...options })
}

describe('a target of HTTP/2 that misbehaves is counted, by what it did, and never hangs the run', {
  concurrent: true,
}, () => {
  it.each<[string, (asked: RawAsked) => void, string]>([
    [
      'refuses',
      ({ socket, streamId }) => socket.write(frame(RST_STREAM, 0, streamId, uint32(7))),
      'RST_STREAM REFUSED_STREAM',
    ],
    ['cancels', ({ socket, streamId }) => socket.write(frame(RST_STREAM, 0, streamId, uint32(8))), 'RST_STREAM CANCEL'],
    [
      'says any number',
      ({ socket, streamId }) => socket.write(frame(RST_STREAM, 0, streamId, uint32(4_711))),
      'RST_STREAM UNKNOWN',
    ],
    [
      'ends without an answer, as if nothing were wrong',
      ({ socket, streamId }) => socket.write(frame(RST_STREAM, 0, streamId, uint32(0))),
      'RST_STREAM NO_ERROR',
    ],
    [
      'gives up in the middle of a body',
      ({ socket, streamId }) =>
        socket.write(Buffer.concat([HEAD(streamId), HALF(streamId), frame(RST_STREAM, 0, streamId, uint32(2))])),
      'RST_STREAM INTERNAL_ERROR',
    ],
    [
      'ends in the middle of a body, as if nothing were wrong',
      ({ socket, streamId }) =>
        socket.write(Buffer.concat([HEAD(streamId), HALF(streamId), frame(RST_STREAM, 0, streamId, uint32(0))])),
      'RST_STREAM NO_ERROR',
    ],
    ['resets before an answer', ({ socket }) => socket.resetAndDestroy(), 'ECONNRESET'],
    [
      'resets in the middle of a body',
      ({ socket, streamId }) =>
        socket.write(Buffer.concat([HEAD(streamId), HALF(streamId)]), () => socket.resetAndDestroy()),
      'ECONNRESET',
    ],
    ['closes before an answer', ({ socket }) => socket.end(), 'CLOSED'],
    [
      'closes in the middle of a body',
      ({ socket, streamId }) => socket.end(Buffer.concat([HEAD(streamId), HALF(streamId)])),
      'PROTOCOL TRUNCATED',
    ],
    [
      'ends the connection before it looks at the request',
      ({ socket }) => socket.end(frame(GOAWAY, 0, 0, uint32(0, 0))),
      'GOAWAY',
    ],
    [
      'ends the connection for a reason',
      ({ socket }) => socket.write(frame(GOAWAY, 0, 0, uint32(0, 11))),
      'GOAWAY ENHANCE_YOUR_CALM',
    ],
    [
      'has a longer length than body: our own library resets the stream, and does not tell who did',
      ({ socket, streamId }) =>
        // content-length: 5 — a name from the static table, and a value of one byte.
        socket.write(
          Buffer.concat([
            frame(HEADERS, END_HEADERS, streamId, Buffer.concat([STATUS_200, Buffer.of(0x0f, 0x0d, 1, 0x35)])),
            frame(DATA, END_STREAM, streamId, Buffer.from('half')),
          ]),
        ),
      'RST_STREAM PROTOCOL_ERROR',
    ],
    [
      'has a header in capitals',
      ({ socket, streamId }) =>
        socket.write(
          frame(
            HEADERS,
            END_HEADERS | END_STREAM,
            streamId,
            Buffer.concat([STATUS_200, Buffer.of(0, 1, 0x58, 1, 0x31)]),
          ),
        ),
      'RST_STREAM PROTOCOL_ERROR',
    ],
    ['sends data before a head', ({ socket, streamId }) => socket.write(HALF(streamId)), 'PROTOCOL FRAME'],
    ['answers what nobody asked', ({ socket, streamId }) => socket.write(HEAD(streamId + 100)), 'PROTOCOL FRAME'],
    [
      'sends a frame that is too large',
      ({ socket, streamId }) => socket.write(frame(DATA, 0, streamId, Buffer.alloc(100_000))),
      'PROTOCOL FRAME',
    ],
    ['sends garbage', ({ socket }) => socket.write(Buffer.alloc(1_000, 0xff)), 'PROTOCOL FRAME'],
    ['never answers', () => undefined, 'TIMEOUT'],
    [
      'never ends its answer',
      ({ socket, streamId }) => socket.write(Buffer.concat([HEAD(streamId), HALF(streamId)])),
      'TIMEOUT',
    ],
  ])('%s', async (_title, answer, outcome) => {
    await using target = await rawHttp2Target(answer)
    // Within the same time the target has to say its settings, and it may have to wait for a processor.
    const result = await drive2(target.url, outcome === 'TIMEOUT' ? { timeoutNs: 2e9 } : {})
    expect(outcomesOf(result)).toEqual([outcome])
    expect(result.isComplete).toBe(true)
    expect(result.finished).toBe(result.offered)
    expect(await eventually(target.open, (open) => open === 0)).toBe(0)
  })

  it('refuses connections', async () => {
    expect(outcomesOf(await drive2(`http://127.0.0.1:${await deadPort()}/`))).toEqual(['ECONNREFUSED'])
  })

  it('refuses connections, in an open loop: each request fails by itself', async () => {
    const url = `http://127.0.0.1:${await deadPort()}/`
    const result = await drive2(url, { loop: 'open', phases: steady(100, 300), streams: 4 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ ECONNREFUSED: 30 })
  })

  it('sends more than it may', async () => {
    await using target = await http2Target(({ stream }) => {
      stream.respond({ ':status': 200 })
      stream.write(Buffer.alloc(200_000, 'x'))
    })
    const result = await drive2(target.url, { maxAnswerBytes: 100_000, streams: 2, thinkNs: 10e6 })
    expect(outcomesOf(result)).toEqual(['PROTOCOL BODY_TOO_LARGE'])
    // Only the streams were given up. (Beyond a thousand resets at once Node's server takes them for an attack.)
    expect(target.connections()).toBe(1)
    // The last of them may still be on its way.
    const resets = () => target.resets.length
    expect(await eventually(resets, (count) => count === result.finished)).toBe(result.finished)
  })

  it('sends a head that is too large', async () => {
    const block = Buffer.concat([STATUS_200, ...Array.from({ length: 9 }, (_, index) => field(`x-${index}`, 8_000))])
    await using target = await rawHttp2Target(({ socket, streamId }) => {
      socket.write(frame(HEADERS, END_STREAM, streamId, block.subarray(0, 16_000)))
      for (let from = 16_000; from < block.length; from += 16_000) {
        const flags = from + 16_000 < block.length ? 0 : END_HEADERS
        socket.write(frame(CONTINUATION, flags, streamId, block.subarray(from, from + 16_000)))
      }
    })
    const { outcomes, finished } = await drive2(target.url)
    // Until the target has taken note of our limit there is none: that may be once on each connection.
    expect(outcomes.get('HTTP 200') ?? 0).toBeLessThanOrEqual(2)
    expect(outcomes.get('RST_STREAM ENHANCE_YOUR_CALM')).toBeGreaterThanOrEqual(finished - 2)
  })

  it('allows no stream, ever', async () => {
    await using target = await rawHttp2Target(() => undefined, { settings: NO_STREAMS })
    const result = await drive2(target.url, { phases: steady(2, 1_000), timeoutNs: 400e6 })
    expect(outcomesOf(result)).toEqual(['CONNECT_TIMEOUT'])
    expect(target.requests()).toBe(0)
  })

  it('allows a stream only later', async () => {
    await using target = await rawHttp2Target(
      ({ socket, streamId }) => socket.write(frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200)),
      { settings: NO_STREAMS },
    )
    const running = drive2(target.url, { phases: steady(2, 1_000) })
    await eventually(target.open, (open) => open === 2)
    for (const socket of target.sockets) {
      socket.write(frame(SETTINGS, 0, 0, Buffer.concat([Buffer.of(0, 3), uint32(1)])))
    }
    expect(outcomesOf(await running)).toEqual(['HTTP 200'])
  })

  it('dies in mid-run: what came before counts, and what came after as what it was', async () => {
    const target = await http2Target(ok)
    const running = drive2(target.url, { loop: 'open', phases: steady(100, 1_500) })
    await eventually(target.requests, (requests) => requests >= 20)
    await target[Symbol.asyncDispose]()
    const result = await running
    expect(result.isComplete).toBe(true)
    expect(result.finished).toBe(150)
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(0)
    expect(result.outcomes.get('ECONNREFUSED')).toBeGreaterThan(0)
  })
})

describe('a target that ends connections in good order loses no request', { concurrent: true }, () => {
  it('when it does so with each answer', async () => {
    await using target = await http2Target((asked) => {
      asked.stream.session?.close()
      ok(asked)
    })
    const result = await drive2(target.url, { loop: 'open', phases: steady(100, 300) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 30 })
    expect(target.connections()).toBe(30)
  })

  it('when it does so while clients think', async () => {
    await using target = await http2Target((asked) => {
      const { session } = asked.stream
      ok(asked)
      asked.stream.on('close', () => setTimeout(() => session?.close(), 30))
    })
    const result = await drive2(target.url, { phases: steady(2, 2_500), thinkNs: 1e9 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.finished).toBeGreaterThan(2)
    expect(target.connections()).toBeGreaterThanOrEqual(result.finished)
  })
})

it.concurrent.each<[string, Partial<LoadOptions>]>([
  ['before the answer', {}],
  ['when it is idle', { thinkNs: 1e9, phases: steady(4, 2_500) }],
])('a connection that the target has announced to end %s, and leaves open, is ended', async (_title, options) => {
  await using target = await rawHttp2Target(({ socket, streamId }) => {
    const answer = frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200)
    const farewell = frame(GOAWAY, 0, 0, uint32(streamId, 0))
    if (options.thinkNs === undefined) socket.write(Buffer.concat([farewell, answer]))
    else socket.write(answer, () => setTimeout(() => socket.write(farewell), 20))
  })
  const result = await drive2(target.url, options)
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  // Each client has had one after the other, and no more than a new one beside one that is being ended.
  expect(target.connections()).toBeGreaterThan(4)
  expect(target.mostOpen()).toBeLessThan(options.thinkNs === undefined ? 6 : 12)
  expect(target.connections()).toBeGreaterThanOrEqual(result.finished)
  expect(await eventually(target.open, (open) => open === 0)).toBe(0)
})

it('a target that never ends a connection itself holds up the end of a load no longer than one that does', async () => {
  const tookMs = await Promise.all(
    [false, true].map(async (allowHalfOpen) => {
      const answer = ({ socket, streamId }: RawAsked): void => {
        socket.write(frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200))
        setTimeout(() => socket.write(frame(GOAWAY, 0, 0, uint32(streamId, 0))), 20)
      }
      await using target = await rawHttp2Target(answer, { allowHalfOpen })
      const startMs = performance.now()
      await drive2(target.url, { phases: steady(2, 1_500), thinkNs: 60e6 })
      return performance.now() - startMs
    }),
  )
  expect(Math.max(...tookMs)).toBeLessThan(1.7 * Math.min(...tookMs))
})

it.concurrent('requests that have crossed a farewell on the way are told as that, and no others fail', async () => {
  await using target = await http2Target((asked) => {
    if (asked.number % 20 === 10) asked.stream.session?.close()
    setTimeout(() => ok(asked), 3)
  })
  const result = await drive2(target.url, { phases: steady(8, 1_500), streams: 8 })
  const { 'HTTP 200': answered = 0, GOAWAY: crossed = 0, ...others } = Object.fromEntries(result.outcomes)
  expect(others).toEqual({})
  expect(target.connections()).toBeGreaterThan(1)
  // Seven others at most were on their way.
  expect(crossed).toBeLessThan(7 * target.connections())
  expect(answered).toBeGreaterThan(crossed)
  expect(result.finished).toBe(result.offered)
})

describe('one client of a connection that is shared', { concurrent: true }, () => {
  it('whose request is refused does not cost the others theirs, nor the connection', async () => {
    await using target = await http2Target((asked) => {
      if (asked.number % 10 === 5) asked.stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else setTimeout(() => ok(asked), 2)
    })
    const rate = { loop: 'open', phases: steady(100, 500), maxConnections: 1, streams: 4 } as const
    const result = await drive2(target.url, rate)
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 45, 'RST_STREAM REFUSED_STREAM': 5 })
    expect(target.connections()).toBe(1)
    expect(result.times.connect.totalCount).toBe(1)
  })

  it('fails with all others when the connection does, each once', async () => {
    await using target = await rawHttp2Target(({ socket, number }) => {
      if (number === 3) socket.resetAndDestroy()
    })
    const result = await drive2(target.url, { loop: 'open', phases: steady(100, 40), maxConnections: 1, streams: 4 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ ECONNRESET: 4 })
    expect([result.lostConnections, result.lostRequests]).toEqual([1, 4])
    const run = runOf(result)
    expect(run.metrics.find(({ name }) => name === 'lostConnections')?.value).toBe(1)
    expect(run.warnings.find(({ code }) => code === 'CONNECTIONS_LOST')?.message).toBe(
      '1 connection failed that clients share, and 4 requests with it: each of these is a failure by itself.',
    )
  })

  it('has failed with all others when there is no connection, which is told of as one', async () => {
    const url = `http://127.0.0.1:${await deadPort()}/`
    const result = await drive2(url, { streams: 4, phases: steady(8, 100) })
    // Who has failed waits for as long before the next attempt.
    expect(Object.fromEntries(result.outcomes)).toEqual({ ECONNREFUSED: 8 })
    expect([result.lostConnections, result.lostRequests]).toEqual([2, 8])
  })

  it('is told of what came between requests no more often than the others: once a connection', async () => {
    let answers = 0
    await using target = await rawHttp2Target(({ socket, streamId }) => {
      socket.write(frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200))
      if (++answers === 4) setTimeout(() => socket.write(Buffer.alloc(1_000, 0xff)), 100)
    })
    const result = await drive2(target.url, { streams: 4, phases: steady(4, 1_500), thinkNs: 2e9 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 4, 'PROTOCOL FRAME between requests': 1 })
    expect([result.lostConnections, result.lostRequests]).toEqual([1, 0])
    expect(runOf(result).warnings.map(({ code }) => code)).not.toContain('CONNECTIONS_LOST')
  })

  it('that waits for nothing is not told of what has cost another its request', async () => {
    const asked = new Map<Socket, number>()
    await using target = await rawHttp2Target(({ socket, streamId }) => {
      const number = (asked.get(socket) ?? 0) + 1
      asked.set(socket, number)
      // Three are answered and think; the fourth has its connection broken.
      if (number < 4) socket.write(frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200))
      else setTimeout(() => socket.write(Buffer.alloc(1_000, 0xff)), 100)
    })
    const result = await drive2(target.url, { streams: 4, phases: steady(4, 300), thinkNs: 2e9 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 3, 'PROTOCOL FRAME': 1 })
    expect([result.lostConnections, result.lostRequests]).toEqual([1, 1])
  })

  it.each([1, 4])('%s to a connection: a stream that is refused is no connection that is lost', async (streams) => {
    await using target = await rawHttp2Target(({ socket, streamId }) => {
      socket.write(frame(RST_STREAM, 0, streamId, uint32(7)))
    })
    const result = await drive2(target.url, { streams, thinkNs: 50e6, phases: steady(4, 800) })
    expect(outcomesOf(result)).toEqual(['RST_STREAM REFUSED_STREAM'])
    expect([result.lostConnections, result.lostRequests]).toEqual([0, 0])
  })

  it.each<[string, Partial<LoadOptions>]>([
    ['of a client that thinks', { phases: steady(1, 1_000), thinkNs: 20e6 }],
    ['of a rate', { loop: 'open', phases: steady(20, 1_000), maxConnections: 1 }],
  ])('finds its connection again after a refusal, %s', async (_title, options) => {
    await using target = await rawHttp2Target(({ socket, streamId }) => {
      socket.write(frame(RST_STREAM, 0, streamId, uint32(7)))
    })
    const result = await drive2(target.url, options)
    expect(outcomesOf(result)).toEqual(['RST_STREAM REFUSED_STREAM'])
    expect(target.requests()).toBeGreaterThan(10)
    expect(target.connections()).toBe(1)
  })

  it('leaves no connection open while it thinks for long', async () => {
    await using target = await rawHttp2Target(({ socket, streamId }) => {
      socket.write(frame(RST_STREAM, 0, streamId, uint32(7)))
    })
    const result = await drive2(target.url, { phases: steady(2, 5_000), thinkNs: 900e6 })
    expect(outcomesOf(result)).toEqual(['RST_STREAM REFUSED_STREAM'])
    expect(target.connections()).toBeGreaterThan(6)
    expect(target.mostOpen()).toBeLessThanOrEqual(4)
  })

  it('leaves a connection on which nothing comes any more, and makes another', async () => {
    const silent = new Set<Socket>()
    await using target = await rawHttp2Target(({ socket, streamId, number }) => {
      if (number === 20) silent.add(socket)
      if (!silent.has(socket)) socket.write(frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200))
    })
    const result = await drive2(target.url, { streams: 2, timeoutNs: 1_200e6, phases: steady(2, 3_500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'TIMEOUT'])
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(20)
    expect(target.connections()).toBe(2)
  })
})

describe('a target that speaks HTTP/1.1 only is not spoken to in that', { concurrent: true }, () => {
  it.each<[string, () => Promise<Server>, 'http' | 'https', string]>([
    [
      'and refuses another over TLS',
      async () =>
        createHttpsServer({ key: await pem('key'), cert: await pem('good') }, (_, response) => response.end()),
      'https',
      'PROTOCOL ALPN',
    ],
    [
      'and says nothing of it over TLS',
      async () => createTlsServer({ key: await pem('key'), cert: await pem('good') }),
      'https',
      'PROTOCOL ALPN',
    ],
    ['in cleartext', async () => createHttpServer((_, response) => void response.end()), 'http', 'PROTOCOL PREFACE'],
    [
      'in cleartext, and answers whatever comes',
      async () =>
        createServer((socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nhello'))),
      'http',
      'PROTOCOL PREFACE',
    ],
    [
      'and closes',
      async () => createServer((socket) => void socket.once('data', () => socket.end())),
      'http',
      'CLOSED',
    ],
    ['and is silent', async () => createServer((socket) => void socket.resume()), 'http', 'CONNECT_TIMEOUT'],
  ])('%s', async (_title, serverOf, scheme, outcome) => {
    await using target = await listen(await serverOf())
    const tls = { ca: await pem('good') }
    const timing = outcome === 'CONNECT_TIMEOUT' ? { timeoutNs: 400e6, phases: steady(2, 1_500) } : {}
    const result = await drive2(`${scheme}://127.0.0.1:${target.port}/`, { tls, ...timing })
    expect(outcomesOf(result)).toEqual([outcome])
    expect(result.responseOk.totalCount).toBe(0)
    // A client waits before it tries again, with another connection.
    expect(target.connections()).toBeGreaterThan(2)
    expect(target.connections()).toBeLessThan(14)
    expect(await eventually(target.open, (open) => open === 0)).toBe(0)
  })
})

describe('a target of HTTP/2 over TLS', { concurrent: true }, () => {
  it.each<['good' | 'expired', LoadOptions['tls'], string]>([
    ['good', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', { ca: 'expired' }, 'CERT_HAS_EXPIRED'],
    ['expired', { rejectUnauthorized: false }, 'HTTP 200'],
  ])('is trusted as one of HTTP/1.1: %s, %j', async (certificate, tls, outcome) => {
    await using target = await http2Target(ok, { certificate })
    const trust = tls?.ca === undefined ? tls : { ca: await pem('expired') }
    expect(outcomesOf(await drive2(target.url, trust === undefined ? {} : { tls: trust }))).toEqual([outcome])
  })
})

it.concurrent('ends at once when it is told to, whatever the target does, and leaves nothing', async () => {
  await using target = await rawHttp2Target(() => undefined)
  const generator = new LoadGenerator({
    url: target.url,
    httpVersion: '2',
    streams: 2,
    loop: 'closed',
    phases: steady(4, 60_000),
  })
  const running = generator.run()
  await eventually(target.requests, (requests) => requests === 4)
  const startMs = performance.now()
  await generator.stop()
  await running
  expect(performance.now() - startMs).toBeLessThan(30_000)
  expect(await eventually(target.open, (open) => open === 0)).toBe(0)
})

describe('one client of a connection that is shared, with nothing beside it', () => {
  it('that gets no answer in time gives up its stream, and not the connection', async () => {
    await using target = await http2Target((asked) => {
      // Early ones: what is given up when the load ends may end with the connection, and is no reset.
      if (![5, 15, 25].includes(asked.number)) setTimeout(() => ok(asked), 2)
    })
    const result = await drive2(target.url, { streams: 4, phases: steady(4, 2_500), timeoutNs: 900e6 })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'TIMEOUT'])
    expect(target.connections()).toBe(1)
    expect(new Set(target.resets)).toEqual(new Set([constants.NGHTTP2_CANCEL]))
    await expect.poll(() => target.resets.length).toBe(3)
    expect(result.outcomes.get('TIMEOUT')).toBe(3)
  })
})
