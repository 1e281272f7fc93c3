import { describe, expect, it } from 'vitest'
import { parseRun, type Run } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { type Ended, perfKit } from './perf-kit-process.ts'

/** Writes down what it is asked: method, path, a header, body, and the protocol. */
const SERVER = `import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
const answer = (request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url, headers, httpVersion } = request
    appendFileSync('asked', JSON.stringify({ method, url, headers, httpVersion, body: Buffer.concat(chunks).toString() }) + '\\n')
    response.end('hello')
  })
}
const server = (process.argv[2] === 'h2' ? createServer2 : createServer)(answer)
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`
const MODULE = "export default () => () => ({ path: '/from-module' })\n"
const FILES = {
  'load/users.csv': 'id,name\n1,Ada\n2,Grace\n',
  'load/body.txt': 'from a file',
  'load/requests.ts': MODULE,
  'others.csv': 'id\n7\n',
}
const SHORT = ['-d', '400ms', '-q']
const SPIKES = "spike: '3x/200ms/50ms',"

/** A project whose target is that server. */
async function projectWith(target: string, load = ''): Promise<TemporaryProject> {
  const command = `command: ['node', 'server.mjs'${target.includes('http2: true') ? ", 'h2'" : ''}]`
  return await TemporaryProject.create({
    ...FILES,
    'inner/none': '',
    'server.mjs': SERVER,
    'perf-kit.config.ts': `export default { load: { ${load} target: { ${command}, ready: { log: /listening on (\\S+)/ }, ${target} } } }\n`,
  })
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly httpVersion: string
}

async function askedOf(project: TemporaryProject): Promise<Asked[]> {
  const lines = (await project.read('asked')).trim().split('\n')
  await project.remove('asked')
  return lines.map((line) => JSON.parse(line))
}

const runOf = ({ stdout, shown }: Ended): Run => {
  expect(stdout, shown).not.toBe('')
  return parseRun(stdout, 'stdout')
}
const subjectOf = (ended: Ended): string | undefined => runOf(ended).metrics[0]?.subject
const distinct = (asked: readonly Asked[], of: (each: Asked) => string): string[] =>
  [...new Set(asked.map(of))].toSorted()

