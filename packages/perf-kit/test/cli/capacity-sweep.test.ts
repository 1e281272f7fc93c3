import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseRun, type Run } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { recordingServer } from '../load/recording-server.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const DEAD = 'http://127.0.0.1:1/'
const SHORT = ['--rounds', '1', '-d', '400ms', '--warmup', '100ms', '-q']

/** Answers after some milliseconds, each request by itself. */
const answering = () =>
  scriptedTarget(async ({ socket }) => {
    await sleep(20)
    socket.write(OK)
  })

/** A server with a pool of so many places, that says what its requests waited for; and notes how it was started. */
const POOLED = `import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
const pool = Number(process.argv[process.argv.indexOf('--pool') + 1])
if (!(pool > 0 && pool < 100)) { console.error('no such pool'); process.exit(2) }
appendFileSync('starts', process.argv.slice(2).join(' ') + '\\n')
let free = pool
const waiting = []
const acquire = () => (free > 0 ? (free--, Promise.resolve()) : new Promise((resolve) => waiting.push(resolve)))
const release = () => { const next = waiting.shift(); if (next) next(); else free++ }
const server = createServer(async (request, response) => {
  const start = performance.now()
  await acquire()
  const acquired = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 40))
  release()
  response.setHeader('server-timing', 'acquire;dur=' + (acquired - start) + ', backend;dur=' + (performance.now() - acquired))
  response.end('ok')
})
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
process.on('SIGTERM', () => process.exit(0))
`

const value = ({ metrics }: Run, subject: string, name: string): number =>
  metrics.find((metric) => metric.subject.endsWith(subject) && metric.name === name)?.value ?? Number.NaN

