import { constants } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { LoadOptions, LoadResult } from '../../src/load/index.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { runOf } from './engine-drive.ts'
import { type Http2Asked, http2Target, listen, ok } from './http2-target.ts'
import { mcpHttp2Target, well } from './mcp-http2-target.ts'
import { rawHttp2Target } from './raw-http2-target.ts'

const ECHO = { method: 'tools/call', params: { name: 'echo', arguments: {} } }
const RATE = { loop: 'open', streams: 1 } as const

async function driveShared(url: string, options: Partial<LoadOptions>): Promise<LoadResult> {
  return await drive(url, { httpVersion: '2', streams: 4, ...options })
}

/** A server that takes connections and says nothing on them, until it does to them what it is told. */
async function silentTarget(onConnection: (socket: Socket) => void) {
  const target = await listen(createServer((socket) => onConnection(socket.resume())))
  return { ...target, url: `http://127.0.0.1:${target.port}/` }
}

function resetAfter(socket: Socket, delayMs: number): void {
  setTimeout(() => socket.resetAndDestroy(), delayMs)
}

/** Take what comes, and say nothing before the connection is reset. */
function refuses(socket: Socket, delayMs: number): false {
  resetAfter(socket.resume(), delayMs)
  return false
}

const breakOff = ({ stream }: Http2Asked): void => stream.session?.destroy(undefined, constants.NGHTTP2_INTERNAL_ERROR)

describe('what is lost with connections that clients share', { concurrent: true }, () => {
  it.each<[string, Partial<LoadOptions>]>([
    ['clients', { phases: steady(8, 600) }],
    ['a rate', { loop: 'open', phases: steady(100, 600), maxConnections: 2 }],
  ])(
    'while they open is each request that waited for one, and each connection once: of %s',
    async (_title, options) => {
      await using target = await silentTarget((socket) => resetAfter(socket, 20))
      const result = await driveShared(target.url, options)
      // Where the reset comes before the client's first words, its write fails, of which Node tells no more than an end.
      expect(['ECONNRESET', 'CLOSED']).toEqual(expect.arrayContaining(outcomesOf(result)))
      expect(result.failed).toBeGreaterThanOrEqual(8)
      expect(result.lostRequests).toBe(result.failed)
      expect(result.lostConnections).toBeLessThan(result.failed)
      // The last may have been given up by us.
      expect(result.lostConnections).toBeLessThanOrEqual(target.connections())
      expect(result.lostConnections).toBeGreaterThanOrEqual(target.connections() - 2)
      expect(runOf(result).warnings.map(({ code }) => code)).toContain('CONNECTIONS_LOST')
    },
  )

  it('while sessions of MCP open on them is a request of each client', async () => {
    const asked = new Map<Socket, number>()
    await using target = await rawHttp2Target(({ socket }) => {
      const number = (asked.get(socket) ?? 0) + 1
      asked.set(socket, number)
      if (number === 4) resetAfter(socket, 10)
    })
    const result = await driveShared(target.url, { mcp: ECHO, phases: steady(4, 600) })
    expect(outcomesOf(result)).toEqual(['ECONNRESET'])
    expect(result.lostConnections).toBeGreaterThan(0)
    expect([result.failed, result.lostRequests]).toEqual([4 * result.lostConnections, 4 * result.lostConnections])
  })

  it('is no request that was answered over another connection meanwhile', async () => {
    const early: Http2Asked[] = []
    let isQuick = false
    await using target = await http2Target(
      (asked) => {
        if (isQuick) {
          ok(asked)
          return
        }
        early.push(asked)
        if (early.length > 1) return
        setTimeout(() => {
          isQuick = true
          for (const one of early) ok(one)
        }, 300)
      },
      { speaksOn: (socket, number) => number === 0 || refuses(socket, 900) },
    )
    const result = await driveShared(target.url, { ...RATE, phases: steady(50, 2_000), streams: 2, maxConnections: 2 })
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(50)
    expect(result.lostConnections).toBeGreaterThan(0)
    expect(result.lostRequests).toBe(result.failed)
  })

  it.each<[string, () => Promise<{ readonly url: string } & AsyncDisposable>]>([
    ['waited for a connection', () => silentTarget((socket) => resetAfter(socket, 1_200))],
    ['was sent', () => rawHttp2Target(({ socket, number }) => number % 4 === 3 && resetAfter(socket, 1_200))],
  ])('is none that %s in the warm-up, as it is no failure', async (_title, targetOf) => {
    await using target = await targetOf()
    const result = await driveShared(target.url, { warmupNs: 900e6, phases: steady(4, 2_200) })
    expect(result.lostConnections).toBeGreaterThan(0)
    expect(result.lostRequests).toBe(result.failed)
    expect(result.lostRequests).toBeLessThan(4 * result.lostConnections)
  })

  it('is no call that was cancelled before', async () => {
    await using target = await mcpHttp2Target((asked, { method }) => {
      if (method === 'notifications/cancelled') breakOff(asked)
    })
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 50e6 } }
    const result = await driveShared(target.url, { mcp: ECHO, mcpSession, phases: steady(1, 1_500) })
    expect(result.cancelled).toBeGreaterThan(1)
    expect([result.failed, result.lostRequests]).toEqual([0, 0])
    expect(result.lostConnections).toBeGreaterThan(1)
  })

  it('is no request where a session that is spent was to be followed by another, ahead of requests', async () => {
    await using target = await mcpHttp2Target(well, { onFarewell: breakOff })
    const options = { ...RATE, phases: steady(20, 1_000), maxConnections: 2 }
    const result = await driveShared(target.url, { ...options, mcp: ECHO, mcpSession: { requestsPerSession: 1 } })
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(10)
    expect(result.lostConnections).toBeGreaterThan(5)
    expect(result.lostRequests).toBe(result.failed)
  })

  it('is of clients that still open their sessions at the end: whoever waits for one waits on', async () => {
    await using target = await rawHttp2Target(({ socket, number }) => number === 3 && resetAfter(socket, 1_600))
    const result = await driveShared(target.url, { mcp: ECHO, phases: steady(4, 800) })
    expect(target.requests()).toBe(4)
    expect([result.failed, result.lostConnections, result.lostRequests]).toEqual([4, 1, 4])
  })

  it('is nothing when nobody wants it any more: a connection that was made again to end a session', async () => {
    let answered = 0
    await using target = await mcpHttp2Target(
      (asked, message) => {
        well(asked, message)
        if (++answered === 8) asked.stream.session?.close()
      },
      { speaksOn: (socket) => answered < 8 || refuses(socket, 20) },
    )
    const result = await driveShared(target.url, { ...RATE, phases: steady(20, 400), maxConnections: 1, mcp: ECHO })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 8 })
    expect(target.connections()).toBe(2)
    expect([result.lostConnections, result.lostRequests]).toEqual([0, 0])
  })
})