describe('what the configuration says is asked', { concurrent: true }, () => {
  it('is a method, headers and a body, and files from its own folder', async () => {
    await using project = await projectWith("method: 'PUT', headers: { 'X-Own': 'a: b' }, bodyFile: 'load/body.txt'")
    const ended = await perfKit(project, ['load', '-c', '2', ...SHORT, '--json'], { cwd: 'inner' })
    expect(subjectOf(ended)).toBe('PUT / · 2 clients')
    const asked = await askedOf(project)
    expect(distinct(asked, ({ method, headers, body }) => `${method} ${headers['x-own']} ${body}`)).toEqual([
      'PUT a: b from a file',
    ])
  })

  it('is a body that is sent as JSON, filled with rows of a file', async () => {
    await using project = await projectWith("body: { name: '{{name}}', list: [1] }, data: 'load/users.csv'")
    const ended = await perfKit(project, ['load', '-c', '2', ...SHORT, '--json'], { cwd: 'inner' })
    expect(subjectOf(ended)).toBe('POST /, rows of users.csv · 2 clients')
    const asked = await askedOf(project)
    expect(distinct(asked, ({ headers }) => headers['content-type'] ?? '')).toEqual(['application/json'])
    expect(distinct(asked, ({ body }) => body)).toEqual(['{"name":"Ada","list":[1]}', '{"name":"Grace","list":[1]}'])
  })

  it('is a body of a size, and a module of requests', async () => {
    await using sized = await projectWith("bodySize: '1kB'")
    await perfKit(sized, ['load', '-c', '2', ...SHORT])
    expect(distinct(await askedOf(sized), ({ body }) => String(body.length))).toEqual(['1000'])
    await using made = await projectWith("requestModule: 'load/requests.ts'")
    const ended = await perfKit(made, ['load', '-c', '2', ...SHORT, '--json'], { cwd: 'inner' })
    expect(subjectOf(ended)).toBe('requests of requests.ts · 2 clients')
    expect(distinct(await askedOf(made), ({ url }) => url)).toEqual(['/from-module'])
  })

  it('is replaced as a whole by a flag that says what is asked, while headers are added up', async () => {
    await using project = await projectWith(
      "method: 'PUT', body: '{{id}}', data: 'load/users.csv', headers: { 'X-A': '1', 'X-B': '2' }",
    )
    const flags = ['-m', 'PATCH', '-H', 'x-b: 3']
    const ended = await perfKit(project, ['load', '-c', '2', ...SHORT, '--json', ...flags])
    expect(subjectOf(ended)).toBe('PATCH / · 2 clients')
    const shown = ({ method, headers, body }: Asked) => `${method} ${headers['x-a']} ${headers['x-b']} "${body}"`
    expect(distinct(await askedOf(project), shown)).toEqual(['PATCH 1 3 ""'])
  })

  it('takes the rows of a flag rather than its own', async () => {
    await using project = await projectWith("body: '{{id}}', data: 'load/users.csv'")
    await perfKit(project, ['load', '-c', '2', ...SHORT, '--data', 'others.csv'])
    expect(distinct(await askedOf(project), ({ body }) => body)).toEqual(['7'])
  })

  it('is not sent with gaps where its rows are left out', async () => {
    await using project = await projectWith("body: 'x', data: 'load/users.csv', headers: { 'x-id': '{{id}}' }")
    const { exitCode, shown } = await perfKit(project, ['load', '-m', 'PUT'])
    expect(shown).toContain('its url or headers take values from them → Give --data load/users.csv as well.')
    expect(exitCode).toBe(2)
    await perfKit(project, ['load', '-c', '2', ...SHORT, '-m', 'PUT', '--data', 'others.csv'])
    expect(distinct(await askedOf(project), ({ headers }) => headers['x-id'] ?? '')).toEqual(['7'])
  })

  it('needs no rows for a header that a flag replaces, but for another, or what takes its place', async () => {
    await using project = await projectWith("data: 'load/users.csv', headers: { 'X-Id': '{{id}}', 'x-fixed': '1' }")
    const flags = ['load', '-c', '2', ...SHORT, '-m', 'PUT']
    const replaced = await perfKit(project, [...flags, '-H', 'x-id: 5'])
    expect(replaced.exitCode, replaced.shown).toBe(0)
    const shown = ({ headers }: Asked) => `${headers['x-id']} ${headers['x-fixed']}`
    expect(distinct(await askedOf(project), shown)).toEqual(['5 1'])
    for (const header of ['x-fixed: 5', 'x-id: {{name}}']) {
      const { shown: says, exitCode } = await perfKit(project, [...flags, '-H', header])
      expect(says).toContain('Give --data load/users.csv as well.')
      expect(exitCode).toBe(2)
    }
  })

  it('goes over HTTP/2, on connections that clients share, unless a flag says otherwise', async () => {
    await using project = await projectWith('http2: true, streams: 4')
    const args = ['load', '-c', '8', ...SHORT, '--json']
    expect(subjectOf(await perfKit(project, args))).toBe('GET / · HTTP/2, 4 streams · 8 clients')
    expect(distinct(await askedOf(project), ({ httpVersion }) => httpVersion)).toEqual(['2.0'])
    const shared = await perfKit(project, [...args, '--streams', '2'])
    expect(subjectOf(shared)).toBe('GET / · HTTP/2, 2 streams · 8 clients')
    // It speaks HTTP/2 only: that the flag was heard is seen in what it is called.
    expect(subjectOf(await perfKit(project, [...args, '--no-http2']))).toBe('GET / · 8 clients')
  })

  it('is looked into only where it says so, unless a flag does', async () => {
    await using project = await projectWith('agent: false')
    const hasInside = async (...flags: readonly string[]): Promise<boolean> => {
      const { metrics } = runOf(await perfKit(project, ['load', '-c', '2', '-d', '1s', '-q', '--json', ...flags]))
      return metrics.some(({ name }) => name === 'targetCpuPerRequest')
    }
    expect(await hasInside()).toBe(false)
    expect(await hasInside('--agent')).toBe(true)
  })
})

