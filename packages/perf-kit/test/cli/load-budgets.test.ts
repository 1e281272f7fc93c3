import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { perfKit } from './perf-kit-process.ts'

const answering = () => scriptedTarget(({ socket }) => socket.write(OK))

/** Every second request fails. */
const failing = () => {
  let count = 0
  return scriptedTarget(({ socket }) =>
    socket.write(count++ % 2 === 0 ? OK : 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n'),
  )
}

describe('perf-kit load --budget', () => {
  it('says of each budget whether it was kept, and exits with 0 when all were', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['load', target.url, '-c', '2', '-d', '1s', '-q', '--budget', 'p99=20s, errors=1%']
    const { exitCode, stdout } = await perfKit(project, args)
    expect(stdout).toMatch(/✓ p99 ≤ 20\.0 s: \S+ (µs|ms) \(0 % of \d+ requests took longer\)\n/)
    expect(stdout).toMatch(/✓ errors ≤ 1\.00 %: 0 %/)
    expect(exitCode).toBe(0)
  })

  it('exits with 1 when one was broken, and keeps it in the Run', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await failing()
    const args = ['load', target.url, '-c', '2', '-d', '500ms', '-q', '--budget', 'errors=1%', '--budget', 'p50=20s']
    const shown = await perfKit(project, args)
    expect(shown.stdout).toMatch(/✗ errors ≤ 1\.00 %: /)
    expect(shown.stdout).toMatch(/✓ p50 ≤ 20\.0 s/)
    expect(shown.exitCode).toBe(1)
    const json = await perfKit(project, [...args, '--json'])
    expect(parseRun(json.stdout, 'stdout').budgets).toEqual([
      { metric: 'errorRatio', limit: 0.01 },
      { metric: 'responseTime', quantileRatio: 0.5, limit: 20e9 },
    ])
    expect(json.exitCode).toBe(1)
  })

  it('exits with 4 when there were too few requests to tell', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['load', target.url, '--rate', '20', '-d', '1s', '-q', '--budget', 'p99.9=20s']
    const { exitCode, stdout } = await perfKit(project, args)
    expect(stdout).toMatch(/\? p99\.9 ≤ 20\.0 s: .*too few to tell/)
    expect(exitCode).toBe(4)
  })

  it('takes those of the target that the configuration names, too', async () => {
    const server = `
      import { createServer } from 'node:http'
      const server = createServer((_request, response) => response.end('ok'))
      server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
    `
    const config = `
      export default {
        load: {
          target: {
            command: [process.execPath, 'server.mjs'],
            ready: { log: /listening on (\\S+)/ },
            budgets: { goodput: '1000000/s' },
          },
        },
      }
    `
    await using project = await TemporaryProject.create({ 'server.mjs': server, 'perf-kit.config.ts': config })
    const { exitCode, stdout } = await perfKit(project, ['load', '-c', '1', '-d', '6s', '-q', '--budget', 'errors=5%'])
    expect(stdout).toMatch(/✗ goodput ≥ 1\.00 M\/s: .* to /)
    expect(stdout).toMatch(/✓ errors ≤ 5\.00 %/)
    expect(exitCode).toBe(1)
  })

  it.each([
    ['a misspelt name', 'eror=1%', 'there is no budget "eror" — did you mean "errors"?'],
    ['a limit without unit', 'p99=200', '"200" is no duration; write it like 200ms'],
    ['no limit', 'p99', 'Write budgets such as p99=200ms,errors=0.1%.'],
    ['nothing', '', 'Write budgets such as p99=200ms,errors=0.1%.'],
  ])('refuses %s', async (_title, budget, message) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, stderr } = await perfKit(project, ['load', 'http://127.0.0.1:1/', '--budget', budget])
    expect(stderr).toContain(message)
    expect(exitCode).toBe(2)
  })

  it('tells of a budget in the configuration that is none, by its key', async () => {
    const config = `export default { load: { target: { command: ['x'], ready: { tcp: 1 }, budgets: { p99: '200' } } } }`
    await using project = await TemporaryProject.create({ 'perf-kit.config.ts': config })
    const { exitCode, stderr } = await perfKit(project, ['load'])
    expect(stderr).toContain('load.target.budgets.p99: p99: "200" is no duration')
    expect(exitCode).toBe(2)
  })
})
