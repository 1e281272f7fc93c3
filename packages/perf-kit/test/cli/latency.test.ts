import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { mcpTarget, well } from '../load/mcp-target.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const SHORT = ['-d', '1s', '--warmup', '100ms', '-q']

const answering = () =>
  scriptedTarget(async ({ socket }) => {
    await sleep(2)
    socket.write(OK)
  })

/** @param more - what it does besides */
const ownTarget = (more = '') => ({
  'server.mjs': `import { createServer } from 'node:http'
    const server = createServer((request, response) => response.end('ok'))
    server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
    ${more}`,
  'perf-kit.config.ts': `export default {
    load: { target: { command: [process.execPath, 'server.mjs'], ready: { log: /listening on (\\S+)/ } } },
  }`,
})

describe('perf-kit latency', { concurrent: true }, () => {
  it('measures at each level, and judges each by the budgets', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['latency', target.url, ...SHORT, '--at', '2,100/s', '--budget', 'p50=10s,errors=50%']
    const { exitCode, stdout } = await perfKit(project, args)
    expect(stdout).toContain('GET / · 2 clients\n')
    expect(stdout).toContain('GET / · 100/s\n')
    expect(stdout).toMatch(/✓ 2 clients: p50 ≤ 10\.0 s: /)
    expect(stdout).toMatch(/✓ 100\/s: errors ≤ 50\.0 %: /)
    expect(exitCode).toBe(0)
  })

  it('finds the capacity first when levels are shares of it, and prints a Run', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const { exitCode, stdout } = await perfKit(project, ['latency', target.url, ...SHORT, '--at', '20%', '--json'])
    const run = parseRun(stdout, 'stdout')
    expect(run.kind).toBe('latency')
    expect(new Set(run.metrics.map(({ subject }) => subject))).toEqual(
      new Set(['GET / · capacity, 50 clients', 'GET / · 20 % of capacity', 'GET / · capacity, 50 clients, at the end']),
    )
    expect(exitCode).toBe(0)
  })

  it('drives the target of the configuration, with its budgets', async () => {
    const server = `
      import { createServer } from 'node:http'
      const server = createServer((_request, response) => response.end('ok'))
      server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
    `
    const target = `{
      command: [process.execPath, 'server.mjs'], ready: { log: /listening on (\\S+)/ }, budgets: { goodput: '1000000/s' },
    }`
    await using project = await TemporaryProject.create({
      'server.mjs': server,
      'perf-kit.config.ts': `export default { load: { target: ${target} } }`,
    })
    const { exitCode, stdout } = await perfKit(project, ['latency', '-d', '7s', '--warmup', '100ms', '-q', '--at', '1'])
    expect(stdout).toContain('✗ goodput ≥ 1.00 M/s')
    expect(exitCode).toBe(1)
  })

  it('looks into a target that it has started, at each level', async () => {
    await using project = await TemporaryProject.create(ownTarget())
    const args = ['latency', '-d', '2s', '--warmup', '500ms', '-q', '--at', '2,100/s']
    const { stdout, shown } = await perfKit(project, args)
    const levels = stdout.split(/^GET \/ · /m).slice(1)
    expect(levels.map((text) => text.split('\n')[0])).toEqual(['2 clients', '100/s'])
    for (const text of levels) expect(text).toMatch(/^target: .+ of a processor · event loop .+ busy$/m)
    expect(shown).not.toContain('nothing is known of the inside')
  })

  it('looks from outside only when that is wished', async () => {
    await using project = await TemporaryProject.create(
      ownTarget("if (process.env.NODE_OPTIONS !== undefined) throw new Error('options')"),
    )
    const { exitCode, stdout, shown } = await perfKit(project, ['latency', ...SHORT, '--at', '2', '--no-agent'])
    expect(exitCode, shown).toBe(0)
    expect(stdout).not.toContain('of a processor')
    expect(shown).not.toContain('nothing is known of the inside')
  })

  it('says that the target has ended, at the level at which it did', async () => {
    await using project = await TemporaryProject.create(
      ownTarget(`
        let requests = 0
        server.on('request', () => { if (++requests === 150) { console.error('out of luck'); process.exit(3) } })`),
    )
    const { exitCode, shown } = await perfKit(project, [
      'latency',
      '-d',
      '2s',
      '--warmup',
      '500ms',
      '-q',
      '--at',
      '100/s',
    ])
    expect(shown).toContain('100/s: the target ended while it was driven: it ended itself: exit code 3; ')
    expect(shown).toContain('out of luck')
    expect(exitCode).toBe(3)
  })

  it('shows what is known when it is interrupted, and exits with 130', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const running = new PerfKitProcess(project, [
      'latency',
      target.url,
      '--at',
      '1,2',
      '-d',
      '60s',
      '--warmup',
      '100ms',
    ])
    while (target.requests() < 300) await sleep(50)
    running.pressCtrlC()
    const { exitCode, stdout, stderr } = await running.endedSoon()
    expect(stderr).toContain('interrupted: showing what is known')
    expect(stdout).toContain('GET / · 1 client\n')
    expect(stdout).toContain('it was ended before all levels were measured')
    expect(exitCode).toBe(130)
  })

  it.each([
    ['a rate among the levels', ['--at', '2,50/s', '--arrivals', 'poisson', '--connections', '5', '--seed', '3']],
    ['a mix that a seed draws', ['--at', '2', '--mcp', '--mix', 'ping', '--seed', '3']],
  ])('takes what is for rates with %s', async (_title, args) => {
    await using project = await TemporaryProject.create({})
    await using target = await mcpTarget(well)
    const { exitCode, stderr } = await perfKit(project, ['latency', target.url, ...SHORT, ...args])
    expect(stderr).toBe('')
    expect(exitCode).not.toBe(2)
  })

  it.each([
    ['no level', ['--at', ''], 'Write shares of the capacity (10%,50%), rates (500/s) or clients (10,50).'],
    ['a level of nothing', ['--at', '0%'], 'Write shares of the capacity'],
    ['more than could be driven', ['--at', '900%'], '9 is no share of a capacity'],
    ['what is no list', ['--at', '10;50'], 'Write shares of the capacity'],
    ['half a client', ['--at', '2.5'], 'Write shares of the capacity'],
    ['a level twice', ['--at', '10,10'], 'the level 10 clients is there twice'],
    ['arrivals of clients', ['--at', '10', '--arrivals', 'poisson'], '--seed and --connections are for a rate'],
    ['connections of clients', ['--at', '10,20', '--connections', '5'], 'Give a rate or a share among the levels'],
    ['a seed without a draw', ['--at', '10', '--seed', '3'], '--seed and --connections are for a rate'],
    ['what load knows and latency does not', ['--rate', '10'], "unknown option '--rate'"],
  ])('refuses %s', async (_title, args, message) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, stderr } = await perfKit(project, ['latency', 'http://127.0.0.1:1/', ...args])
    expect(stderr).toContain(message)
    expect(exitCode).toBe(2)
  })
})