describe('how the configuration says a target is driven', { concurrent: true }, () => {
  it.each<[string, string, readonly string[], string]>([
    ['clients', 'clients: 3,', [], 'GET / · 3 clients'],
    ['a ramp', "ramp: '1..3@300ms',", [], 'GET / · 1 → 3 clients'],
    ['a rate', "rate: 40, arrivals: 'poisson', seed: 4, connections: 2,", [], 'GET / · 40/s, poisson'],
    ['a rate that grows', "rate: '20..40@300ms',", [], 'GET / · 20 → 40/s, constant'],
    ['spikes', `clients: 2, ${SPIKES}`, [], 'GET / · 2 → 6 → 2 clients'],
    [
      'clients of a flag instead of a rate',
      "rate: 40, arrivals: 'poisson', connections: 2, seed: 4,",
      ['-c', '2'],
      'GET / · 2 clients',
    ],
    [
      'a rate of a flag instead of clients that think',
      "clients: 2, think: '1s',",
      ['--rate', '30'],
      'GET / · 30/s, constant',
    ],
    ['a ramp of a flag instead of clients', 'clients: 5,', ['--ramp', '1..2@300ms'], 'GET / · 1 → 2 clients'],
    ['clients of a flag, without the spikes of its own', `clients: 2, ${SPIKES}`, ['-c', '4'], 'GET / · 4 clients'],
    ['clients of a flag, without spikes of nobody in particular', SPIKES, ['-c', '4'], 'GET / · 4 clients'],
    [
      'a rate of a flag, without spikes of clients',
      `clients: 2, ${SPIKES}`,
      ['--rate', '30'],
      'GET / · 30/s, constant',
    ],
    [
      'a ramp of a flag, without spikes of a rate',
      `rate: 20, ${SPIKES}`,
      ['--ramp', '1..2@300ms'],
      'GET / · 1 → 2 clients',
    ],
    [
      'clients and spikes of flags',
      `clients: 2, ${SPIKES}`,
      ['-c', '4', '--spike', '2x/200ms/50ms'],
      'GET / · 4 → 8 → 4 clients',
    ],
    [
      'spikes of a flag, of clients of its own',
      `clients: 2, ${SPIKES}`,
      ['--spike', '2x/200ms/50ms'],
      'GET / · 2 → 4 → 2 clients',
    ],
  ])('with %s', async (_title, load, flags, subject) => {
    await using project = await projectWith('', load)
    const ended = await perfKit(project, ['load', ...SHORT, '--json', ...flags])
    expect(subjectOf(ended)).toBe(subject)
  })

  it('for how long, after a warm-up, with pauses: as the subjects of repetitions tell', async () => {
    await using project = await projectWith('', "clients: 2, duration: '600ms', warmup: '200ms', think: '50ms',")
    const { stdout } = await perfKit(project, ['load', '-q', '--repeat', '1'])
    expect(stdout).toContain('GET / · 2 clients, 0.4 s after 0.2 s, thinking 0.05 s\n')
    const flagged = await perfKit(project, [
      'load',
      '-q',
      '--repeat',
      '1',
      '-d',
      '500ms',
      '--warmup',
      '100ms',
      '--think',
      '20ms',
    ])
    expect(flagged.stdout).toContain('GET / · 2 clients, 0.4 s after 0.1 s, thinking 0.02 s\n')
  })

  it('with a timeout and threads, which measure latency too', async () => {
    await using project = await projectWith(
      '',
      "timeout: '100ms', threads: 2, clients: 9, duration: '1h', warmup: '1m',",
    )
    await project.write({
      'server.mjs': SERVER.replace("response.end('hello')", "setTimeout(() => response.end('hello'), 3_000)"),
    })
    const slow = ['-q', '--json', '-d', '400ms', '--warmup', '10ms']
    for (const args of [
      ['load', ...slow],
      ['latency', '--at', '2', ...slow],
    ]) {
      const { metrics } = runOf(await perfKit(project, args))
      const outcomes = metrics.filter(({ name }) => name.startsWith('outcome ')).map(({ name }) => name)
      expect(outcomes).toEqual(['outcome TIMEOUT'])
    }
    const { shown, exitCode } = await perfKit(project, ['load', '--rate', '10', '--connections', '1'])
    expect(shown).toContain('every thread needs a connection')
    expect(exitCode).toBe(2)
  })

  it('a rate’s way is none of latency that is measured at clients', async () => {
    await using project = await projectWith('', "arrivals: 'poisson', connections: 2, seed: 3,")
    const times = ['-q', '--json', '-d', '300ms', '--warmup', '50ms']
    expect(subjectOf(await perfKit(project, ['latency', '--at', '2', ...times]))).toBe('GET / · 2 clients')
    const rate = await perfKit(project, ['latency', '--at', '50/s', ...times])
    expect(rate.exitCode, rate.shown).toBe(0)
  })

  it.each<[string, string, string, string]>([
    ['two levels', 'clients: 5, rate: 10,', '', 'load: a load has one level: give clients, ramp or rate'],
    [
      'a ramp that is none',
      "ramp: '1-100',",
      '',
      'load.ramp: "1-100" cannot be read → Write a number such as 50, or a ramp',
    ],
    ['a spike that is none', "spike: 'often',", '', 'load.spike: "often" cannot be read → Write spikes such as'],
    ['a duration without unit', 'duration: 30,', '', 'load.duration: give a duration as text'],
    ['two bodies', '', "body: 'a', bodySize: '1kB'", 'a request has one body: give body, bodyFile or bodySize'],
    ['streams of HTTP/1.1', '', 'streams: 4', 'streams are of HTTP/2: say http2: true with them'],
    ['a body beside MCP', '', "body: 'a', mcp: {}", 'are of plain HTTP: leave them out, or mcp'],
    ['a module that is not there', '', "requestModule: 'none.ts'", 'there is no module'],
    ['rows that are not there', '', "data: 'none.csv'", 'none.csv is not there'],
    ['a misspelt key', '', 'http: true', 'load.target.http: there is no such key — did you mean "http2"?'],
    ['a misspelt key of its own', 'client: 5,', '', 'load.client: there is no such key — did you mean "clients"?'],
  ])('%s is usage', async (_title, load, target, says) => {
    await using project = await projectWith(target, load)
    const { exitCode, stdout, shown } = await perfKit(project, ['load'])
    expect(shown).toContain(says)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
    await expect(project.read('asked')).rejects.toThrow()
  })
})
