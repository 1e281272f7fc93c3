import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLoadEngine, LOAD_ENGINES, type LoadOptions } from '../../src/load/index.ts'
import { eventually } from '../bench/eventually.ts'
import { steady } from './drive.ts'
import { childrenWith, driveWith, engineFor, metricOf, namesOf, notesOf, requireOha, runOf } from './engine-drive.ts'
import { deadPort, OK, scriptedTarget } from './scripted-target.ts'

const OTHERS = LOAD_ENGINES.filter((name) => name !== 'native')
/** So much longer than what a busy machine adds that it is most of what all engines see. */
const DELAY_MS = 100
const slow = () => scriptedTarget(({ socket }) => setTimeout(() => socket.write(OK), DELAY_MS))

beforeEach(requireOha)

describe('all engines, one after the other', () => {
  it('agree on a target that takes its time: rate, median and names', async () => {
    await using target = await slow()
    const runs = []
    for (const name of LOAD_ENGINES) {
      runs.push(runOf(await driveWith(name, target.url, { phases: steady(4, 1_500) })))
    }
    const [native, ...others] = runs
    if (native === undefined) throw new Error('there is no Run of ours')
    // 4 clients, 100 ms: 40 a second at most.
    expect(metricOf(native, 'goodput')).toBeLessThanOrEqual(4 / (DELAY_MS / 1000))
    for (const other of others) {
      expect(other.metrics[0]?.subject).toBe(native.metrics[0]?.subject)
      expect(metricOf(other, 'goodput') / metricOf(native, 'goodput')).toBeGreaterThan(0.75)
      expect(metricOf(other, 'goodput') / metricOf(native, 'goodput')).toBeLessThan(1.33)
      expect(metricOf(other, 'responseTimeP50') / metricOf(native, 'responseTimeP50')).toBeGreaterThan(0.75)
      expect(metricOf(other, 'responseTimeP50') / metricOf(native, 'responseTimeP50')).toBeLessThan(1.33)
      expect(metricOf(other, 'responseTimeP50')).toBeGreaterThan((DELAY_MS - 1) * 1e6)
      expect(metricOf(other, 'outcome HTTP 200')).toBeGreaterThan(0)
      // How long connections and the parts of a request took is ours to tell alone.
      const isOurs = (name: string): boolean => /^(connect|tcp|waiting|receiving)Time/.test(name)
      expect(namesOf(other)).toEqual(namesOf(native).filter((name) => !isOurs(name)))
      expect(other.series?.map(({ name }) => name)).toEqual(native.series?.map(({ name }) => name))
      expect(other.validity.state).not.toBe('invalid')
    }
    expect(runs.map(({ configuration }) => configuration)).toEqual(['default', 'autocannon', 'oha'])
  })
})

