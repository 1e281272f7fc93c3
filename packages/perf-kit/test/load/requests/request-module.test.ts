import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../../src/errors/index.ts'
import { describeLoad, type LoadOptions } from '../../../src/load/index.ts'
import { TemporaryProject } from '../../bench/temporary-project.ts'
import { drive, inTurn, steady } from '../drive.ts'
import { countsOf, recordingServer } from '../recording-server.ts'

const COUNTING = `import type { RequestModule } from '@gw/perf-kit'
enum Verb { Post = 'POST' }
const requests: RequestModule = ({ index, of, seed }) => {
  let count = 0
  return () => {
    const number = index + of * count++
    return { method: Verb.Post, path: '/é ' + number, headers: { 'x-seed': String(seed) }, body: new Uint8Array([65, 66]) }
  }
}
export default requests
`

async function failureOf(source: string, options: Partial<LoadOptions> = {}): Promise<PerfKitError> {
  await using server = await recordingServer()
  await using project = await TemporaryProject.create({ 'requests.ts': source })
  const started = performance.now()
  const error: unknown = await drive(server.url, {
    requestModule: project.path('requests.ts'),
    phases: steady(2, 60_000),
    ...options,
  }).catch((cause: unknown) => cause)
  if (!(error instanceof PerfKitError)) throw new Error(`it did not fail: ${String(error)}`)
  expect(error.message).toContain(project.path('requests.ts'))
  // Of a schedule of a minute.
  expect(performance.now() - started).toBeLessThan(45_000)
  return error
}

