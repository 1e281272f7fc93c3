import { createHash } from 'node:crypto'
import { constants } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { describeLoad, type LoadOptions, type LoadResult, planLoad } from '../../src/load/index.ts'
import { eventually } from '../bench/eventually.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { namesOf, notesOf, runOf } from './engine-drive.ts'
import { type Http2Asked, type Http2Target, type Http2TargetOptions, http2Target, ok, pem } from './http2-target.ts'

const MS = 1e6
const OVER: readonly (readonly [string, Http2TargetOptions])[] = [
  ['cleartext', {}],
  ['TLS', { certificate: 'good' }],
]

async function drive2(target: Http2Target, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  return await drive(target.url, {
    httpVersion: '2',
    phases: steady(2, 800),
    tls: { ca: await pem('good') },
    ...options,
  })
}

describe.each(OVER)('HTTP/2 over %s', { concurrent: true }, (_title, kind) => {
  it('has a connection a client, and an answer to each request', async () => {
    await using target = await http2Target(ok, kind)
    const result = await drive2(target, { phases: steady(3, 800) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.isComplete).toBe(true)
    expect(result.finished).toBe(target.requests())
    expect(result.receivedBytes).toBe(2 * result.finished)
    expect(target.connections()).toBe(3)
    expect(target.mostStreams()).toBe(1)
    expect(target.resets).toEqual([])
  })

  it('leaves no connection behind', async () => {
    await using target = await http2Target(ok, kind)
    await drive2(target, { phases: steady(3, 800), streams: 2 })
    expect(await eventually(target.open, (open) => open === 0)).toBe(0)
  })

  it('takes no whole answer for a broken one, however they are cut', async () => {
    await using target = await http2Target(({ stream, number }) => {
      if (number % 5 === 0) stream.respond({ ':status': 204 }, { endStream: true })
      else {
        stream.respond({ ':status': 200 })
        for (let piece = 0; piece < number % 5; piece++) stream.write('x'.repeat(1 + ((number * 977) % 20_000)))
        stream.end()
      }
    }, kind)
    const result = await drive2(target, { phases: steady(8, 2_000), streams: 4 })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'HTTP 204'])
    expect(result.finished).toBeGreaterThan(200)
    expect(target.resets).toEqual([])
  })

  it('asks what HTTP/1.1 would: path, authority, headers and body', async () => {
    const asked: unknown[] = []
    await using target = await http2Target((exchange) => {
      const chunks: Buffer[] = []
      exchange.stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      exchange.stream.on('end', () => {
        asked.push({ ...exchange.headers, body: Buffer.concat(chunks).toString() })
        ok(exchange)
      })
    }, kind)
    const authority = new URL(target.url).host.replace('127.0.0.1', 'localhost')
    const scheme = new URL(target.url).protocol.slice(0, -1)
    const result = await drive2(target, {
      url: `${scheme}://user:secret@${authority}/path?query=1`,
      headers: { 'X-Own': ' a: b ' },
      body: new TextEncoder().encode('{"größe":1}'),
    })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(asked[0]).toMatchObject({
      ':method': 'POST',
      ':path': '/path?query=1',
      ':scheme': scheme,
      ':authority': authority,
      authorization: 'Basic dXNlcjpzZWNyZXQ=',
      'x-own': 'a: b',
      'content-length': '13',
      body: '{"größe":1}',
    })
  })

  it('is what the Run says, with the parts that connecting had', async () => {
    await using target = await http2Target(ok, kind)
    const result = await drive2(target)
    const run = runOf(result)
    expect(run.metrics[0]?.subject).toBe('GET / · HTTP/2 · 2 clients')
    expect(namesOf(run)).toContain('settingsTime')
    expect(namesOf(run).includes('tlsTime')).toBe(kind.certificate !== undefined)
    const { connect, tcp, tls, settings } = result.times
    expect(connect.totalCount).toBe(2)
    expect(connect.mean).toBeGreaterThan(0.9 * (tcp.mean + tls.mean + settings.mean))
    expect(connect.mean).toBeLessThan(1.1 * (tcp.mean + tls.mean + settings.mean))
  })

  it('sends as many of a rate as are due', async () => {
    await using target = await http2Target(ok, kind)
    const result = await drive2(target, { loop: 'open', phases: steady(200, 500), threads: 2 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 100 })
    expect(target.requests()).toBe(100)
  })

  it('reads 10 MB, which need not wait until it says that more may come', async () => {
    const megabyte = Buffer.alloc(1e6, 'x')
    const windows: number[] = []
    await using target = await http2Target(({ stream }) => {
      const { state, remoteSettings } = stream.session ?? {}
      windows.push(state?.remoteWindowSize ?? 0, remoteSettings?.initialWindowSize ?? 0)
      stream.respond({ ':status': 200 })
      for (let piece = 0; piece < 10; piece++) stream.write(megabyte)
      stream.end()
    }, kind)
    const result = await drive2(target, { phases: steady(2, 800), streams: 2, timeoutNs: 20e9 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.receivedBytes).toBe(10e6 * result.finished)
    for (const bytes of windows) expect(bytes).toBeGreaterThan(10e6)
  })

  it('sends a megabyte, as it is', async () => {
    const body = Buffer.from(Array.from({ length: 1e6 }, (_, index) => (index * 31) % 256))
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    const came: string[] = []
    await using target = await http2Target((exchange) => {
      const chunks: Buffer[] = []
      exchange.stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      exchange.stream.on('end', () => {
        came.push(hash(Buffer.concat(chunks)))
        ok(exchange)
      })
    }, kind)
    const result = await drive2(target, { body })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(new Set(came)).toEqual(new Set([hash(body)]))
    expect(target.resets).toEqual([])
  })
})

