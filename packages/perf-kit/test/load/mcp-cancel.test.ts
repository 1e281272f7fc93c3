import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, outcomesOf, steady } from './drive.ts'
import { event, json, type McpRequest, mcpTarget, reply, well } from './mcp-target.ts'
import { referenceServer } from './reference-server.ts'

const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } })
const idsOf = (seen: readonly McpRequest[], method: string) =>
  seen
    .filter(({ message }) => message.method === method)
    .map(({ message }) => message.id ?? message.params?.['requestId'])

/** Each session counts its calls by itself. */
const keyOf = ({ headers }: McpRequest, id: unknown) => `${headers.get('mcp-session-id')} ${id}`

const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

/** The beginning of an answer: a stream that tells of progress twice under the call's token. */
function twoSteps({ message }: McpRequest): string {
  const meta = message.params?.['_meta']
  const progressToken = typeof meta === 'object' && meta !== null ? Reflect.get(meta, 'progressToken') : undefined
  const step = chunk(
    event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } }),
  )
  return `${CHUNKED}${step}${step}`
}

/** A server that begins its answers, and does with the connection of one that is cancelled what the script says. */
async function beginningTarget(begin: (request: McpRequest) => string, onCancelled: (socket: Socket) => void) {
  const calls = new Map<string, Socket>()
  return await mcpTarget((request, _number, socket) => {
    const { message } = request
    if (message.method === 'notifications/cancelled') {
      const called = calls.get(keyOf(request, message.params?.['requestId']))
      // The notice is taken first, as by a server that then gives up its work.
      if (called !== undefined) setTimeout(() => onCancelled(called), 10)
      return reply('202 Accepted')
    }
    calls.set(keyOf(request, message.id), socket)
    return begin(request)
  })
}

