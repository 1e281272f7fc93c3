import { readFile, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleLoadRun } from '../../packages/perf-kit/test/report/sample-load-run.ts'
import { type ConsumerProject, installPackage } from './packed-package.ts'
import { REPOSITORY, run, runTool } from './repository.ts'

const INTERNAL = './internal/'

interface Manifest {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string>>
}

let consumer: ConsumerProject

beforeAll(async () => {
  consumer = await installPackage()
})

afterAll(async () => {
  await consumer?.folder[Symbol.asyncDispose]()
})

test('publint finds nothing', async () => {
  const content = await readFile(consumer.tarball)
  const tarball = content.buffer.slice(content.byteOffset, content.byteOffset + content.length)
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

test('types resolve however a project resolves modules', async () => {
  const internal = Object.keys((await installedManifest()).exports).filter((path) => path.startsWith(INTERNAL))
  const args = [consumer.tarball, '--profile', 'esm-only', '--no-emoji', '--exclude-entrypoints', ...internal]
  const { exitCode, output } = await runTool('attw', args)
  expect(exitCode, output).toBe(0)
})

test('the published ways in are those of the sources', async () => {
  const source = JSON.parse(await readFile(join(REPOSITORY, 'packages/perf-kit/package.json'), 'utf8')) as Manifest
  const published = await installedManifest()
  expect(Object.keys(published.exports)).toEqual(Object.keys(source.exports))
  expect(Object.keys(published.bin)).toEqual(Object.keys(source.bin))
  const files = [...Object.values(published.exports), ...Object.values(published.bin)]
  await Promise.all(files.map((file) => stat(installedPath(file))))
})

test('the tarball holds what users need and nothing of ours', async () => {
  const { stdout } = await run('tar', ['-tzf', consumer.tarball])
  const files = stdout
    .trim()
    .split('\n')
    .map((file) => file.replace('package/', ''))
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'schema/run.schema.json']))
  const strange = files.filter(
    (file) => !/^(LICENSE|README\.md|package\.json|schema\/[^/]+\.json|dist\/[^/]+\.(js|d\.ts))$/.test(file),
  )
  expect(strange).toEqual([])
  for (const file of files) expect(await readFile(installedPath(file), 'utf8')).not.toContain(REPOSITORY)
})

test('its modules load', async () => {
  await consumer.folder.write(
    'loads.js',
    `import * as kit from '@gw/perf-kit'
     import * as config from '@gw/perf-kit/config'
     console.log(JSON.stringify([typeof kit.runBench, typeof kit.parseRun, Object.keys(config).sort()]))`,
  )
  const { stdout, output } = await consumer.run('node', 'loads.js')
  expect(JSON.parse(stdout || output)).toEqual(['function', 'function', ['defineBench', 'defineConfig', 'defineSoak']])
})

test('its command runs', async () => {
  const { stdout, exitCode, output } = await consumer.run('npx', '--no-install', 'perf-kit', '--version')
  expect(exitCode, output).toBe(0)
  expect(stdout.trim()).toBe((await installedManifest()).version)
})

test("it measures a user's benchmark", async () => {
  await consumer.folder.write(
    'benches/text/join.bench.ts',
    `import { defineBench } from '@gw/perf-kit/config'
     export default defineBench({ name: 'join', fn: (_: unknown, iteration: number) => ['a', iteration].join('-') })`,
  )
  const { stdout, exitCode, output } = await consumer.run(
    'npx',
    '--no-install',
    'perf-kit',
    'bench',
    '--forks',
    '2',
    '--json',
  )
  expect(exitCode, output).toBe(0)
  expect(stdout).toContain('"subject": "text/join"')
})

test('it starts a target, looks inside and drives it', async () => {
  await writeTarget()
  const words = ['load', '--config', 'load.config.js', '-c', '2', '-d', '1s', '-q']
  const { stdout, exitCode, output } = await consumer.run('npx', '--no-install', 'perf-kit', ...words)
  expect(exitCode, output).toBe(0)
  expect(stdout).toContain('CPU a request')
})

async function writeTarget(): Promise<void> {
  await consumer.folder.write(
    'server.js',
    `import { createServer } from 'node:http'
     const server = createServer((request, response) => response.end('hello'))
     server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`,
  )
  await consumer.folder.write(
    'load.config.js',
    `export default { load: { target: { command: ['node', 'server.js'], ready: { log: /listening on (.+)/ } } } }`,
  )
}

test('it fills requests with rows of a file, and asks a module for them', async () => {
  await writeTarget()
  await consumer.folder.write('users.csv', 'id,name\n1,"Ada, Countess"\n')
  await consumer.folder.write(
    'requests.ts',
    "enum Path { Home = '/' }\nexport default () => () => ({ path: Path.Home })",
  )
  const words = ['--no-install', 'perf-kit', 'load', '--config', 'load.config.js', '-c', '2', '-d', '500ms', '-q']
  const filled = await consumer.run('npx', ...words, '--data', 'users.csv', '-H', 'x-name: {{name}}')
  expect(filled.exitCode, filled.output).toBe(0)
  expect(filled.stdout).toContain('GET /, rows of users.csv · 2 clients')
  const given = await consumer.run('npx', ...words, '--request-module', 'requests.ts')
  expect(given.exitCode, given.output).toBe(0)
  expect(given.stdout).toContain('requests of requests.ts · 2 clients')
})

