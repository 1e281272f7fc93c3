import { describe, expect, it } from 'vitest'
import { packRows } from '../../src/load/data/packed-rows.ts'
import { type LoadData, planLoad } from '../../src/load/index.ts'
import { KeptByRow, Room } from '../../src/load/thread/kept-by-row.ts'
import { RowTurns } from '../../src/load/thread/row-turns.ts'
import { ThreadRequests } from '../../src/load/thread/thread-requests.ts'
import { drive, inTurn, outcomesOf, steady } from './drive.ts'
import { type McpRequest, mcpTarget, well } from './mcp-target.ts'
import { countsOf, recordingServer } from './recording-server.ts'
import { startServer } from './reference-server.ts'

const SERVER = new URL('./fixtures/stateless-server.ts', import.meta.url)
const rows = (count: number): LoadData => ({
  name: 'rows',
  rows: Array.from({ length: count }, (_, id) => ({ id, name: `"${id}" é/日` })),
})

describe('rows of data', () => {
  it('are taken in order, one by each request, and begin anew after the last', async () => {
    await using server = await recordingServer()
    const result = await drive(`${server.url}u/{{id}}`, { data: rows(7), ...inTurn(30) })
    expect(server.received).toHaveLength(30)
    expect(server.received.map(({ url }) => url)).toEqual(server.received.map((_, index) => `/u/${index % 7}`))
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
  })

  it.each([1, 2, 3])('are taken as often each by %i threads, however many connections there are', async (threads) => {
    await using server = await recordingServer()
    const options = { data: rows(105), threads, loop: 'open', phases: steady(420, 500), maxConnections: 12 } as const
    await drive(`${server.url}{{id}}`, options)
    const counts = countsOf(server.received, ({ url }) => url)
    // Request k of 210 takes row k: all rows once, and then once more.
    expect(counts).toEqual(Object.fromEntries(Array.from({ length: 105 }, (_, id) => [`/${id}`, 2])))
  })

  it.each([1, 2, 7, 10])('are shared by %i threads as by one, each of which takes its part in order', (of) => {
    const data = packRows({ name: 'rows', columns: ['id'] }, [0, 1, 2, 3, 4, 5, 6], (id) => [id])
    const turns = Array.from({ length: of }, (_, index) => new RowTurns(data, { index, of }))
    const taken = Array.from({ length: 40 }, (_, number) => turns[number % of]?.next())
    expect(taken).toEqual(taken.map((_, number) => number % 7))
  })

  it('fill path, headers and body as each of them wants it', async () => {
    await using server = await recordingServer()
    await drive(`${server.url}u?q={{name}}`, {
      data: { name: 'one', rows: [{ id: 5, name: 'a"/é' }] },
      headers: { 'X-Who': 'id {{id}}', 'content-type': 'application/json' },
      body: Buffer.from('{"id":"{{id}}","say":"<{{name}}>"}'),
      ...inTurn(2),
    })
    const [first] = server.received
    expect(first?.url).toBe('/u?q=a%22%2F%C3%A9')
    expect(first?.headers['x-who']).toBe('id 5')
    expect(first?.method).toBe('POST')
    expect(JSON.parse(first?.body ?? '')).toEqual({ id: 5, say: '<a"/é>' })
  })

  it('are escaped in a form, and stand as they are in other texts', async () => {
    await using server = await recordingServer()
    const data = { name: 'one', rows: [{ a: 'x&y=z' }] }
    const body = Buffer.from('a={{a}}')
    const form = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }
    await drive(server.url, { data, body, headers: form, ...inTurn(2) })
    expect(server.received.at(-1)?.body).toBe('a=x%26y%3Dz')
    await drive(server.url, { data, body, headers: {}, ...inTurn(2) })
    expect(server.received.at(-1)?.body).toBe('a=x&y=z')
  })

  it('leave a body alone that is no text', async () => {
    await using server = await recordingServer()
    const body = Buffer.from([0xff, ...Buffer.from('{{id}}')])
    await drive(`${server.url}{{id}}`, { data: rows(1), body, ...inTurn(2) })
    expect(server.received.at(-1)?.body).toContain('{{id}}')
  })

  it('are encoded once each: the same bytes are given the next time, and nothing is kept beyond a bound', async () => {
    const phases = steady(1, 100)
    const plan = planLoad({ url: 'http://127.0.0.1/{{id}}', data: rows(3), loop: 'closed', phases })
    const requests = await ThreadRequests.prepare(plan, 0)
    const [one, other] = [requests.dialogue(), requests.dialogue()]
    const [first, second, third] = [one.next(), other.next(), one.next()]
    expect(
      [other.next(), one.next(), other.next()].map((again, index) => again === [first, second, third][index]),
    ).toEqual([true, true, true])
    let made = 0
    const make = (row: number): string => `${row} ${made++}`
    const kept = new KeptByRow(new Room(1_000), make, () => 300)
    // 500 bytes each with what is around them: two are kept, the third is made each time.
    for (let turn = 0; turn < 5; turn++) for (const row of [0, 1, 2]) kept.of(row)
    expect(made).toBe(2 + 5)
  })
})