describe('an answer over HTTP/2', { concurrent: true }, () => {
  it.each<[string, (asked: Http2Asked) => void, string]>([
    [
      'with information before it',
      (asked) => {
        asked.stream.additionalHeaders({ ':status': 103, link: '</a.css>' })
        asked.stream.additionalHeaders({ ':status': 100 })
        ok(asked)
      },
      'HTTP 200',
    ],
    [
      'with trailers',
      ({ stream }) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
        stream.end('ok')
      },
      'HTTP 200',
    ],
    ['of nothing but a head', ({ stream }) => stream.respond({ ':status': 200 }, { endStream: true }), 'HTTP 200'],
    ['that says no', ({ stream }) => stream.respond({ ':status': 503 }, { endStream: true }), 'HTTP 503'],
    ['that leads elsewhere', ({ stream }) => stream.respond({ ':status': 302 }, { endStream: true }), 'HTTP 302'],
  ])('%s is one', async (_title, answer, outcome) => {
    await using target = await http2Target(answer)
    const result = await drive2(target)
    expect(outcomesOf(result)).toEqual([outcome])
    expect(target.connections()).toBe(2)
  })

  it('to HEAD has no body, whatever its head says', async () => {
    await using target = await http2Target(({ stream }) => {
      stream.respond({ ':status': 200, 'content-length': 7 }, { endStream: true })
    })
    const result = await drive2(target, { method: 'HEAD' })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.receivedBytes).toBe(0)
  })

  it('that comes before the request was sent whole is one, and the rest of the request is for nobody', async () => {
    await using target = await http2Target(({ stream }) => {
      stream.pause()
      stream.respond({ ':status': 413 })
      stream.end('too much')
    })
    const result = await drive2(target, { phases: steady(2, 1_500), thinkNs: 20e6, body: Buffer.alloc(5e6) })
    expect(outcomesOf(result)).toEqual(['HTTP 413'])
    expect(target.connections()).toBe(2)
    expect(new Set(target.resets)).toEqual(new Set([constants.NGHTTP2_CANCEL]))
    expect(result.finished).toBeGreaterThan(8)
    expect(target.mostStreams()).toBeLessThanOrEqual(3)
  })

  it('has its Server-Timing read', async () => {
    await using target = await http2Target(({ stream }) => {
      stream.respond({ ':status': 200, 'server-timing': ['db;dur=7', 'app;dur=3'] }, { endStream: true })
    })
    const { sample } = await drive2(target)
    expect(sample.length).toBeGreaterThan(0)
    expect(Object.fromEntries(sample[0]?.timings ?? [])).toEqual({ db: 7 * MS, app: 3 * MS })
  })
})