describe('perf-kit capacity --sweep', () => {
  it('measures at each number of clients, and tells what it found before the figures', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['capacity', target.url, '--sweep', 'clients=4,1,2', ...SHORT]
    const { exitCode, stdout, stderr } = await perfKit(project, args)
    expect(stdout).toMatch(/^GET \/ · clients 1, 2, 4\n• most succeeded at clients \d: /)
    expect(stdout).toMatch(/^ +succeeded +speed-up +efficiency +p50 +p99 +limited by$/m)
    expect(stdout).toMatch(/^1 client .+\n2 clients .+\n4 clients /m)
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  it('prints a Run, which perf-kit report shows again in other forms', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['capacity', target.url, '--sweep', 'clients=1,2,4', ...SHORT, '--json']
    const { stdout } = await perfKit(project, args)
    const run = parseRun(stdout, 'stdout')
    expect(run.kind).toBe('throughput')
    expect(value(run, '· 4 clients', 'speedup')).toBeGreaterThan(1.8)
    await project.write({ 'run.json': stdout })
    const shown = await perfKit(project, ['report', 'run.json', '--markdown', '--html', 'page.html'])
    expect(shown.exitCode).toBe(0)
    expect(shown.stdout).toMatch(/^### GET \/ · clients 1, 2, 4$/m)
    expect(shown.stdout).toMatch(/^\| 4 clients \| /m)
    expect(await project.read('page.html')).toContain('id="sweep-throughput"')
  })

  it('starts a command anew for each value, and names the pool that limits it', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': POOLED })
    const sweep = ['capacity', '--sweep', 'pool=1,2,4', '-c', '12', ...SHORT]
    const command = ['--', process.execPath, 'server.mjs', '--pool', '{pool}', '--name', 'a{pool}b']
    const { exitCode, stdout, shown } = await perfKit(project, [...sweep, '--json', ...command])
    expect(exitCode, shown).toBe(0)
    const run = parseRun(stdout, 'stdout')
    const starts = (await project.read('starts')).trim().split('\n')
    expect(starts.toSorted()).toEqual(['--pool 1 --name a1b', '--pool 2 --name a2b', '--pool 4 --name a4b'])
    // In proportion, but for what a busy machine takes away from one or the other.
    expect(value(run, 'pool=2', 'speedup')).toBeGreaterThan(1.3)
    expect(value(run, 'pool=4', 'speedup') / value(run, 'pool=2', 'speedup')).toBeGreaterThan(1.3)
    expect(run.warnings.find(({ code }) => code === 'LIMITED_BY')?.message).toMatch(
      /^pool 1, 2, 4: limited by connections of a pool, acquire \(\d\d(\.\d)? % of requests’ time in acquire, /,
    )
  })
})

/** Of these nobody looks at how fast anything was. */
describe('perf-kit capacity --sweep, beside others', { concurrent: true }, () => {
  it('shows what is known when it is interrupted, ends what it started, and exits with 130', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': POOLED })
    const command = ['--', process.execPath, 'server.mjs', '--pool', '{pool}']
    const running = new PerfKitProcess(project, [
      'capacity',
      '--sweep',
      'pool=1,2',
      '-c',
      '2',
      '-d',
      '300ms',
      '--warmup',
      '100ms',
      '--rounds',
      '90',
      ...command,
    ])
    const starts = async () => (await project.read('starts').catch(() => '')).split('\n').length - 1
    expect(await eventually(starts, (count) => count > 3)).toBeGreaterThan(3)
    running.pressCtrlC()
    const { exitCode, stdout, stderr } = await running.endedSoon()
    expect(stderr).toContain('interrupted: showing what is known')
    expect(stdout).toMatch(/^2 clients|pool=1 /m)
    expect(stdout).toContain('it was ended before all values were measured')
    expect(exitCode).toBe(130)
  })

  it('gives a command of the configuration the words that this has for a parameter', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': POOLED,
      'perf-kit.config.ts': `export default { load: { target: {
        command: [process.execPath, 'server.mjs'], ready: { log: /listening on (\\S+)/ }, parameters: { pool: ['--pool', '{}'] },
      } } }`,
    })
    const { exitCode, shown } = await perfKit(project, ['capacity', '--sweep', 'pool=1,3', '-c', '6', ...SHORT])
    expect(exitCode, shown).toBe(0)
    expect((await project.read('starts')).trim().split('\n').toSorted()).toEqual(['--pool 1', '--pool 3'])
  })

  it('fills a place without a name, and drives a URL that the command serves', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': POOLED })
    const command = ['--', process.execPath, 'server.mjs', '--pool', '{}']
    const { exitCode, shown } = await perfKit(project, [
      'capacity',
      '--sweep',
      'pool=2,5',
      '-c',
      '2',
      ...SHORT,
      ...command,
    ])
    expect(exitCode, shown).toBe(0)
    expect((await project.read('starts')).trim().split('\n').toSorted()).toEqual(['--pool 2', '--pool 5'])
  })

  it('goes on when a value’s target does not start, says so, and fails', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': POOLED })
    const command = ['--', process.execPath, 'server.mjs', '--pool', '{pool}']
    const { exitCode, shown } = await perfKit(project, [
      'capacity',
      '--sweep',
      'pool=1,2,500',
      '-c',
      '4',
      ...SHORT,
      ...command,
    ])
    expect(shown).toMatch(/pool=500: .+ ended with 2 before it was ready; the last it said: no such pool/)
    expect(shown).toContain('pool=2')
    expect(exitCode).toBe(3)
  })

  it('sends bodies of each size', async () => {
    await using project = await TemporaryProject.create({})
    await using server = await recordingServer()
    const args = ['capacity', server.url, '--sweep', 'size=100B,2kB', '-c', '1', ...SHORT, '--json']
    const { exitCode, stdout, shown } = await perfKit(project, args)
    expect(exitCode, shown).toBe(0)
    expect(new Set(server.received.filter(({ method }) => method === 'POST').map(({ body }) => body.length))).toEqual(
      new Set([100, 2000]),
    )
    const run = parseRun(stdout, 'stdout')
    expect(value(run, 'size=2kB', 'sweepValue')).toBe(2000)
    expect(run.warnings.some(({ code }) => code.startsWith('USL'))).toBe(false)
  })

  it('fills what is asked, in URLs and headers too', async () => {
    await using project = await TemporaryProject.create({})
    await using server = await recordingServer()
    const url = `${server.url}items/{n}`
    const { exitCode, shown } = await perfKit(project, [
      'capacity',
      url,
      '--sweep',
      'n=3,7',
      '-c',
      '1',
      '-H',
      'x-n: {n}',
      ...SHORT,
    ])
    expect(exitCode, shown).toBe(0)
    const asked = server.received.filter(({ url: path }) => path !== '/metrics')
    expect(new Set(asked.map(({ url: path, headers }) => `${path} ${headers['x-n']}`))).toEqual(
      new Set(['/items/3 3', '/items/7 7']),
    )
  })

  it.each([
    ['what is no list', [DEAD, '--sweep', 'clients'], 'Write a name and its values, such as clients=1,2,4,8'],
    ['one value', [DEAD, '--sweep', 'clients=4'], 'clients has one value: a sweep goes from one to another'],
    [
      'a misspelt parameter',
      ['--sweep', 'pol=1,2', '--', 'node', 'x.js', '{pool}'],
      'nothing knows the parameter "pol" — did you mean "pool"?',
    ],
    ['another machine', ['http://192.0.2.1/', '--sweep', 'clients=1,2'], '--allow-remote'],
  ])('refuses %s, before anything is started', async (_title, args, message) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['capacity', ...args])
    expect(shown).toContain(message)
    expect(exitCode).toBe(2)
  })
})