const echo = (args: object) => ({ method: 'tools/call', params: { name: 'echo', arguments: args } })
/** What was sent, letters beyond ASCII too: the scripted target reads a character a byte. */
function paramsOf({ message }: McpRequest) {
  return JSON.parse(Buffer.from(JSON.stringify(message.params), 'latin1').toString())
}

describe('rows of data in MCP', () => {
  it('fill arguments with their types, one row for each call over all sessions', async () => {
    await using target = await mcpTarget(well)
    const mcp = echo({ id: '{{id}}', text: 'no. {{id}}: {{name}}' })
    const result = await drive(target.url, { mcp, data: rows(5), ...inTurn(60), maxConnections: 3 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    const calls = target.seen.filter(({ message }) => message.method === 'tools/call')
    expect(calls).toHaveLength(60)
    const counts = [0, 0, 0, 0, 0]
    for (const call of calls) {
      const [id = -1] = [0, 1, 2, 3, 4].filter((row) => paramsOf(call).arguments.id === row)
      expect(paramsOf(call).arguments).toEqual({ id, text: `no. ${id}: "${id}" é/日` })
      counts[id] = (counts[id] ?? 0) + 1
    }
    expect(counts).toEqual([12, 12, 12, 12, 12])
  })

  it('never use an id twice in one session, and leave what takes none as it was', async () => {
    await using target = await mcpTarget(well)
    const mcp = [echo({ id: '{{id}}' }), { method: 'ping', params: {} }]
    await drive(target.url, { mcp, data: rows(3), ...inTurn(40) })
    const ids = target.seen.map(({ message }) => message.id).filter((id) => id !== undefined)
    expect(ids.length).toBeGreaterThan(30)
    expect(new Set(ids).size).toBe(ids.length)
    // A ping takes no row from those who need one.
    const taken = target.seen.flatMap((one) => (one.message.method === 'tools/call' ? [paramsOf(one).arguments] : []))
    expect(taken).toEqual(taken.map((_, index) => ({ id: index % 3 })))
  })

  it('keep the token for progress beside them', async () => {
    await using target = await mcpTarget(well)
    const mcp = {
      method: 'tools/call',
      params: { _meta: { trace: '{{name}}' }, name: 'echo', arguments: { a: '{{id}}' } },
    }
    await drive(target.url, { mcp, mcpSession: { progress: true }, data: rows(1), ...inTurn(2) })
    const call = target.seen.find(({ message }) => message.method === 'tools/call')
    expect(call === undefined ? undefined : paramsOf(call)).toEqual({
      _meta: { progressToken: call?.message.id, trace: '"0" é/日' },
      name: 'echo',
      arguments: { a: 0 },
    })
  })

  it('are told in headers too where the revision wants that, and the official server takes them', async () => {
    await using server = await startServer(SERVER, ['strict'])
    const data = { name: 'tools', rows: [{ tool: 'echo' }, { tool: 'écho à tous' }] }
    const mcp = { method: 'tools/call', params: { name: '{{tool}}', arguments: { text: '{{tool}}' } } }
    const mcpSession = { protocolVersion: '2026-07-28' } as const
    const result = await drive(server.url, { mcp, mcpSession, data, ...inTurn(12) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 12 })
  })
})