describe('clients that share a connection', { concurrent: true }, () => {
  it('are so many as was asked for, each with a request at a time', async () => {
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), 5))
    const result = await drive2(target, { phases: steady(20, 800), streams: 8 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(target.connections()).toBe(3)
    expect(target.mostStreams()).toBe(8)
    expect(result.times.connect.totalCount).toBe(3)
    expect(runOf(result).metrics[0]?.subject).toBe('GET / · HTTP/2, 8 streams · 20 clients')
  })

  it('are fewer where the target allows no more, and the Run says so', async () => {
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), 5), {
      settings: { maxConcurrentStreams: 3 },
    })
    const result = await drive2(target, { phases: steady(12, 1_000), streams: 100 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(target.mostStreams()).toBe(3)
    expect(target.connections()).toBe(4)
    expect(notesOf(runOf(result))).toContain('STREAMS_ALLOWED')
  })

  it('share among those of their thread', async () => {
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), 5))
    const result = await drive2(target, { phases: steady(8, 800), streams: 4, threads: 2 })
    expect(target.connections()).toBe(2)
    expect(notesOf(runOf(result))).not.toContain('STREAMS_ALLOWED')
  })

  it('may be many with few connections, at a rate', async () => {
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), 100))
    const result = await drive2(target, { loop: 'open', phases: steady(200, 500), maxConnections: 2, streams: 50 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 100 })
    expect(target.connections()).toBeLessThanOrEqual(2)
    expect(target.mostStreams()).toBeGreaterThan(5)
  })

  it('do not wait for each other: one slow answer holds up nobody', async () => {
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), asked.number === 10 ? 600 : 5))
    const { response, outcomes } = await drive2(target, { phases: steady(4, 800), streams: 4 })
    expect(target.connections()).toBe(1)
    expect(outcomes.get('HTTP 200')).toBeGreaterThan(40)
    expect(response.getValueAtPercentile(90)).toBeLessThan(response.maxValue / 3)
  })
})

describe('a plan of HTTP/2', () => {
  const planOf = (options: Partial<LoadOptions>) =>
    planLoad({ url: 'http://127.0.0.1:9/a?b=c', loop: 'closed', phases: steady(5, 100), ...options })

  it('is named by its protocol, and one of HTTP/1.1 as it always was', () => {
    expect(describeLoad(planOf({ httpVersion: '2' }))).toBe('GET /a · HTTP/2 · 5 clients')
    expect(describeLoad(planOf({ httpVersion: '1.1' }))).toBe('GET /a · 5 clients')
    expect(describeLoad(planOf({ httpVersion: '2', mcp: { method: 'ping', params: {} } }))).toBe(
      'ping · HTTP/2 · 5 clients',
    )
  })

  it.each<[string, Partial<LoadOptions>, string]>([
    ['streams of HTTP/1.1', { streams: 2 }, 'only HTTP/2 has streams'],
    ['half a stream', { httpVersion: '2', streams: 0.5 }, 'streams must be a whole number from 1 to 10000'],
    [
      'headers that are about a connection',
      { httpVersion: '2', headers: { Upgrade: 'x', TE: 'gzip', te: 'trailers' } },
      'HTTP/2 has no place for Upgrade, TE among the headers',
    ],
  ])('has no %s', (_title, options, says) => {
    expect(() => planOf(options)).toThrow(says)
  })
})

describe('an answer over HTTP/2, with nothing beside it', () => {
  it('is told in the parts that it came in', async () => {
    await using target = await http2Target(async ({ stream }) => {
      await sleep(60)
      stream.respond({ ':status': 200 })
      stream.write('head')
      await sleep(120)
      stream.end('rest')
    })
    const { times, response } = await drive2(target, { phases: steady(2, 800) })
    const [waiting, receiving] = [times.waiting, times.receiving].map((time) => time.getValueAtPercentile(50))
    expect(waiting).toBeGreaterThan(55 * MS)
    expect(receiving).toBeGreaterThan(115 * MS)
    expect((waiting ?? 0) + (receiving ?? 0)).toBeLessThan(1.1 * response.maxValue)
  })
})