describe('a module of requests', { concurrent: true }, () => {
  it('is asked for each request in each thread, in TypeScript of any kind', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({ 'requests.ts': COUNTING })
    const result = await drive(`${server.url}home`, {
      requestModule: project.path('requests.ts'),
      headers: { 'x-all': 'yes' },
      loop: 'open',
      phases: steady(200, 500),
      threads: 2,
      seed: 9,
    })
    const expected = Array.from({ length: 100 }, (_, number) => [`/%C3%A9%20${number}`, 1])
    expect(countsOf(server.received, ({ url }) => url)).toEqual(Object.fromEntries(expected))
    const [first] = server.received
    expect(first?.headers).toMatchObject({ 'x-seed': '9', 'x-all': 'yes', 'content-length': '2' })
    expect([first?.method, first?.body]).toEqual(['POST', 'AB'])
    expect(describeLoad(result.plan)).toBe('requests of requests.ts · 200/s, constant')
  })

  it('may take its time before the load begins, and leave all of a request to the load', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.ts': `export default async () => {
        await new Promise((resolve) => setTimeout(resolve, 300))
        return () => ({})
      }`,
    })
    await drive(`${server.url}home`, { requestModule: project.path('requests.ts'), ...inTurn(5) })
    expect(countsOf(server.received, ({ method, url }) => `${method} ${url}`)).toEqual({ 'GET /home': 5 })
  })

  it('may print, which is told to whoever listens, by lines', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.ts': `export default ({ index }) => {
        console.log('thread', index)
        console.error('is ready')
        process.stdout.write('no end')
        return () => ({})
      }`,
    })
    const printed: string[] = []
    const options = { requestModule: project.path('requests.ts'), threads: 2, phases: steady(2, 300) }
    await drive(server.url, { ...options, onPrint: (line) => printed.push(line) })
    expect(printed.toSorted()).toEqual(['is ready', 'is ready', 'no end', 'no end', 'thread 0', 'thread 1'])
  })

  it('is heard to its last word before the load ends with what it throws', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.ts':
        "export default () => () => { console.log('at the end of my list'); throw new Error('none left') }",
    })
    const printed: string[] = []
    const running = drive(server.url, {
      requestModule: project.path('requests.ts'),
      onPrint: (line) => printed.push(line),
    })
    await expect(running).rejects.toThrow('none left')
    expect(new Set(printed)).toEqual(new Set(['at the end of my list']))
  })

  it('ends the load when whoever listens throws', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.ts': "export default () => { console.log('hello'); return () => ({}) }",
    })
    const running = drive(server.url, {
      requestModule: project.path('requests.ts'),
      phases: steady(2, 60_000),
      onPrint: () => {
        throw new Error('enough')
      },
    })
    await expect(running).rejects.toThrow('enough')
  })

  it('costs time of ours, which users would wait for and which is no service time of the target', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.ts': `export default () => () => {
        const untilMs = performance.now() + 50
        while (performance.now() < untilMs);
        return {}
      }`,
    })
    const { response, times } = await drive(server.url, {
      requestModule: project.path('requests.ts'),
      loop: 'open',
      phases: steady(5, 1_000),
    })
    expect(response.totalCount).toBe(5)
    // Of each of them the one is 50 ms more than the other, to the histogram's three digits.
    const [waited, served] = [response.getValueAtPercentile(50), times.service.getValueAtPercentile(50)]
    expect(waited).toBeGreaterThan(0.99 * (served + 50e6))
    // The generator came to none of them in time, and the Run says so.
    expect(times.sendLag.totalCount).toBe(5)
    expect(times.sendLag.getValueAtPercentile(1)).toBeGreaterThan(49e6)
  })

  it.each([
    ['is no TypeScript', 'export default (', 'cannot be loaded: SyntaxError'],
    ['throws when it is loaded', "throw new RangeError('too far')", 'cannot be loaded: RangeError: too far'],
    ['has no default export', 'export const requests = () => () => ({})', 'has no function as its default export'],
    ['gives no function', 'export default () => ({})', 'returns no function that gives requests'],
  ])('that %s ends the load before it begins', async (_title, source, says) => {
    const { code, message } = await failureOf(source)
    expect(code).toBe('LOAD_FILE_INVALID')
    expect(message).toContain(says)
  })

  const after = (what: string): string =>
    `export default () => { let count = 0; return () => { if (count++ < 20) return {}; ${what} } }`

  it.each([
    ['throws', after("throw new TypeError('no more')"), 'failed: TypeError: no more'],
    ['throws when it begins', "export default () => { throw new TypeError('none') }", 'failed: TypeError: none'],
    ['gives nothing', after('return undefined'), 'what it gives is no request: it is of type undefined'],
    ['gives a promise', after('return Promise.resolve({})'), 'what it gives is no request: it is a promise'],
    ['gives a misspelt key', after("return { url: '/' }"), 'there is no "url" in a request'],
    ['gives a number for a path', after('return { path: 5 }'), 'its path is no text'],
    ['gives a path of nowhere', after("return { path: 'x' }"), 'the path "x" does not begin with /'],
    ['gives a number in headers', after('return { headers: { a: 1 } }'), 'its headers are no object of texts'],
    ['gives Headers', after("return { headers: new Headers({ a: 'b' }) }"), 'its headers are no object of texts'],
    ['gives an object for a body', after('return { body: {} }'), 'its body is neither text nor bytes'],
    ['gives a header that cannot be', after("return { headers: { a: 'x\\ny' } }"), 'what it gives cannot be sent'],
    [
      'throws later',
      "export default () => { setTimeout(() => { throw new Error('late') }, 200); return () => ({}) }",
      'Error: late',
    ],
  ])('that %s ends the load at once, with an error that names it', async (_title, source, says) => {
    const closed = await failureOf(source)
    expect(closed.code).toBe('LOAD_FAILED')
    expect(closed.message).toContain(says)
    expect(closed.remedy).toContain('Mend the module')
  })

  it('that throws ends a rate of several threads too', async () => {
    const options = { loop: 'open', phases: steady(200, 60_000), threads: 2 } as const
    expect((await failureOf(after("throw new TypeError('no more')"), options)).message).toContain('TypeError: no more')
  })

  it('that is not there is told before anything is started', async () => {
    await expect(drive('http://127.0.0.1:9/', { requestModule: 'none.ts' })).rejects.toThrow('there is no module')
  })

  it.each<[string, Partial<LoadOptions>, string]>([
    ['data', { data: { name: 'a', rows: [{ a: 1 }] } }, 'a module reads its data itself'],
    ['a body', { body: Buffer.from('a') }, 'has its own method and body'],
    ['MCP', { mcp: { method: 'ping', params: {} } }, 'are of plain HTTP'],
  ])('does not go together with %s', async (_title, options, says) => {
    await expect(drive('http://127.0.0.1:9/', { requestModule: 'a.ts', ...options })).rejects.toThrow(says)
  })
})
