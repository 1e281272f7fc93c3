import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../../src/errors/index.ts'
import { describeLoad, type LoadOptions, planLoad, toLoadRun, type WeightedRequest } from '../../../src/load/index.ts'
import type { LoadPlan } from '../../../src/load/load-plan.ts'
import { ThreadRequests } from '../../../src/load/thread/thread-requests.ts'
import { parseRun } from '../../../src/run/index.ts'
import { drive, FACTS, inTurn, steady } from '../drive.ts'
import { countsOf, type Received, recordingServer } from '../recording-server.ts'

const REQUESTS: readonly WeightedRequest[] = [
  { weight: 6, path: '/a?key=secret' },
  { weight: 3, method: 'PUT', path: '/b c', headers: { 'X-Own': '2', 'x-All': 'own' }, body: 'é' },
  { name: 'the rest', headers: { 'x-own': '3' } },
]
const asked = ({ method, url }: Received): string => `${method} ${url}`

describe('a list of requests', () => {
  it('asks each as often as its weight says, with what is its own, and counts each by itself', async () => {
    await using server = await recordingServer()
    const options = { requests: REQUESTS, headers: { 'x-all': 'all' }, phases: steady(4, 800) }
    const result = await drive(`${server.url}home`, options)
    const names = ['GET /a', 'PUT /b c', 'the rest']
    const sent = ['GET /a?key=secret', 'PUT /b%20c', 'GET /home']
    const counts = countsOf(server.received, asked)
    expect(Object.keys(counts).toSorted()).toEqual(sent.toSorted())
    expect(result.operations.map(({ name }) => name)).toEqual(names)
    for (const [index, { finished, outcomes }] of result.operations.entries()) {
      expect(finished).toBe(counts[sent[index] ?? ''])
      expect(Object.fromEntries(outcomes)).toEqual({ 'HTTP 200': finished })
      // Five standard deviations of a binomial.
      const share = (REQUESTS[index]?.weight ?? 1) / 10
      const tolerance = 5 * Math.sqrt((share * (1 - share)) / result.finished)
      expect(Math.abs(finished / result.finished - share)).toBeLessThan(tolerance)
    }
    const put = server.received.find(({ method }) => method === 'PUT')
    expect(put?.body).toBe('é')
    expect(put?.headers).toMatchObject({ 'x-own': '2', 'x-all': 'own' })
    expect(server.received.find(({ url }) => url === '/home')?.headers).toMatchObject({ 'x-own': '3', 'x-all': 'all' })
  })

  it('is drawn the same on every run with the same seed, and otherwise with another', async () => {
    const drawn = async (options: Partial<LoadOptions>): Promise<string[]> => {
      await using server = await recordingServer()
      await drive(server.url, { requests: REQUESTS, ...inTurn(50), ...options })
      return server.received.map(asked)
    }
    const first = await drawn({})
    expect(first).toHaveLength(50)
    expect(await drawn({})).toEqual(first)
    expect(await drawn({ seed: 2 })).not.toEqual(first)
  })

  it('is drawn by each connection for itself, whichever thread has it', async () => {
    const planFor = (threads: number): LoadPlan =>
      planLoad({ url: 'http://127.0.0.1/', loop: 'closed', phases: steady(4, 100), requests: REQUESTS, threads })
    const draws = (requests: ThreadRequests): string => {
      const dialogue = requests.dialogue()
      return Array.from({ length: 50 }, () => {
        dialogue.next()
        return dialogue.operation
      }).join('')
    }
    const one = await ThreadRequests.prepare(planFor(1), 0)
    const [even, odd] = [await ThreadRequests.prepare(planFor(2), 0), await ThreadRequests.prepare(planFor(2), 1)]
    const ofOne = [draws(one), draws(one), draws(one), draws(one)]
    expect([draws(even), draws(odd), draws(even), draws(odd)]).toEqual(ofOne)
    expect(new Set(ofOne).size).toBe(4)
  })

  it('is drawn by each connection of a rate too, none of which asks twice for one that was due', async () => {
    await using server = await recordingServer()
    const result = await drive(server.url, { requests: REQUESTS, loop: 'open', phases: steady(300, 600) })
    expect(server.received).toHaveLength(180)
    expect(result.operations.reduce((sum, { finished }) => sum + finished, 0)).toBe(180)
  })

  it('has a subject for each request in the Run, beside the whole', async () => {
    await using server = await recordingServer()
    const result = await drive(server.url, { requests: REQUESTS })
    const run = toLoadRun(result, FACTS)
    expect(parseRun(JSON.stringify(run), 'test')).toEqual(run)
    const subjects = [...new Set(run.metrics.map(({ subject }) => subject))]
    expect(subjects).toEqual(['all', 'all › GET /a', 'all › PUT /b c', 'all › the rest'])
  })

  it('of a single request has no parts, and is named by it', async () => {
    await using server = await recordingServer()
    const result = await drive(server.url, { requests: [{ path: '/only' }], ...inTurn(2) })
    expect(result.operations).toEqual([])
    expect(describeLoad(result.plan)).toBe('GET /only · 100/s, constant')
    expect(new Set(server.received.map(asked))).toEqual(new Set(['GET /only']))
  })

  it('takes a row for each request that has a place for one, whichever is drawn', async () => {
    await using server = await recordingServer()
    const requests = [{ path: '/x/{{id}}' }, { path: '/y', body: '{"id":"{{id}}"}' }, { path: '/z' }]
    const data = { name: 'rows', rows: [{ id: 1 }, { id: 2 }, { id: 3 }] }
    const result = await drive(server.url, { requests, data, ...inTurn(60) })
    const taken = server.received.flatMap(({ url, body }) =>
      url === '/z' ? [] : [url === '/y' ? JSON.parse(body).id : Number(url.slice(3))],
    )
    expect(taken.length).toBeGreaterThan(20)
    expect(taken).toEqual(taken.map((_, index) => 1 + (index % 3)))
    expect(describeLoad(result.plan)).toBe(
      'GET /x/{{id}} 33.3 %, POST /y 33.3 %, GET /z 33.3 %, rows of rows · 100/s, constant',
    )
  })
})

