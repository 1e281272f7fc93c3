import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import {
  type ConnectionFailure,
  type ConnectionHandler,
  encodeRequest,
  Http2Connections,
  parseEndpoint,
} from '../../src/protocol/index.ts'
import { type Http2Asked, http2Target, ok } from '../load/http2-target.ts'

const silent: Omit<ConnectionHandler, 'onFailure'> = {
  onOpen: () => undefined,
  onHead: () => undefined,
  onBody: () => undefined,
  onEnd: () => undefined,
}

it('looks a name up as it was told to, and goes nowhere when that refuses', async () => {
  const connections = new Http2Connections(parseEndpoint('https://elsewhere.test/'), {
    streams: 2,
    lookup: (_name, _options, done) => done(Object.assign(new Error('no'), { code: 'REMOTE_REFUSED' }), ''),
  })
  const failures = await Promise.all(
    [1, 2].map(() => {
      return new Promise<ConnectionFailure>((resolve) => connections.connect({ ...silent, onFailure: resolve }))
    }),
  )
  const refused = { kind: 'network', code: 'REMOTE_REFUSED', whileConnecting: true }
  expect(failures).toMatchObject([refused, refused])
  // It was one connection.
  expect(new Set(failures.map(({ shared }) => shared)).size).toBe(1)
})

it('tells nothing any more, and sends nothing, once it is closed', async () => {
  await using target = await http2Target(ok)
  const endpoint = parseEndpoint(target.url)
  const connections = new Http2Connections(endpoint, { streams: 2 })
  const request = encodeRequest(endpoint, { method: 'GET' })
  const told: string[] = []
  const closed = connections.connect({
    ...silent,
    onOpen: () => told.push('open'),
    onEnd: () => told.push('end'),
    onFailure: () => told.push('failure'),
  })
  closed.close()
  const ended = await new Promise((resolve) => {
    const other = connections.connect({
      ...silent,
      onOpen: () => other.send(request),
      onEnd: (isReusable) => {
        other.close()
        resolve(isReusable)
      },
      onFailure: resolve,
    })
  })
  expect(ended).toBe(true)
  expect(closed.send(request)).toBe(false)
  expect(told).toEqual([])
  expect(target.requests()).toBe(1)
})

it('has one request at a time', async () => {
  await using target = await http2Target(ok)
  const endpoint = parseEndpoint(target.url)
  const connections = new Http2Connections(endpoint, { streams: 1 })
  const request = encodeRequest(endpoint, { method: 'GET' })
  const sent = await new Promise((resolve) => {
    const answers: boolean[] = []
    const only = connections.connect({
      ...silent,
      onOpen: () => answers.push(only.send(request), only.send(request)),
      onEnd: () => {
        only.close()
        resolve(answers)
      },
      onFailure: resolve,
    })
  })
  expect(sent).toEqual([true, false])
  expect(target.requests()).toBe(1)
})

it.each([
  ['cleartext', undefined],
  ['TLS', 'good'],
] as const)(
  'tells of answers that came in one piece at one time, whatever is made of each, over %s',
  async (_title, certificate) => {
    const clients = 25
    const asked: Http2Asked[] = []
    await using target = await http2Target(
      (exchange) => {
        asked.push(exchange)
        // All of them in one turn, which Node writes in one piece.
        if (asked.length % clients === 0) for (const each of asked.slice(-clients)) ok(each)
      },
      certificate === undefined ? {} : { certificate },
    )
    const endpoint = parseEndpoint(target.url)
    const tls = { rejectUnauthorized: false }
    const connections = new Http2Connections(endpoint, { streams: clients, tls })
    const request = encodeRequest(endpoint, { method: 'GET' })
    const rounds = 3
    const endsNs: number[] = []
    const headsNs: number[] = []
    await Promise.all(
      Array.from({ length: clients }, () => {
        return new Promise<void>((resolve, reject) => {
          let round = 0
          const connection = connections.connect({
            ...silent,
            onOpen: () => connection.send(request),
            onHead: (_head, atNs) => {
              headsNs.push(atNs)
              const until = performance.now() + 2
              while (performance.now() < until);
            },
            onEnd: (_isReusable, atNs) => {
              endsNs.push(atNs)
              if (++round < rounds) connection.send(request)
              else {
                connection.close()
                resolve()
              }
            },
            onFailure: ({ code }) => reject(new Error(code)),
          })
        })
      }),
    )
    expect(headsNs).toHaveLength(clients * rounds)
    // One time a round; a piece may be cut once on its way.
    for (const times of [headsNs, endsNs]) {
      expect(new Set(times).size).toBeGreaterThanOrEqual(rounds)
      expect(new Set(times).size).toBeLessThanOrEqual(2 * rounds)
      expect(times).toEqual(times.toSorted((left, right) => left - right))
    }
  },
)

it('costs nobody anything who does not speak HTTP/2', async () => {
  const door = new URL('../../src/protocol/index.ts', import.meta.url).href
  const script = `await import(${JSON.stringify(door)})
    console.log(process.moduleLoadList.filter((name) => name.includes('http2')).length)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  expect(stdout).toBe('0\n')
})
