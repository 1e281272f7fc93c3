import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/index.ts'
import { testConfigSchema } from '../../src/config/test-config.ts'
import { renderLoadHtml, renderLoadMarkdown } from '../../src/report/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { recordingServer } from '../load/recording-server.ts'
import { sampleLoadRun } from '../report/sample-load-run.ts'
import { perfKit, userEnvironment } from './perf-kit-process.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

type JsonSchema = z.core.JSONSchema.BaseSchema | boolean | undefined

function propertyOf(schema: JsonSchema, key: string): JsonSchema {
  return typeof schema === 'object' ? schema.properties?.[key] : undefined
}

function keysOf(schema: JsonSchema): string[] {
  return typeof schema === 'object' ? Object.keys(schema.properties ?? {}) : []
}

/** The TypeScript of a page, block by block. */
async function examplesOf(page: string): Promise<string[]> {
  const text = await readFile(resolve(REPOSITORY, page), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
}

// The longest first: the others run beside it.
test.concurrent('the program in docs/load.md that repeats a load runs as it stands, but for shorter', async () => {
  const example = (await examplesOf('docs/load.md')).find((each) => each.includes('repeatRuns')) ?? ''
  const server = `import { createServer } from 'node:http'
    const server = createServer((request, response) => setTimeout(() => response.end('ok'), 2))
    server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`
  await using project = await TemporaryProject.create({
    'repeat.ts': example.replace('durationNs: 10e9', 'durationNs: 0.3e9'),
    'server.js': server,
  })
  const repeat = () => promisify(execFile)(process.execPath, ['repeat.ts'], { cwd: project.directory })
  expect((await repeat()).stdout).toBe('')
  const { stdout } = await repeat()
  expect(stdout).toMatch(/^goodput: (passed|regressed|improved|inconclusive): /m)
  expect(stdout).toMatch(/^responseTimeP99: /m)
})

test.concurrent.each(['docs/bench.md', 'packages/perf-kit/README.md'])(
  'the benchmark in %s runs as it stands',
  async (page) => {
    const [example = ''] = await examplesOf(page)
    await using project = await TemporaryProject.create({ 'benches/routing/lookup.bench.ts': example })
    const ended = await perfKit(project, ['bench', '--quiet'])
    expect(ended.stdout).toMatch(/^lookup tools=10 |^lookup 10 /m)
    expect(ended.shown).toContain('2 measured')
    expect(ended.exitCode).toBe(0)
  },
)

test.concurrent('the configuration in docs/configuration.md loads as it stands, and is the default', async () => {
  const [example = ''] = await examplesOf('docs/configuration.md')
  await using documented = await TemporaryProject.create({ 'perf-kit.config.ts': example })
  await using empty = await TemporaryProject.create({ 'perf-kit.config.ts': 'export default {}\n' })
  const { config } = await loadConfig(documented.directory)
  const defaults = (await loadConfig(empty.directory)).config
  expect({ ...config, bench: { ...config.bench, include: defaults.bench.include } }).toEqual(defaults)
})

test.concurrent('the configuration of a load in docs/configuration.md loads as it stands', async () => {
  const [, example = ''] = await examplesOf('docs/configuration.md')
  await using documented = await TemporaryProject.create({ 'perf-kit.config.ts': example })
  const { load } = (await loadConfig(documented.directory)).config
  expect(load).toMatchObject({ clients: 100, duration: 30e9, warmup: 5e9 })
  expect(load.target).toMatchObject({ data: 'load/users.csv', http2: true, streams: 10 })
})

test.concurrent('docs/configuration.md lists every key there is', async () => {
  const page = await readFile(resolve(REPOSITORY, 'docs/configuration.md'), 'utf8')
  const documented = [...page.matchAll(/^\| `([a-z]+(?:\.[a-zA-Z0-9]+)+)`/gm)].map(([, key]) => key)
  const schema = z.toJSONSchema(testConfigSchema(), { io: 'input', unrepresentable: 'any' })
  const sections = Object.entries(schema.properties ?? {})
  const keys = sections.flatMap(([section, values]) => keysOf(values).map((key) => `${section}.${key}`))
  const target = keysOf(propertyOf(propertyOf(schema, 'load'), 'target')).map((key) => `load.target.${key}`)
  expect(keys).toContain('load.target')
  expect(target).toContain('load.target.command')
  const all = [...keys.filter((key) => key !== 'load.target'), ...target]
  expect(documented.toSorted()).toEqual(all.toSorted())
})

test.concurrent('docs/bench.md lists every option there is', async () => {
  await using project = await TemporaryProject.create({})
  const { stdout } = await perfKit(project, ['bench', '--help'])
  const page = await readFile(resolve(REPOSITORY, 'docs/bench.md'), 'utf8')
  const options = [...stdout.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option)
  expect(options.length).toBeGreaterThan(10)
  for (const option of new Set(options)) expect(page).toMatch(new RegExp(`${option}(?![a-z-])`))
})

test.concurrent('the conversation in docs/agent.md can be had as it stands', async () => {
  const page = await readFile(resolve(REPOSITORY, 'docs/agent.md'), 'utf8')
  const questions = [...page.matchAll(/^→ (.+)$/gm)].map(([, question]) => question ?? '')
  const asked = [...page.matchAll(/^\| `(hello|sample|handles|collect)` \|/gm)].map(([, ask]) => ask ?? '')
  expect(questions).toHaveLength(2)
  await using project = await TemporaryProject.create({ 'agents/none': '', 'server.js': 'setInterval(() => {}, 1000)' })
  const folder = project.path('agents')
  const server = spawn(process.execPath, ['--expose-gc', '--import', '@gw/perf-kit/agent', 'server.js'], {
    cwd: project.directory,
    env: { ...userEnvironment(), PERF_KIT_AGENT_FOLDER: folder, PERF_KIT_AGENT_TOKEN: 'secret' },
  })
  try {
    const isSocket = new RegExp(`^${server.pid}-.+\\.sock$`)
    const socketOf = async () => (await readdir(folder)).find((name) => isSocket.test(name))
    const socketName = await eventually(socketOf, (name) => name !== undefined)
    const socket = connect(resolve(folder, socketName ?? ''))
    const more = asked.map((ask, index) => JSON.stringify({ v: 1, id: 3 + index, ask, token: 'secret' }))
    socket.write([...questions, ...more].map((line) => `${line}\n`).join(''))
    const ids = new Set<unknown>()
    for await (const line of createInterface(socket)) {
      const { id, ok } = JSON.parse(line)
      expect(ok, line).toBeTypeOf('object')
      if (ids.add(id).size === questions.length + more.length) break
    }
    expect(ids.size).toBe(6)
    socket.destroy()
  } finally {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
})

test.concurrent('the program in docs/report.md runs as it stands', async () => {
  const [example = ''] = await examplesOf('docs/report.md')
  const run = sampleLoadRun()
  await using project = await TemporaryProject.create({ 'show.ts': example, 'run.json': JSON.stringify(run) })
  const { stdout } = await promisify(execFile)(process.execPath, ['show.ts'], { cwd: project.directory })
  expect(stdout).toBe(`${renderLoadMarkdown(run)}\n`)
  expect(await project.read('report.html')).toBe(await renderLoadHtml(run))
})

describe('docs/load.md on requests that differ', { concurrent: true }, async () => {
  const page = await readFile(resolve(REPOSITORY, 'docs/load.md'), 'utf8')
  const [, section = ''] = /^## Requests that differ\n(.*?)^## /ms.exec(page) ?? []
  const files = Object.fromEntries(
    [...section.matchAll(/^`([\w.]+)`:\n\n```\w+\n(.*?)^```/gms)].map(([, name, text]) => [name ?? '', text ?? '']),
  )
  const commands = [...section.matchAll(/^perf-kit (load .+?)(?: +# .+)?$/gm)].map(([, command]) => command ?? '')

  it('has files and commands', () => {
    expect(Object.keys(files)).toEqual(['users.csv', 'requests.jsonl', 'requests.ts'])
    expect(commands).toHaveLength(7)
  })

  it.each(commands)('perf-kit %s runs as it stands', async (command) => {
    await using server = await recordingServer()
    await using project = await TemporaryProject.create(files)
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    const args = words.map((word) => word.replace('http://127.0.0.1:8080/', server.url))
    const { exitCode, shown } = await perfKit(project, [...args, '-c', '2', '-d', '400ms', '-q'])
    expect(exitCode, shown).toBe(0)
    expect(server.received.length).toBeGreaterThan(2)
    expect(JSON.stringify(server.received)).not.toContain('{{')
  })

  it('and its program runs as it stands', async () => {
    await using server = await recordingServer()
    const [example = ''] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)]
      .map(([, code]) => code ?? '')
      .filter((code) => code.includes('readDataFile('))
    const program = example.replace('http://127.0.0.1:8080/', server.url).replace('10e9', '0.4e9')
    await using project = await TemporaryProject.create({ ...files, 'program.ts': program })
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
    expect(stdout).toMatch(/^GET \/users\/\{\{id\}\} \d+ 0\nPUT \/users\/\{\{id\}\} \d+ 0\n$/)
    expect(new Set(server.received.map(({ url }) => url))).toEqual(new Set(['/users/17', '/users/18']))
  })
})