describe('all engines', { concurrent: true }, () => {
  it.each(LOAD_ENGINES)('%s asks the same thing: path, headers, body, and who it is', async (name) => {
    const asked: string[] = []
    await using target = await scriptedTarget(({ socket, text }) => {
      asked.push(text)
      socket.write(OK)
    })
    await driveWith(name, `${target.url.replace('127.0.0.1', 'user:secret@localhost')}path?query=1`, {
      headers: { 'X-Own': 'a: b', '-dash': '-x' },
      body: new TextEncoder().encode('{"größe":1}'),
      phases: steady(1, 300),
    })
    const [first = ''] = asked
    expect(first).toMatch(/^POST \/path\?query=1 HTTP\/1.1\r\n/)
    expect(first).toMatch(/^X-Own: a: b\r$/im)
    expect(first).toMatch(/^-dash: -x\r$/im)
    expect(first).toMatch(new RegExp(`^Host: localhost:${target.port}\r$`, 'im'))
    expect(first).toMatch(/^Authorization: Basic dXNlcjpzZWNyZXQ=\r$/im)
    expect(first).toMatch(/^Content-Length: 13\r$/im)
    expect(Buffer.from(first, 'latin1').toString('utf8')).toMatch(/\r\n\r\n\{"größe":1\}$/)
  })

  it.each(LOAD_ENGINES)('%s finds that all requests have failed where nobody listens', async (name) => {
    const run = runOf(await driveWith(name, `http://127.0.0.1:${await deadPort()}/`, { phases: steady(2, 1_000) }))
    expect(metricOf(run, 'errorRatio')).toBe(1)
    expect(metricOf(run, 'outcome ECONNREFUSED')).toBeGreaterThan(0)
    expect(run.validity).toMatchObject({ state: 'invalid' })
    expect(run.validity.reasons).toContain('not a single request succeeded')
  })

  it.each(LOAD_ENGINES)('%s counts answers that say no as failures, with their times', async (name) => {
    await using target = await scriptedTarget(({ socket }) =>
      socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'),
    )
    const result = await driveWith(name, target.url)
    expect([...result.outcomes.keys()]).toEqual(['HTTP 503'])
    expect(result.response.totalCount).toBe(result.finished)
    expect(result.failed).toBe(result.finished)
  })

  it.each(LOAD_ENGINES)('%s counts requests that get no answer in time', async (name) => {
    await using target = await scriptedTarget(() => undefined)
    const result = await driveWith(name, target.url, { timeoutNs: 1e9 })
    expect(Object.fromEntries(result.outcomes)).toEqual({ TIMEOUT: 2 })
    expect(result.isComplete).toBe(true)
  })

  it.each(LOAD_ENGINES)('%s counts connections that the target ends instead of an answer', async (name) => {
    await using target = await scriptedTarget(({ socket }) => socket.end())
    const result = await driveWith(name, target.url)
    expect([...result.outcomes.keys()]).toEqual(['CLOSED'])
    expect(result.failed).toBeGreaterThan(0)
  })

  it.each(LOAD_ENGINES)('%s counts no failure when a target ends each connection with its answer', async (name) => {
    await using target = await scriptedTarget(({ socket }) =>
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    )
    const result = await driveWith(name, target.url)
    expect([...result.outcomes.keys()]).toEqual(['HTTP 200'])
    expect(target.connections()).toBeGreaterThan(2)
  })
})