describe('a call that is cancelled', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['ends the reply', (socket) => socket.write('0\r\n\r\n')],
    ['ends the connection in the middle of the reply', (socket) => socket.end()],
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['leaves it open', () => undefined],
  ])(
    'is one, and its progress until then is counted, when the server %s',
    { concurrent: true },
    async (_title, onCancelled) => {
      await using target = await beginningTarget(twoSteps, onCancelled)
      // Two steps are under way by then, however busy the machine is.
      const mcpSession = { progress: true, cancel: { shareRatio: 1, afterNs: 200e6 } }
      const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(2, 1_200) })
      expect(outcomesOf(result)).toEqual(['CANCELLED'])
      expect(result.cancelled).toBeGreaterThan(2)
      expect(result.mcp?.progressEvents).toBe(2 * result.cancelled)
      expect(idsOf(target.seen, 'initialize')).toHaveLength(2)
      expect(target.seen.filter(({ verb }) => verb === 'DELETE')).toHaveLength(2)
    },
  )

  it('is one when the server ends the connection before it has answered at all', async () => {
    await using target = await beginningTarget(
      () => '',
      (socket) => socket.destroy(),
    )
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 50e6 } }
    const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(2, 800) })
    expect(outcomesOf(result)).toEqual(['CANCELLED'])
    expect(result.failed).toBe(0)
  })

  it('is a failure all the same when what comes for it is no HTTP', async () => {
    await using target = await beginningTarget(
      () => '',
      (socket) => socket.write('nonsense\r\n\r\n'),
    )
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 50e6 } }
    const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(1, 400) })
    expect(outcomesOf(result)).toEqual(['PROTOCOL STATUS_LINE'])
  })

  it('is one beyond the timeout too, and a notice that the server never took is told of', async () => {
    await using target = await mcpTarget(() => '')
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 100e6 } }
    const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(1, 500), timeoutNs: 1e9 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ CANCELLED: 1, 'CANCELLATION TIMEOUT': 1 })
  })

  it('is told to the server by its id, on another connection, and given up when the server leaves it open', async () => {
    await using target = await mcpTarget(({ message }) =>
      message.method === 'notifications/cancelled' ? reply('202 Accepted') : '',
    )
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 50e6 } }
    const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(2, 1_000) })
    expect(outcomesOf(result)).toEqual(['CANCELLED'])
    expect(result.cancelled).toBeGreaterThan(4)
    const called = idsOf(target.seen, 'tools/call')
    expect(called).toHaveLength(result.cancelled)
    expect(idsOf(target.seen, 'notifications/cancelled').toSorted()).toEqual(called.toSorted())
    for (const { headers, message } of target.seen) {
      if (message.method === 'notifications/cancelled') expect(headers.get('mcp-session-id')).toMatch(/^session-\d$/)
    }
    // The session outlives the connection that was given up.
    expect(idsOf(target.seen, 'initialize')).toHaveLength(2)
    // Neither well nor not, and its time is ours.
    expect([result.finished, result.failed]).toEqual([0, 0])
    expect(result.isComplete).toBe(true)
  })

  it('leaves its connection in use when the server ends the reply', async () => {
    await using backend = await referenceServer('backend-main')
    const mcp = [call('tool-1', { delayMs: 3_600_000 }), { method: 'ping', params: {} }]
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 20e6 } }
    const result = await drive(backend.url, { mcp, mcpSession, phases: steady(4, 1_500), timeoutNs: 5e9 })
    expect(outcomesOf(result)).toEqual(['CANCELLED', 'HTTP 200'])
    expect(result.cancelled).toBeGreaterThan(4)
    expect(result.failed).toBe(0)
    // One for requests and one for cancelling, however many were cancelled.
    expect(result.times.connect.totalCount).toBe(4)
    expect(await backend.health()).toMatchObject({ sessions: 0, cancelled: result.cancelled })
  })

  it('is what its share says, and nothing else is cancelled', async () => {
    const waiting = new Map<string, () => void>()
    await using target = await mcpTarget((request, _number, socket) => {
      const { message } = request
      if (message.method === 'notifications/cancelled') {
        // The answer is on its way before the notice is accepted, so that it is in time however slow this machine is.
        waiting.get(keyOf(request, message.params?.['requestId']))?.()
        return reply('202 Accepted')
      }
      const key = keyOf(request, message.id)
      const answer = () => {
        if (waiting.delete(key)) socket.write(json(message.id, { result: {} }))
      }
      waiting.set(key, answer)
      setTimeout(answer, 60)
      return ''
    })
    const mcp = [call('slow'), { method: 'ping', params: {} }]
    const mcpSession = { cancel: { shareRatio: 0.5, afterNs: 10e6 } }
    const result = await drive(target.url, { mcp, mcpSession, phases: steady(8, 2_000) })
    const [slow, ping] = result.operations
    const cancels = idsOf(target.seen, 'notifications/cancelled').length
    const calls = idsOf(target.seen, 'tools/call').length
    // Five standard deviations of a binomial.
    expect(Math.abs(cancels / calls - 0.5)).toBeLessThan(2.5 / Math.sqrt(calls))
    // The answer comes within the time that the server has for ending its reply: then it is an answer.
    expect(slow?.finished).toBe(calls)
    expect(ping?.outcomes.has('CANCELLED')).toBe(false)
  })

  it('is none when its answer comes before', async () => {
    await using target = await mcpTarget(well)
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 5e9 } }
    const result = await drive(target.url, { mcp: call('fast'), mcpSession, loop: 'open', phases: steady(50, 400) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 20 })
    expect(idsOf(target.seen, 'notifications/cancelled')).toEqual([])
  })

  it('is one too when the server answers with an error, and a server that refuses to hear of it is told of', async () => {
    await using target = await mcpTarget(({ message }, _number, socket) => {
      if (message.method === 'notifications/cancelled') return reply('400 Bad Request')
      setTimeout(() => socket.write(json(message.id, { error: { code: -32800, message: 'cancelled' } })), 50)
      return ''
    })
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 5e6 } }
    const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(1, 500) })
    expect(outcomesOf(result)).toEqual(['CANCELLATION HTTP 400', 'CANCELLED'])
    expect(result.failed).toBe(0)
  })

  it('does not turn the run’s other figures: an open loop goes on, and what was sent is accounted for', async () => {
    await using backend = await referenceServer('backend-main')
    const mcpSession = { cancel: { shareRatio: 0.3, afterNs: 10e6 } }
    const mcp = call('tool-1', { delayMs: 40 })
    const result = await drive(backend.url, { mcp, mcpSession, loop: 'open', phases: steady(50, 1_000) })
    expect(result.cancelled + result.finished).toBe(50)
    expect(result.offered).toBe(50)
    expect(result.failed).toBe(0)
    expect(result.isComplete).toBe(true)
    expect(result.cancelled).toBeGreaterThan(0)
    const run = toLoadRun(result, FACTS)
    expect(run.metrics.find(({ name }) => name === 'errorRatio')?.value).toBe(0)
    expect(run.metrics.find(({ name }) => name === 'outcome CANCELLED')?.value).toBe(result.cancelled)
  })
})

