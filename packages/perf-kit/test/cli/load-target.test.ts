import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const SERVER = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('hello'))
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`
const WITH_PID = `${SERVER};(await import('node:fs')).writeFileSync('pid', String(process.pid))
`
const config = (target: string) => `export default { load: { target: ${target} } }\n`
const TARGET = "{ command: ['node', 'server.mjs'], ready: { log: /listening on (\\S+)/ } }"

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('perf-kit load without a URL', { concurrent: true }, () => {
  it('starts the target of the configuration, drives it and ends it', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': WITH_PID,
      'perf-kit.config.ts': config(TARGET),
    })
    const { exitCode, stdout } = await perfKit(project, ['load', '-c', '2', '-d', '500ms', '-q'])
    expect(stdout).toContain('GET / · 2 clients')
    expect(stdout).toMatch(/× HTTP 200/)
    expect(exitCode).toBe(0)
    expect(isRunning(Number(await project.read('pid')))).toBe(false)
  })

  it('looks from outside only when that is wished', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': `${SERVER}\nif (process.env.NODE_OPTIONS !== undefined) throw new Error('options')`,
      'perf-kit.config.ts': config(TARGET),
    })
    const { exitCode, stdout, shown } = await perfKit(project, ['load', '-c', '2', '-d', '500ms', '-q', '--no-agent'])
    expect(exitCode, shown).toBe(0)
    expect(stdout).not.toContain('CPU a request')
    expect(shown).not.toContain('nothing is known of the inside')
  })

  it('says that nothing is known of the inside of a target that does not let us in', async () => {
    const clears = `require('node:child_process').spawn(process.execPath, ['server.mjs'], { stdio: 'inherit', env: {} })`
    await using project = await TemporaryProject.create({
      'server.mjs': SERVER,
      'clears.cjs': clears,
      'perf-kit.config.ts': config("{ command: ['node', 'clears.cjs'], ready: { log: /listening on (\\S+)/ } }"),
    })
    const { exitCode, shown } = await perfKit(project, ['load', '-c', '2', '-d', '500ms', '-q'])
    expect(shown).toMatch(
      /nothing is known of the inside of the target: none of its processes that have one \(\d+ clears.cjs\)/,
    )
    expect(exitCode).toBe(0)
  })

  it('ends the target when it is interrupted', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': `import { appendFileSync } from 'node:fs'
        ${WITH_PID}
        server.on('request', () => appendFileSync('requests', '.'))`,
      'perf-kit.config.ts': config(TARGET),
    })
    const running = new PerfKitProcess(project, ['load', '-d', '60s'])
    await eventually(
      () => project.read('requests').catch(() => ''),
      (text) => text.length > 100,
    )
    running.pressCtrlC()
    const { exitCode } = await running.endedSoon()
    expect(exitCode).toBe(130)
    expect(isRunning(Number(await project.read('pid')))).toBe(false)
  })

  it('is invalid when the target ends while it is driven', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': `${SERVER}\nlet requests = 0
        server.on('request', () => { if (++requests === 200) { console.error('out of luck'); process.exit(3) } })`,
      'perf-kit.config.ts': config(TARGET),
    })
    const { exitCode, stdout } = await perfKit(project, ['load', '-c', '2', '-d', '3s', '-q'])
    expect(stdout).toContain('the target ended while it was driven')
    expect(stdout).toContain('out of luck')
    expect(exitCode).toBe(3)
  })

  it('says what the target said when it cannot be started', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': "console.error('port in use'); process.exit(1)",
      'perf-kit.config.ts': config(TARGET),
    })
    const { exitCode, shown } = await perfKit(project, ['load', '-d', '1s', '-q'])
    expect(shown).toContain('node server.mjs ended with 1 before it was ready; the last it said: port in use')
    expect(exitCode).toBe(3)
  })

  it('says what to do when there is nothing to drive', async () => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['load'])
    expect(shown).toContain('there is nothing to drive: no URL, and no load.target in the configuration')
    expect(exitCode).toBe(2)
  })

  it.each([
    ['no readiness', "{ command: ['node'] }", 'say how it shows that it is ready'],
    [
      'a pattern that is text',
      "{ command: ['node'], ready: { log: 'listening' } }",
      'say how it shows that it is ready',
    ],
    ['no command', '{ command: [], ready: { tcp: 80 } }', 'load.target.command'],
    ['a misspelt key', "{ comand: ['node'], ready: { tcp: 80 } }", 'did you mean "command"?'],
    ['a time without unit', "{ command: ['node'], ready: { tcp: 80 }, readyTimeout: 30 }", 'give a duration as text'],
  ])('refuses a configuration with %s', async (_title, target, says) => {
    await using project = await TemporaryProject.create({ 'perf-kit.config.ts': config(target) })
    const { exitCode, shown } = await perfKit(project, ['load'])
    expect(shown).toContain(says)
    expect(exitCode).toBe(2)
  })

  it('says what is wrong with the flags before it starts anything', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': "import { writeFileSync } from 'node:fs'; writeFileSync('started', '')",
      'perf-kit.config.ts': config(TARGET),
    })
    const { exitCode, shown } = await perfKit(project, ['load', '--rate', '0'])
    expect(shown).toContain('there must be some requests a second')
    expect(exitCode).toBe(2)
    await expect(project.read('started')).rejects.toThrow()
  })
})

describe('perf-kit load without a URL, with nothing beside it', () => {
  it('says which process it is that it looked into, when that is not the one that it started', async () => {
    const starts = `require('node:child_process').spawn(process.execPath, ['server.mjs'], { stdio: 'inherit' })`
    await using project = await TemporaryProject.create({
      'server.mjs': WITH_PID,
      'starts.cjs': starts,
      'perf-kit.config.ts': config("{ command: ['node', 'starts.cjs'], ready: { log: /listening on (\\S+)/ } }"),
    })
    const { exitCode, shown } = await perfKit(project, ['load', '-c', '2', '-d', '1s', '-q'])
    expect(shown).toContain(
      `is of its process ${await project.read('pid')} server.mjs, which listens where it is driven`,
    )
    expect(shown).toContain('CPU a request')
    expect(exitCode).toBe(0)
  })

  it('tells what the target went through, by second and as a whole', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': SERVER, 'perf-kit.config.ts': config(TARGET) })
    const shown = await perfKit(project, ['load', '-c', '2', '-d', '1s', '-q'])
    expect(shown.stdout).toMatch(/^target: .+ CPU a request · .+ of a processor · event loop .+ busy$/m)
    expect(shown.stdout).toMatch(/^ {8}memory .+ → .+ · heap used .+ → .+$/m)
    const { stdout } = await perfKit(project, ['load', '-c', '2', '-d', '2s', '-q', '--json'])
    const { series = [], metrics, warnings } = parseRun(stdout, 'stdout')
    const of = (name: string) => series.find((each) => each.name === name)?.values
    expect(of('targetRss')).toHaveLength(2)
    expect(of('succeeded')).toHaveLength(2)
    for (const { values } of series.filter(({ name }) => name.startsWith('target'))) expect(values).not.toContain(null)
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
    // One way of counting against another: CPU a request × requests a second is CPU a second.
    const ratio = (value('targetCpuPerRequest') * value('goodput')) / 1e9 / value('targetCpuMean')
    expect(ratio).toBeGreaterThan(0.8)
    expect(ratio).toBeLessThan(1.25)
    expect(warnings.map(({ code }) => code)).toEqual(['CLOSED_LOOP'])
  })

  it.runIf(process.platform === 'linux')('warns of a target that leaves files open, with the number', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': SERVER.replace("response.end('hello')", "(openSync('server.mjs'), response.end('hello'))").replace(
        /^/,
        "import { openSync } from 'node:fs'\n",
      ),
      'perf-kit.config.ts': config(TARGET),
    })
    const args = ['load', '--rate', '50', '-d', '2s', '--warmup', '500ms', '-q']
    const { exitCode, shown } = await perfKit(project, args)
    const [, count = ''] = /the target has (\d+) files open that it had not when the load had begun/.exec(shown) ?? []
    // 75 requests after the warm-up, and those at its end.
    expect(Number(count)).toBeGreaterThanOrEqual(75)
    expect(Number(count)).toBeLessThan(100)
    expect(exitCode).toBe(0)
  })
})
