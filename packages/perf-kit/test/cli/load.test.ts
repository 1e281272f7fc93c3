import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { deadPort, OK, scriptedTarget } from '../load/scripted-target.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const answering = () => scriptedTarget(({ socket }) => socket.write(OK))

describe('perf-kit load', { concurrent: true }, () => {
  it('shows how a target answers, and says that a closed loop sees no waiting', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const { exitCode, stdout } = await perfKit(project, ['load', target.url, '-c', '2', '-d', '500ms', '-q'])
    expect(stdout).toMatch(/^GET \/ · 2 clients\n/)
    expect(stdout).toMatch(/response time +\S+ (µs|ms)/)
    expect(stdout).toMatch(/[\d,]+ × HTTP 200\n/)
    expect(stdout).toContain('— closed loop:')
    expect(exitCode).toBe(0)
  })

  it('prints a Run as JSON, whose percentiles refer to the histogram that they come from', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['load', target.url, '--rate', '100', '-d', '500ms', '--arrivals', 'poisson', '--json', '-q']
    const { stdout, exitCode } = await perfKit(project, args)
    const run = parseRun(stdout, 'stdout')
    expect(run.kind).toBe('load')
    const metrics = new Map(run.metrics.map((metric) => [metric.name, metric]))
    const p99 = metrics.get('responseTimeP99')
    expect(p99?.evidence).toMatchObject({ kind: 'quantile', of: 'responseTime', quantileRatio: 0.99 })
    expect(metrics.get('responseTime')?.evidence.kind).toBe('histogram')
    expect(metrics.get('outcome HTTP 200')?.value).toBe(target.requests())
    expect(exitCode).toBe(0)
  })

  it('is broken when all requests fail, and no measurement when none came to an end', async () => {
    await using project = await TemporaryProject.create({})
    const failing = await perfKit(project, ['load', `http://127.0.0.1:${await deadPort()}/`, '-d', '300ms', '-q'])
    expect(failing.stdout).toContain('× ECONNREFUSED')
    expect(failing.exitCode).toBe(1)
  })

  it('shows what is known when it is interrupted, and exits with 130', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const running = new PerfKitProcess(project, ['load', target.url, '-d', '60s'])
    while (target.requests() < 2_000) await new Promise((resolve) => setTimeout(resolve, 100))
    running.pressCtrlC()
    const { exitCode, stdout, stderr } = await running.endedSoon()
    expect(stderr).toContain('interrupted: showing what is known')
    expect(stdout).toContain('× HTTP 200')
    expect(stdout).toContain('the run ended before its schedule did')
    expect(exitCode).toBe(130)
  })

  it.each([
    ['a rate of nothing', ['--rate', '0'], 'there must be some requests a second'],
    ['a negative rate', ['--rate=-5'], 'Write a number such as 50, or a ramp such as 1..100@60s.'],
    ['no number', ['--rate', 'NaN'], 'Write a number such as 50, or a ramp such as 1..100@60s.'],
    ['ten million', ['--rate', '10000000'], '10000000 requests a second is more than 1000000'],
    ['a ramp without time', ['--ramp', '1..100'], 'Write a number such as 50, or a ramp such as 1..100@60s.'],
    ['a spike without x', ['--spike', '5/30s/2s'], 'Write spikes such as 5x/30s/2s'],
    ['clients and a rate', ['-c', '5', '--rate', '5'], "cannot be used with option '--rate"],
    ['thinking at a rate', ['--rate', '5', '--think', '1s'], '--think is for clients, not for a rate'],
    ['arrivals of clients', ['--arrivals', 'poisson'], '--arrivals, --seed and --connections are for a rate'],
    ['a header without value', ['-H', 'token hunter2'], 'header number 1 has no colon'],
    ['a header without quotes', ['-H', 'authorization:', 'Bearer', 'hunter2'], 'Expected 1 argument but got 3.'],
    ['a misspelt header flag', ['--headerz=authorization: hunter2'], "unknown option '--headerz=…'"],
    ['a misspelt flag', ['--durations', '5s'], '(Did you mean --duration?)'],
  ])('is usage: %s', async (_title, args, says) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, stdout, shown } = await perfKit(project, ['load', 'http://127.0.0.1:9/', ...args])
    expect(shown).toContain(says)
    expect(shown).not.toContain('hunter2')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it.each([
    ['an address and a port', (port: number) => `127.0.0.1:${port}/?key=hunter2`],
    ['a name and a port, which look like a scheme and a path', (port: number) => `localhost:${port}/`],
    ['a user before an address', (port: number) => `user:hunter2@127.0.0.1:${port}/`],
    ['another scheme', (port: number) => `ftp://127.0.0.1:${port}/`],
  ])('goes nowhere by a URL without http: %s', async (_title, urlOf) => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    for (const command of ['load', 'latency']) {
      const { exitCode, stdout, shown } = await perfKit(project, [command, urlOf(target.port), '-d', '1s'])
      expect(shown).toMatch(/perf-kit: ".+" is no http or https URL → Write it whole, with its scheme: http:\/\//)
      expect(shown).not.toContain('hunter2')
      expect(stdout).toBe('')
      expect(exitCode).toBe(2)
    }
    expect(target.connections()).toBe(0)
  })

  it('goes nowhere else than to this machine without being told', async () => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['load', 'http://user:hunter2@192.0.2.1/'])
    expect(shown).toContain('http://192.0.2.1/ is not this machine')
    expect(shown).not.toContain('hunter2')
    expect(exitCode).toBe(2)
  })
})