function refusal(options: Partial<LoadOptions>): PerfKitError {
  try {
    planLoad({ url: 'http://127.0.0.1/', loop: 'closed', phases: steady(1, 100), ...options })
  } catch (error) {
    if (error instanceof PerfKitError) return error
    throw error
  }
  throw new Error('it was not refused')
}

const ping = { method: 'ping', params: {} }

it.each<[string, Partial<LoadOptions>, string, string]>([
  ['nothing in it', { requests: [] }, 'LOAD_INVALID', 'a mix needs a request'],
  [
    'a weight of 0',
    { requests: [{ path: '/a', weight: 0 }] },
    'LOAD_INVALID',
    'the weight of GET /a must be a number above 0',
  ],
  [
    'too many',
    { requests: Array.from({ length: 51 }, () => ({})) },
    'LOAD_INVALID',
    'a mix may have 50 requests at most',
  ],
  ['half a path', { requests: [{ path: 'a' }] }, 'LOAD_INVALID', 'the path "a" does not begin with /'],
  ['a fragment', { requests: [{ path: '/#a' }] }, 'LOAD_INVALID', 'has a #: write %23'],
  ['a method of the load', { requests: [{}], method: 'PUT' }, 'LOAD_INVALID', 'has its own method and body'],
  ['a body of the load', { requests: [{}], body: Buffer.from('a') }, 'LOAD_INVALID', 'has its own method and body'],
  ['MCP beside it', { requests: [{}], mcp: ping }, 'LOAD_INVALID', 'are of plain HTTP'],
  ['a module beside it', { requests: [{}], requestModule: 'a.ts' }, 'LOAD_INVALID', 'not from both'],
  [
    'a length of its own',
    { requests: [{ headers: { 'content-length': '1' } }] },
    'REQUEST_INVALID',
    'GET /: the header content-length is set',
  ],
  ['no method', { requests: [{ name: 'odd', method: 'A B' }] }, 'REQUEST_INVALID', 'odd: "A B" is no HTTP method'],
])('a list with %s is refused', (_title, options, code, says) => {
  const error = refusal(options)
  expect(error.code).toBe(code)
  expect(error.message).toContain(says)
})