describe('progress', () => {
  it('is asked for with a token of each call, and counted when it comes under that token', async () => {
    const tokens: unknown[] = []
    await using target = await mcpTarget(({ message }) => {
      const meta = message.params?.['_meta']
      const token =
        typeof meta === 'object' && meta !== null && 'progressToken' in meta ? meta.progressToken : undefined
      tokens.push(token)
      const told = (progressToken: unknown) =>
        event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } })
      const body = [
        told(token),
        told('another'),
        told(token),
        event({ jsonrpc: '2.0', id: message.id, result: {} }),
      ].join('')
      return reply('200 OK', body, ['Content-Type: text/event-stream'])
    })
    const result = await drive(target.url, { mcp: call('a'), mcpSession: { progress: true }, phases: steady(2, 300) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.progressEvents).toBe(2 * result.finished)
    expect(tokens).toEqual(idsOf(target.seen, 'tools/call'))
    const metric = toLoadRun(result, FACTS).metrics.find(({ name }) => name === 'progressEvents')
    expect(metric?.value).toBe(2 * result.finished)
  })

  it.each<[string, Parameters<typeof drive>[1], (socket: Socket) => void, string]>([
    ['takes too long', { timeoutNs: 200e6 }, () => undefined, 'TIMEOUT'],
    ['loses its connection', {}, (socket) => setTimeout(() => socket.resetAndDestroy(), 30), 'ECONNRESET'],
    ['is cut off', {}, (socket) => setTimeout(() => socket.end(), 30), 'PROTOCOL TRUNCATED'],
  ])('is counted of a call that %s', async (_title, options, onCall, outcome) => {
    for (const session of [{}, { protocolVersion: '2026-07-28' as const }]) {
      await using target = await mcpTarget((request, _number, socket) => {
        onCall(socket)
        return twoSteps(request)
      })
      const mcpSession = { ...session, progress: true }
      const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(2, 500), ...options })
      expect(outcomesOf(result)).toEqual([outcome])
      expect(result.mcp?.progressEvents).toBe(2 * result.finished)
    }
  })

  it('is counted in a revision without sessions too, when a call is cancelled by ending its stream', async () => {
    await using target = await mcpTarget(twoSteps)
    const mcpSession = {
      protocolVersion: '2026-07-28',
      progress: true,
      cancel: { shareRatio: 1, afterNs: 200e6 },
    } as const
    const result = await drive(target.url, { mcp: call('slow'), mcpSession, phases: steady(2, 500) })
    expect(outcomesOf(result)).toEqual(['CANCELLED'])
    expect(result.mcp?.progressEvents).toBe(2 * result.cancelled)
  })

  it('of a real server comes with each call, and only with those of tools', async () => {
    await using backend = await referenceServer('backend-main')
    const mcp = [call('progress', { steps: 4 }), { method: 'ping', params: {} }]
    const result = await drive(backend.url, { mcp, mcpSession: { progress: true }, phases: steady(2, 500) })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.mcp?.progressEvents).toBe(4 * (result.operations[0]?.finished ?? 0))
  })
})