describe('another engine', () => {
  it.each<[string, Partial<LoadOptions>, string]>([
    ['MCP', { mcp: { method: 'ping', params: {} } }, '--mcp'],
    ['a ramp', { phases: [{ from: 1, to: 9, durationNs: 1e9 }] }, '--ramp'],
    ['two levels', { phases: [...steady(1, 100), ...steady(2, 100)] }, '--ramp'],
    ['spikes', { spikes: { factor: 2, everyNs: 1e8, lastsNs: 1e7 } }, '--spike'],
    ['Poisson arrivals', { loop: 'open', phases: steady(5, 1_000), arrivals: 'poisson' }, '--arrivals'],
    ['a seed', { loop: 'open', phases: steady(5, 1_000), seed: 2 }, '--seed'],
    ['think time', { thinkNs: 1e6 }, '--think'],
    ['a warm-up', { warmupNs: 1e8 }, '--warmup'],
    ['half a client', { phases: steady(2.5, 300) }, '--clients'],
    ['a bound in flight', { loop: 'open', phases: steady(5, 1_000), maxInFlight: 10 }, 'maxInFlight'],
    ['a bound on answers', { maxAnswerBytes: 100 }, 'maxAnswerBytes'],
    ['trust of its own', { tls: { rejectUnauthorized: false } }, '(tls)'],
    ['a header in another alphabet', { headers: { name: 'größe' } }, '--header'],
  ])('refuses %s, by its name', (_title, options, says) => {
    for (const name of OTHERS) {
      const refusal = `the engine ${name} cannot do `
      expect(() => engineFor(name, 'http://127.0.0.1/', options)).toThrow(
        expect.objectContaining({ code: 'LOAD_INVALID', message: expect.stringContaining(refusal) }),
      )
      expect(() => engineFor(name, 'http://127.0.0.1/', options)).toThrow(says)
    }
  })

  it.each<[string, Partial<LoadOptions>, string]>([
    ['threads', { threads: 2 }, '--threads'],
    ['HEAD', { method: 'HEAD' }, '--method'],
    ['short timeouts', { timeoutNs: 999e6 }, '--timeout'],
    ['long timeouts', { timeoutNs: 86_401e9 }, '--timeout'],
    ['half a request a second', { loop: 'open', phases: steady(2.5, 1_000) }, '--rate'],
    ['half a second of a rate', { loop: 'open', phases: steady(5, 1_500) }, '--duration'],
  ])('refuses what autocannon alone cannot do: %s', (_title, options, says) => {
    expect(() => engineFor('autocannon', 'http://127.0.0.1/', options)).toThrow(says)
    expect(() => engineFor('oha', 'http://127.0.0.1/', options)).not.toThrow()
  })

  it('says all at once', () => {
    const options = { thinkNs: 1e6, warmupNs: 1e8 }
    expect(() => engineFor('oha', 'http://127.0.0.1/', options)).toThrow(/--think.*--warmup/)
  })

  it.each(LOAD_ENGINES)('%s goes nowhere else than to this machine, and shows no password', (name) => {
    const options = { url: 'http://user:hunter2@192.0.2.1/', loop: 'closed', phases: steady(1, 100) } as const
    expect(() => createLoadEngine(name, options)).toThrow(
      expect.objectContaining({ code: 'TARGET_REMOTE', message: 'http://192.0.2.1/ is not this machine' }),
    )
  })

  it.each(OTHERS)('%s says so when nobody knows the name', async (name) => {
    await expect(driveWith(name, 'http://no-such-host.invalid/')).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringContaining('no-such-host.invalid cannot be looked up'),
    })
  })

  it.each([
    ['autocannon', 'engines/autocannon/main.ts'],
    ['oha', 'requests.sqlite'],
  ] as const)('%s is gone when it has been told to end, and what is known stays', async (name, word) => {
    await using target = await slow()
    const interruption = new AbortController()
    const engine = engineFor(name, target.url, { phases: steady(2, 60_000) })
    const running = engine.run(interruption.signal)
    await eventually(target.requests, (count) => count > 10)
    // autocannon tells each second.
    await sleep(1_500)
    const before = await childrenWith(word)
    interruption.abort()
    const result = await running
    expect(before).toHaveLength(1)
    expect(await childrenWith(word)).toEqual([])
    expect(result.isComplete).toBe(false)
    expect(result.responseOk.totalCount).toBeGreaterThan(0)
    expect(runOf(result).validity.reasons).toContain('the run ended before its schedule did')
  })

  it.each([
    ['autocannon', 'engines/autocannon/main.ts'],
    ['oha', 'requests.sqlite'],
  ] as const)('%s that is killed in mid-run is an error', async (name, word) => {
    await using target = await slow()
    const running = driveWith(name, target.url, { phases: steady(2, 60_000) })
    const outcome = running.catch((error: unknown) => error)
    await eventually(target.requests, (count) => count > 10)
    for (const pid of await childrenWith(word)) process.kill(pid, 'SIGKILL')
    expect(await outcome).toMatchObject({
      code: 'LOAD_FAILED',
      message: `the engine ${name} ended with SIGKILL, and said nothing`,
    })
  })

  it('tells in its Run what it did not check', async () => {
    await using target = await slow()
    expect(notesOf(runOf(await driveWith('native', target.url)))).toEqual(['CLOSED_LOOP'])
    expect(notesOf(runOf(await driveWith('autocannon', target.url)))).toEqual(['CLOSED_LOOP', 'ENGINE_CONNECT'])
    const oha = notesOf(runOf(await driveWith('oha', target.url)))
    expect(oha).toEqual(['CLOSED_LOOP', 'ENGINE_UNCHECKED', 'ENGINE_CONNECT'])
  })
})
