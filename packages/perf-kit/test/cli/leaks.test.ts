import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { recordingServer } from '../load/recording-server.ts'
import { perfKit } from './perf-kit-process.ts'

const PAGE = resolve(import.meta.dirname, '../../../../docs/leaks.md')

const SERVER = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('hello'))
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`
const NODE = process.execPath
const SHORT = ['-d', '1s', '--longest', '1s', '-q']

/** The server of the page, which keeps something of each request: here more, so that few requests will do on a busy machine. */
async function leakingServer(): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(page) ?? []
  expect(code).toContain('at: new Date()')
  return code.replace('at: new Date()', 'at: new Date(), times: Array.from({ length: 1000 }, (_, time) => time / 3)')
}

describe('perf-kit leaks', () => {
  it('names the code and what keeps it of the server in docs/leaks.md, and keeps its snapshots when it is asked to', async () => {
    const source = await leakingServer()
    await using project = await TemporaryProject.create({ 'server.js': source })
    const line = source.split('\n').findIndex((text) => text.includes('createServer((')) + 1
    const args = ['leaks', '-d', '2s', '--longest', '2s', '-q', '--keep-snapshots', 'kept', '--', NODE, 'server.js']
    const { exitCode, stdout, shown } = await perfKit(project, args)
    expect(stdout).toMatch(/^GET \/ · 10 clients/)
    expect([1, 4], shown).toContain(exitCode)
    expect(stdout).toMatch(exitCode === 1 ? /^leaking:\n! heap: /m : /^inconclusive:$/m)
    expect(shown).toMatch(new RegExp(`who has allocated what stays: • \\S+ at server.js:${line}: [\\d.]+ k?B \\(`))
    expect(shown).toMatch(/what keeps it: .*\.answered → Set\.table → \(array\)\[\] → Object/)
    expect(shown).toMatch(/allocated in all: .+ a request/)
    const files = await readdir(project.path('kept'))
    expect(files).toHaveLength(3)
    for (const file of files) {
      expect(file).toMatch(/^\d{4}-.+-\d+-[123]\.heapsnapshot$/)
      expect((await stat(join(project.path('kept'), file))).mode & 0o077).toBe(0)
    }
    expect(stdout).not.toContain('user-agent')
  })

  it('says what it knows where there is not enough memory for snapshots', async () => {
    await using project = await TemporaryProject.create({ 'server.js': await leakingServer() })
    const args = ['leaks', ...SHORT, '--snapshot-memory', '1MB', '--', NODE, 'server.js']
    const { shown } = await perfKit(project, args)
    expect(shown).toContain('no heap snapshots were compared: a heap of')
    expect(shown).toContain('of which 1 MB may be taken')
    expect(shown).toContain('who has allocated what stays: • ')
    expect(shown).not.toContain('what keeps it:')
  })

  it('says that only the outside is seen of a target that does not let it in', async () => {
    const clears = `require('node:child_process').spawn(process.execPath, ['server.js'], { stdio: 'inherit', env: {} })`
    await using project = await TemporaryProject.create({ 'server.js': SERVER, 'clears.cjs': clears })
    const { exitCode, shown } = await perfKit(project, ['leaks', ...SHORT, '--', NODE, 'clears.cjs'])
    expect(shown).toContain('nothing is known from inside the target: none of its processes that have one')
    expect(shown).toContain('no code can be named: only the outside of the target was seen')
    expect([0, 4], shown).toContain(exitCode)
  })

  it('tells what was seen of a target that ends while it is watched', async () => {
    const ends = `${SERVER}let requests = 0
      server.on('request', () => { if (++requests === 200) process.exit(3) })`
    await using project = await TemporaryProject.create({ 'server.js': ends })
    const { exitCode, shown } = await perfKit(project, ['leaks', '-d', '30s', '-q', '--', NODE, 'server.js'])
    expect(shown).toContain('the target ended with 3 while it was driven; the last it said: listening on')
    expect(exitCode).toBe(3)
  })

  it('names no code of one process where several answer, for nobody counts the requests of each', async () => {
    const cluster = `import cluster from 'node:cluster'
      let ready = 0
      if (cluster.isPrimary) {
        for (const _ of [1, 2]) cluster.fork().on('message', (url) => ++ready === 2 && console.log(url))
        process.on('SIGTERM', () => process.exit())
      } else {
        const { createServer } = await import('node:http')
        const server = createServer((request, response) => response.end('hello')).listen(38_571, '127.0.0.1', () =>
          process.send('http://127.0.0.1:' + server.address().port + '/'))
      }`.replace('38_571', '0')
    await using project = await TemporaryProject.create({ 'server.js': cluster })
    const { exitCode, shown } = await perfKit(project, ['leaks', ...SHORT, '--', NODE, 'server.js'])
    expect(shown).toContain('no code can be named: 1 other process answers requests too')
    expect(shown).not.toContain('allocated in all')
    expect([0, 4], shown).toContain(exitCode)
  })

  it('drives what the configuration names, where no command is given', async () => {
    await using project = await TemporaryProject.create({
      'server.js': SERVER,
      'perf-kit.config.ts': `export default { load: { target: {
        command: [process.execPath, 'server.js'], ready: { log: /listening on (\\S+)/ } } } }`,
    })
    const { exitCode, stdout, shown } = await perfKit(project, [
      'leaks',
      ...SHORT,
      '--no-snapshots',
      '-c',
      '2',
      '--json',
    ])
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({ schema: 'perf-kit/leaks', schemaVersion: 1, targetEnded: false })
    expect(found.subject).toContain('2 clients')
    expect(found.watched.requests).toBeGreaterThan(0)
    expect(found.watched.failed).toBe(0)
    expect(found.allocation.bytesPerRequest.value).toBeGreaterThan(100)
    expect(found).not.toHaveProperty('kept')
    expect([0, 4], shown).toContain(exitCode)
  })
})

describe('perf-kit leaks refuses', { concurrent: true }, () => {
  it.each([
    ['a target that somebody else has started', ['http://127.0.0.1:1/'], 'was started by somebody else', 2],
    ['a load that becomes more', ['-c', '1..10@5s', '--', NODE, 'server.js'], 'under a load that becomes more', 2],
    ['a time in which nothing is seen', ['-d', '1ms', '--', NODE, 'server.js'], 'nobody can tell what grows', 2],
    ['flags that do not go together', ['--call', 'echo', '--', NODE, 'server.js'], 'Give --mcp with them.', 2],
    [
      'a folder that cannot be made',
      ['--keep-snapshots', 'server.js/k', '--', NODE, 'server.js'],
      'nothing can be kept',
      3,
    ],
    [
      'to keep what is not taken',
      ['--no-snapshots', '--keep-snapshots', 'k', '--', NODE, 'server.js'],
      'cannot be used with',
      2,
    ],
    ['a word that is no command', ['server'], 'server is no URL, and no command with its arguments', 2],
    [
      'a target that ends at once',
      ['--', NODE, '-e', 'console.log("out of luck")'],
      'the last it said: out of luck',
      3,
    ],
    ['a program that is not there', ['--', 'no-such-program', 'at-all'], 'no-such-program cannot be started', 3],
    ['no command and no configuration', [], 'there is nothing to drive', 2],
  ])('%s', async (_title, args, says, code) => {
    await using project = await TemporaryProject.create({ 'server.js': SERVER })
    const { exitCode, stdout, shown } = await perfKit(project, ['leaks', '-q', ...args])
    expect(shown).toContain(says)
    expect(stdout).toBe('')
    expect(exitCode).toBe(code)
  })
})

it('perf-kit leaks refuses a URL at which somebody listens before the target does', async () => {
  await using server = await recordingServer()
  await using project = await TemporaryProject.create({ 'server.js': SERVER })
  const { exitCode, shown } = await perfKit(project, ['leaks', '-q', server.url, '--', NODE, 'server.js'])
  expect(shown).toContain(`somebody listens at ${server.url} before the target is started`)
  expect(server.received).toEqual([])
  expect(exitCode).toBe(2)
})

describe('docs/leaks.md', () => {
  it('lists every option that the command has and `load` has not', async () => {
    await using project = await TemporaryProject.create({})
    const optionsOf = async (command: string): Promise<ReadonlySet<string>> => {
      const { stdout } = await perfKit(project, [command, '--help'])
      return new Set([...stdout.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option))
    }
    const [page, own, loads] = [await readFile(PAGE, 'utf8'), await optionsOf('leaks'), await optionsOf('load')]
    const more = [...own].filter((option) => !loads.has(option))
    expect(more.length).toBeGreaterThan(4)
    for (const option of more) expect(page).toMatch(new RegExp(`${option}(?![a-z-])`))
    for (const option of ['--mcp', '--requests', '--data', '--header', '--rate', '--clients'])
      expect(own).toContain(option)
  })
})
