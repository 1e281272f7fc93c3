import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { http2Target, listen, ok } from '../load/http2-target.ts'
import { perfKit } from './perf-kit-process.ts'

describe('perf-kit load --http2', () => {
  it('shows how a target answers over HTTP/2, and names it', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await http2Target(ok)
    const { exitCode, stdout } = await perfKit(project, ['load', target.url, '--http2', '-c', '2', '-d', '1s', '-q'])
    expect(stdout).toMatch(/^GET \/ · HTTP\/2 · 2 clients\n/)
    expect(stdout).toMatch(/[\d,]+ × HTTP 200\n/)
    expect(exitCode).toBe(0)
  })

  it('lets clients share connections', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), 5))
    const args = ['load', target.url, '--http2', '--streams', '4', '-c', '8', '-d', '1s', '-q', '--json']
    const { stdout } = await perfKit(project, args)
    expect(parseRun(stdout, 'stdout').metrics[0]?.subject).toBe('GET / · HTTP/2, 4 streams · 8 clients')
    expect(target.connections()).toBe(2)
  })

  it('says that a target speaks HTTP/1.1 only, and does not speak to it in that', async () => {
    await using project = await TemporaryProject.create({})
    let requests = 0
    const server = createServer((_request, response) => {
      requests++
      response.end()
    })
    await using target = await listen(server)
    const url = `http://127.0.0.1:${target.port}/`
    const { exitCode, stdout } = await perfKit(project, ['load', url, '--http2', '-c', '2', '-d', '1s', '-q'])
    expect(stdout).toContain('× PROTOCOL PREFACE (what came first is no HTTP/2: the target may speak HTTP/1.1 only)')
    expect(requests).toBe(0)
    expect(exitCode).toBe(1)
  })

  it('measures latency too', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await http2Target(ok)
    const args = ['latency', target.url, '--http2', '--at', '2', '-d', '1s', '--warmup', '100ms', '-q']
    const { exitCode, stdout } = await perfKit(project, args)
    expect(stdout).toMatch(/^GET \/ · HTTP\/2 · 2 clients\n/)
    expect(exitCode).toBe(0)
  })

  it.each([
    ['streams without it', ['--streams', '4'], '--streams are of HTTP/2 → Give --http2 with it.'],
    ['no streams', ['--http2', '--streams', '0'], 'Write a whole number from 1 to 10000.'],
    ['a header of connections', ['--http2', '-H', 'upgrade: x'], 'HTTP/2 has no place for upgrade among the headers'],
    ['autocannon', ['--http2', '--engine', 'autocannon'], 'the engine autocannon cannot do HTTP/2 (--http2)'],
  ])('is usage: %s', async (_title, args, says) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, stdout, shown } = await perfKit(project, ['load', 'http://127.0.0.1:9/', ...args])
    expect(shown).toContain(says)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})