test('it drives an engine that is installed beside it, and says how to install one that is not', async () => {
  const words = [
    '--no-install',
    'perf-kit',
    'load',
    'http://127.0.0.1:9/',
    '--engine',
    'autocannon',
    '-d',
    '300ms',
    '-q',
  ]
  const without = await consumer.run('npx', ...words)
  expect(without.output).toContain('npm install --save-dev autocannon@9')
  expect(without.exitCode).toBe(3)
  const beside = join(consumer.folder.path, 'node_modules/autocannon')
  await symlink(join(REPOSITORY, 'node_modules/autocannon'), beside)
  const { exitCode, output } = await consumer.run('npx', ...words)
  await rm(beside)
  expect(output).toContain('ECONNREFUSED')
  expect(exitCode, output).toBe(1)
})

test('it says how to install Clinic.js Doctor, which is not installed with it', async () => {
  await writeTarget()
  const { exitCode, output } = await consumer.run(
    'npx',
    '--no-install',
    'perf-kit',
    'doctor',
    '--',
    'node',
    'server.js',
  )
  expect(output).toContain('npm install --save-dev @clinic/doctor@11')
  expect(exitCode).toBe(3)
})

test('it asks Clinic.js Doctor when that is installed beside it', async () => {
  await writeTarget()
  const beside = join(consumer.folder.path, 'node_modules/@clinic')
  await symlink(join(REPOSITORY, 'packages/perf-kit/node_modules/@clinic'), beside)
  const words = ['doctor', '-c', '2', '-d', '1s', '-q', '--', 'node', 'server.js']
  const { exitCode, output } = await consumer.run('npx', '--no-install', 'perf-kit', ...words)
  await rm(beside)
  expect(output).toMatch(/Clinic\.js Doctor 11\.\d+\.\d+ on Node v\S+ says: /)
  expect(exitCode, output).toBe(0)
})

test('it writes the page of a load, with a program that a browser can read', async () => {
  await consumer.folder.write('run.json', JSON.stringify(sampleLoadRun()))
  const args = ['--no-install', 'perf-kit', 'report', 'run.json', '--html', 'page.html']
  const { stdout, exitCode, output } = await consumer.run('npx', ...args)
  expect(exitCode, output).toBe(0)
  expect(stdout).toContain('2.00 k/s succeeded')
  const page = await readFile(join(consumer.folder.path, 'page.html'), 'utf8')
  const [, script = ''] = /<script>(.*?)<\/script>/s.exec(page) ?? []
  // A script that is no module: compiled as one, it would be an error to the browser.
  expect(() => new Script(script)).not.toThrow()
  expect(script).toContain('new ResizeObserver')
})

test('the measured process loads the clock, the engine and nothing else', async () => {
  expect(await packagesBehind('dist/bench-fork.js')).toEqual(['tinybench'])
})

test('an import of the package loads no library before it is needed', async () => {
  expect(await packagesBehind('dist/index.js')).toEqual([])
})

test('the agent loads nothing, and does nothing where nobody asks for it', async () => {
  expect(await packagesBehind('dist/agent.js')).toEqual([])
  const script = 'console.log(process.getActiveResourcesInfo().length)'
  const without = await consumer.run('node', '-e', script)
  const withAgent = await consumer.run('node', '--import', '@gw/perf-kit/agent', '-e', script)
  expect(withAgent.output).toBe(without.output)
  expect(withAgent.stdout).toMatch(/^\d\n$/)
})

test("what users' files import loads nothing", async () => {
  expect(await packagesBehind('dist/config.js')).toEqual([])
})

test('a typed project compiles against it', async () => {
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
    noEmit: true,
  }
  await consumer.folder.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['typed.ts'] }))
  await consumer.folder.write(
    'typed.ts',
    `import { parseRun, type Run } from '@gw/perf-kit'
     import { defineBench, defineConfig } from '@gw/perf-kit/config'
     export const suiteOf = (text: string): Run['suite'] => parseRun(text, 'run.json').suite
     export const bench = defineBench({ name: 'a', args: { size: [1, 2] }, fn: ({ size }) => size.toFixed() })
     // @ts-expect-error: a benchmark needs its function
     export const unfinished = defineBench({ name: 'a' })
     export const config = defineConfig({ bench: { forks: 2 } })`,
  )
  const { exitCode, output } = await runTool('tsc', ['--project', consumer.folder.path, '--pretty', 'false'])
  expect(exitCode, output).toBe(0)
})

function installedPath(file: string): string {
  return join(consumer.folder.path, 'node_modules/@gw/perf-kit', file)
}

async function installedManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(installedPath('package.json'), 'utf8')) as Manifest
}

/** The packages that a built file imports statically, itself or through its chunks. */
async function packagesBehind(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return []
  seen.add(file)
  const source = await readFile(installedPath(file), 'utf8')
  const specifiers = [...source.matchAll(/^(?:import|export|\}).*?["']([^"']+)["'];?$/gm)].map(([, name = '']) => name)
  const packages = specifiers.filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
  const chunks = specifiers.filter((name) => name.startsWith('./')).map((name) => join('dist', name))
  const behind = await Promise.all(chunks.map((chunk) => packagesBehind(chunk, seen)))
  return [...new Set([...packages, ...behind.flat()])].sort()
}
