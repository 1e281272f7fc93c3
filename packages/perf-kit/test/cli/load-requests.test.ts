import { mkdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { countsOf, recordingServer } from '../load/recording-server.ts'
import { perfKit } from './perf-kit-process.ts'

const SHORT = ['-c', '2', '-d', '400ms', '-q']
const NOWHERE = 'http://127.0.0.1:9/'

describe('perf-kit load', () => {
  it('sends the bytes of a body file as they are', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({ body: '{"é": "{{id}}"}\r\n' })
    const { exitCode, stdout } = await perfKit(project, ['load', server.url, '--body-file', 'body', ...SHORT])
    expect(new Set(server.received.map(({ method, body }) => `${method} ${body}`))).toEqual(
      new Set(['POST {"é": "{{id}}"}\r\n']),
    )
    expect(stdout).toContain('POST / · 2 clients\n')
    expect(exitCode).toBe(0)
  })

  it('sends a body of a size', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({})
    const { exitCode } = await perfKit(project, ['load', server.url, '--body-size', '10kB', '-m', 'PUT', ...SHORT])
    expect(countsOf(server.received, ({ method, body }) => `${method} ${body.length}`)).toEqual({
      'PUT 10000': server.received.length,
    })
    expect(exitCode).toBe(0)
  })

  it('draws requests of a file, fills them from another, and shows a line for each', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.json': JSON.stringify([
        { weight: 3, path: '/users/{{id}}' },
        { name: 'rename', method: 'PUT', path: '/users/{{id}}', body: { name: '{{name}}' } },
      ]),
      'users.csv': 'id,name\n1,"Ada, Countess"\n2,Grace\n',
    })
    const args = [
      'load',
      server.url,
      '--requests',
      'requests.json',
      '--data',
      'users.csv',
      '-H',
      'x-id: {{id}}',
      ...SHORT,
    ]
    const { exitCode, stdout } = await perfKit(project, [...args, '--seed', '3'])
    expect(stdout).toContain('GET /users/{{id}} 75 %, rename 25 %, rows of users.csv · 2 clients\n')
    expect(stdout).toMatch(/^GET \/users\/\{\{id\}\} +[\d.]+ .s.* [\d,]+ +0 %$/m)
    expect(stdout).toMatch(/^rename +[\d.]+ .s.* [\d,]+ +0 %$/m)
    expect(exitCode).toBe(0)
    for (const { url, headers, body, method } of server.received) {
      expect(url).toBe(`/users/${headers['x-id']}`)
      if (method === 'PUT') expect(JSON.parse(body).name).toBe(headers['x-id'] === '1' ? 'Ada, Countess' : 'Grace')
    }
  })

  it('asks a module, and says which it was when that throws', async () => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create({
      'requests.ts': "export default () => () => ({ path: '/from-module' })",
      'throws.ts': "export default () => () => { throw new Error('none left') }",
    })
    const well = await perfKit(project, ['load', server.url, '--request-module', 'requests.ts', ...SHORT])
    expect(well.stdout).toContain('requests of requests.ts · 2 clients\n')
    expect(new Set(server.received.map(({ url }) => url))).toEqual(new Set(['/from-module']))
    const badly = await perfKit(project, ['load', server.url, '--request-module', 'throws.ts', ...SHORT])
    expect(badly.shown).toContain(`${project.path('throws.ts')} failed: Error: none left`)
    expect(badly.shown).not.toContain('this is a bug')
    expect(badly.exitCode).toBe(3)
  })

  it('asks what the configuration lists, unless flags ask for something else', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': `import { createServer } from 'node:http'
        const server = createServer((request, response) => response.end('hello'))
        server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`,
      'perf-kit.config.ts': `export default { load: { target: {
        command: ['node', 'server.mjs'],
        ready: { log: /listening on (\\S+)/ },
        requests: [{ weight: 3, path: '/a' }, { name: 'b', body: { x: [1] } }],
      } } }`,
    })
    const asked = async (...flags: readonly string[]): Promise<string | undefined> => {
      const { stdout } = await perfKit(project, ['load', ...SHORT, '--json', ...flags])
      return parseRun(stdout, 'stdout').metrics[0]?.subject
    }
    expect(await asked()).toBe('GET /a 75 %, b 25 % · 2 clients')
    expect(await asked('--seed', '2', '--warmup', '100ms')).toBe('GET /a 75 %, b 25 % · 2 clients')
    expect(await asked('-m', 'PUT')).toBe('PUT / · 2 clients')
  })

  it.each([
    ['a misspelt key', "requests: [{ paht: '/' }]", 'load.target.requests.0.paht: there is no such key'],
    ['a weight of 0', 'requests: [{ weight: 0 }]', 'load.target.requests.0.weight'],
    ['no requests', 'requests: []', 'load.target.requests'],
    ['MCP beside them', "requests: [{ path: '/' }], mcp: {}", 'requests are of plain HTTP: leave them out, or mcp'],
  ])('refuses a configuration of requests with %s', async (_title, requests, says) => {
    await using project = await TemporaryProject.create({
      'perf-kit.config.ts': `export default { load: { target: { command: ['node'], ready: { tcp: 80 }, ${requests} } } }`,
    })
    const { exitCode, shown } = await perfKit(project, ['load'])
    expect(shown).toContain(says)
    expect(exitCode).toBe(2)
  })

  const FILES = {
    empty: '',
    'users.csv': 'id,name\n1,Ada\n',
    'short.csv': 'id,name\n1\n',
    'gap.jsonl': '{"id":1}\n{"name":"hunter2"}\n',
    'broken.jsonl': '{"path":"/"}\n{"path":\n',
    'odd.json': '[{ "path": "a" }, { "wieght": 2 }, 5]',
    'none.json': '[]',
    'list.jsonl': '{"path":"/"}\n',
    'object.json': '5',
    'syntax.ts': 'export default (',
  }

  it.each([
    ['a body file that is missing', ['--body-file', 'none'], 'the body: none is not there'],
    ['a body file that is a folder', ['--body-file', 'folder'], 'the body: folder is a folder'],
    ['a body file that is empty', ['--body-file', 'empty'], 'the body: empty is empty'],
    ['a body file that is no plain file', ['--body-file', '/dev/null'], 'the body: /dev/null is no plain file'],
    ['two bodies', ['--body-file', 'users.csv', '--body', 'x'], "cannot be used with option '--body"],
    ['a size without unit', ['--body-size', '10'], 'Write a size with its unit, such as 512B or 10kB.'],
    ['a size beyond all', ['--body-size', '1GiB'], 'has no size, or one of more than 64 MiB'],
    ['data that are missing', ['--data', 'none.csv'], 'the data: none.csv is not there'],
    ['data that nothing takes', ['--data', 'users.csv'], 'nothing takes a value from users.csv'],
    ['a column that is not there', ['--data', 'users.csv', '-H', 'a: {{naem}}'], '— did you mean "name"?'],
    ['a row that is too short', ['--data', 'short.csv'], 'short.csv:2: it has 1 values'],
    ['a row without the column', ['--data', 'gap.jsonl', '-H', 'a: {{id}}'], 'gap.jsonl:2: has no "id"'],
    ['requests that are no JSON', ['--requests', 'broken.jsonl'], 'broken.jsonl:2 is no JSON'],
    ['requests that are none', ['--requests', 'object.json'], 'object.json:1: Invalid input'],
    ['no requests', ['--requests', 'none.json'], 'none.json has no requests'],
    ['a request with a wrong path', ['--requests', 'odd.json'], 'odd.json: request 1: path: a path begins with /'],
    [
      'a request with a wrong key',
      ['--requests', 'odd.json'],
      'request 2: a request has no "wieght" — did you mean "weight"?',
    ],
    ['a module that is missing', ['--request-module', 'none.ts'], 'there is no module'],
    ['a module that cannot be read', ['--request-module', 'syntax.ts'], 'syntax.ts cannot be loaded: SyntaxError'],
    ['requests that are missing', ['--requests', 'none.jsonl'], 'the requests: none.jsonl is not there'],
    ['a list and a method', ['--requests', 'list.jsonl', '-m', 'PUT'], 'has its own method and body'],
    [
      'rows for another engine',
      ['--engine', 'oha', '-H', 'a: {{id}}', '--data', 'users.csv'],
      'cannot do rows of data (--data)',
    ],
  ])('is usage: %s', async (_title, args, says) => {
    await using project = await TemporaryProject.create(FILES)
    await mkdir(project.path('folder'))
    const { exitCode, stdout, shown } = await perfKit(project, ['load', NOWHERE, ...args])
    expect(shown).toContain(says)
    expect(shown).not.toContain('hunter2')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})

it('perf-kit latency asks in the same way', async () => {
  await using server = await recordingServer()
  await using project = await TemporaryProject.create({ 'ids.jsonl': '{"id":1}\n{"id":2}\n' })
  const args = [
    'latency',
    `${server.url}{{id}}`,
    '--data',
    'ids.jsonl',
    '--at',
    '2',
    '-d',
    '400ms',
    '--warmup',
    '50ms',
    '-q',
  ]
  const { exitCode, stdout } = await perfKit(project, args)
  expect(stdout).toContain('GET /{{id}}, rows of ids.jsonl · 2 clients')
  expect(new Set(server.received.map(({ url }) => url))).toEqual(new Set(['/1', '/2']))
  expect(exitCode).toBe(0)
})
