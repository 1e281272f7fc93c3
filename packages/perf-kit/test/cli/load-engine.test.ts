import { dirname } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { childrenWith, requireOha } from '../load/engine-drive.ts'
import { deadPort, OK, scriptedTarget } from '../load/scripted-target.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const ENGINES = [
  ['autocannon', 'engines/autocannon/main.ts'],
  ['oha', 'requests.sqlite'],
] as const
const answering = () => scriptedTarget(({ socket }) => setTimeout(() => socket.write(OK), 5))

/** A name server that has been told where `elsewhere.test` is. */
const ELSEWHERE = `import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
const { lookup } = dns
const address = { address: '192.0.2.1', family: 4 }
dns.lookup = (name, options, done) =>
  name === 'elsewhere.test' ? done(null, [address]) : lookup(name, options, done)
syncBuiltinESMExports()
`

beforeEach(requireOha)

describe.each(ENGINES)('perf-kit load --engine %s', { concurrent: true }, (engine, word) => {
  it('shows what our own shows, and names the engine in the Run', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['load', target.url, '--engine', engine, '-c', '2', '-d', '1s', '-q']
    const shown = await perfKit(project, args)
    expect(shown.stdout).toMatch(/^GET \/ · 2 clients\n/)
    expect(shown.stdout).toMatch(/response time +\S+ ms/)
    expect(shown.stdout).toMatch(/[\d,]+ × HTTP 200\n/)
    expect(shown.stdout).toContain('— the engine opens connections within a request')
    expect(shown.exitCode).toBe(0)
    const json = await perfKit(project, [...args, '--json'])
    expect(json.stderr).toBe('')
    expect(parseRun(json.stdout, 'stdout')).toMatchObject({ kind: 'load', suite: 'load', configuration: engine })
  })

  it('is broken when all requests fail', async () => {
    await using project = await TemporaryProject.create({})
    const url = `http://127.0.0.1:${await deadPort()}/`
    const { exitCode, stdout } = await perfKit(project, ['load', url, '--engine', engine, '-d', '300ms', '-q'])
    expect(stdout).toContain('× ECONNREFUSED')
    expect(exitCode).toBe(1)
  })

  it('is broken when all requests of a rate fail', async () => {
    await using project = await TemporaryProject.create({})
    const args = ['load', `http://127.0.0.1:${await deadPort()}/`, '--engine', engine, '--rate', '20', '-d', '1s', '-q']
    const { exitCode, stdout } = await perfKit(project, args)
    expect(stdout).toContain('× ECONNREFUSED')
    expect(exitCode).toBe(1)
  })

  it('is usage when it is to do what it cannot', async () => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['load', 'http://127.0.0.1:9/', '--engine', engine, '--mcp'])
    expect(shown).toContain(`the engine ${engine} cannot do MCP (--mcp)`)
    expect(exitCode).toBe(2)
  })

  it('goes to no name that leads elsewhere', async () => {
    await using project = await TemporaryProject.create({ 'elsewhere.mjs': ELSEWHERE })
    const env = { NODE_OPTIONS: '--import=./elsewhere.mjs', PATH: process.env['PATH'] }
    const args = ['load', 'http://user:hunter2@elsewhere.test/', '--engine', engine, '-d', '1s']
    const { exitCode, shown } = await perfKit(project, args, { env })
    expect(shown).toContain('http://elsewhere.test/ is not this machine')
    expect(shown).not.toContain('hunter2')
    expect(exitCode).toBe(2)
  })

  it('leaves nothing behind when it is interrupted', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const running = new PerfKitProcess(project, ['load', target.url, '--engine', engine, '-c', '2', '-d', '60s', '-q'])
    await eventually(target.requests, (count) => count > 300)
    const before = await childrenWith(word, running.pid)
    running.pressCtrlC()
    const { exitCode, stdout, stderr } = await running.endedSoon()
    expect(stderr).toContain('interrupted: showing what is known')
    expect(stdout).toContain('× HTTP 200')
    expect(exitCode).toBe(130)
    expect(before).toHaveLength(1)
    for (const pid of before) expect(() => process.kill(pid, 0)).toThrow()
  })
})

it('says how to install an engine that is not there', async () => {
  await using project = await TemporaryProject.create({})
  const args = ['load', 'http://127.0.0.1:9/', '--engine', 'oha', '-d', '1s', '-q']
  const { exitCode, shown } = await perfKit(project, args, { env: { PATH: dirname(process.execPath) } })
  expect(shown).toContain('there is no oha on the PATH → Install it: cargo install oha --locked')
  expect(exitCode).toBe(3)
})

it('is usage when there is no such engine', async () => {
  await using project = await TemporaryProject.create({})
  const { exitCode, shown } = await perfKit(project, ['load', 'http://127.0.0.1:9/', '--engine', 'wrk'])
  expect(shown).toContain('Allowed choices are native, autocannon, oha.')
  expect(exitCode).toBe(2)
})
