import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../src/errors/index.ts'
import { type LoadOptions, planLoad } from '../../src/load/load-options.ts'

const URL = 'http://127.0.0.1:8080/mcp?key=secret'
const steady = (level: number) => [{ from: level, to: level, durationNs: 1e9 }]
const closed: LoadOptions = { url: URL, loop: 'closed', phases: steady(10) }
const open: LoadOptions = { url: URL, loop: 'open', phases: steady(100) }

function refusal(options: LoadOptions): PerfKitError {
  try {
    planLoad(options)
  } catch (error) {
    if (error instanceof PerfKitError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('a load that cannot be driven is refused, with what is wrong with it', () => {
  it.each<[string, LoadOptions, string]>([
    ['a rate of nothing', { ...open, phases: steady(0) }, 'there must be some requests a second'],
    ['a negative rate', { ...open, phases: steady(-1) }, 'requests a second must be a number, 0 or more'],
    ['no number', { ...open, phases: steady(Number.NaN) }, 'requests a second must be a number, 0 or more'],
    ['an endless rate', { ...open, phases: steady(Infinity) }, 'requests a second must be a number, 0 or more'],
    ['ten million a second', { ...open, phases: steady(1e7) }, '10000000 requests a second is more than 1000000'],
    ['spikes up to that', { ...open, spikes: { factor: 1e5, everyNs: 5e8, lastsNs: 1e8 } }, 'is more than 1000000'],
    ['no clients', { ...closed, phases: steady(0) }, 'there must be some clients'],
    ['too many clients', { ...closed, phases: steady(20_001) }, '20001 clients is more than 20000'],
    ['no phases', { ...closed, phases: [] }, 'every phase must last'],
    ['a phase without duration', { ...closed, phases: [{ from: 1, to: 1, durationNs: 0 }] }, 'every phase must last'],
    ['only warm-up', { ...closed, warmupNs: 1e9 }, 'the warm-up must end before the schedule does'],
    ['a negative think time', { ...closed, thinkNs: -1 }, 'a think time cannot be negative'],
    ['no timeout', { ...closed, timeoutNs: 0 }, 'a timeout must be longer than nothing'],
    ['no threads', { ...closed, threads: 0 }, 'threads must be a whole number from 1 to 64'],
    ['half a connection', { ...open, maxConnections: 0.5 }, 'connections must be a whole number from 1 to 20000'],
    ['more threads than connections', { ...open, maxConnections: 2, threads: 3 }, 'every thread needs a connection'],
    [
      'spikes without number',
      { ...open, spikes: { factor: 2, everyNs: 2, lastsNs: 1 } },
      'there may be 100000 spikes at most',
    ],
    ['spikes that overlap', { ...open, spikes: { factor: 2, everyNs: 1e8, lastsNs: 1e8 } }, 'a spike must end before'],
  ])('%s', (_title, options, message) => {
    const error = refusal(options)
    expect(error.code).toBe('LOAD_INVALID')
    expect(error.message).toContain(message)
  })

  it('tells all that is wrong at once', () => {
    const { message } = refusal({ ...open, phases: steady(0), timeoutNs: 0, threads: 1.5 })
    expect(message.split('; ')).toHaveLength(3)
  })
})

describe('a URL', () => {
  it.each([
    ['without scheme', '127.0.0.1:8080/'],
    ['that looks as if it had one', 'localhost:8080/'],
    ['of another scheme', 'ftp://127.0.0.1/'],
    ['without host', 'http://'],
    ['that is empty', ''],
  ])('%s is refused', (_title, url) => {
    expect(refusal({ ...closed, url }).code).toBe('URL_INVALID')
  })

  it('may have credentials, which go into the Authorization header and nowhere else', () => {
    const plan = planLoad({ ...closed, url: 'http://user:p%40ss@127.0.0.1:8080/mcp' })
    const text = Buffer.from(plan.request.bytes).toString('latin1')
    expect(text).toContain(`Authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}\r\n`)
    expect(plan.endpoint.shownUrl).toBe('http://127.0.0.1:8080/mcp')
    expect(text).not.toContain('p%40ss')
  })

  it('keeps credentials out of its refusal', () => {
    for (const url of [
      'ftp://user:hunter2@127.0.0.1/',
      'user:hunter2@127.0.0.1',
      'http://user:hunter2@10.0.0.1/',
      'localhost:1/?key=hunter2',
      'http://user:a/hunter2@host',
      'ftp://user:a@hunter2@host/',
    ]) {
      const { message, remedy } = refusal({ ...closed, url })
      expect(message + remedy).not.toContain('hunter2')
    }
  })

  it('may have a lone % in its password, which means itself', () => {
    const plan = planLoad({ ...closed, url: 'http://user:100%@127.0.0.1/' })
    const credentials = Buffer.from('user:100%').toString('base64')
    expect(Buffer.from(plan.request.bytes).toString()).toContain(`Authorization: Basic ${credentials}\r\n`)
  })

  it('keeps the values of its query out of what is shown', () => {
    expect(planLoad(closed).endpoint.shownUrl).toBe('http://127.0.0.1:8080/mcp?…')
  })

  it.each(['http://10.0.0.1/', 'http://8.8.8.8/', 'http://[2001:db8::1]/', 'http://[::ffff:10.0.0.1]/'])(
    'of another machine is refused, unless it is said to be meant: %s',
    (url) => {
      const error = refusal({ ...closed, url })
      expect(error.code).toBe('TARGET_REMOTE')
      expect(error.remedy).toContain('--allow-remote')
      expect(planLoad({ ...closed, url, allowRemote: true }).endpoint.hostname).not.toBe('')
    },
  )

  it.each(['http://127.0.0.1/', 'http://127.8.9.10/', 'http://[::1]/', 'http://localhost/', 'https://127.0.0.1/'])(
    'of this machine is not: %s',
    (url) => {
      expect(planLoad({ ...closed, url }).allowRemote).toBe(false)
    },
  )
})

describe('a request', () => {
  it.each<[string, Partial<LoadOptions>]>([
    ['a line break in a header', { headers: { 'x-a': 'b\r\nEvil: 1' } }],
    ['a header without a name', { headers: { '': 'b' } }],
    ['a blank in a header’s name', { headers: { 'x a': 'b' } }],
    ['letters that a header cannot carry', { headers: { 'x-a': '日本' } }],
    ['a length of its own', { headers: { 'Content-Length': '5' } }],
    ['a coding of its own', { headers: { 'transfer-encoding': 'chunked' } }],
    ['a method with a blank', { method: 'GET /evil HTTP/1.1' }],
  ])('with %s is refused', (_title, options) => {
    expect(refusal({ ...closed, ...options }).code).toBe('REQUEST_INVALID')
  })

  it('does not repeat a refused header’s value, which may be a token', () => {
    expect(refusal({ ...closed, headers: { authorization: 'Bearer hunter2\n' } }).message).not.toContain('hunter2')
  })

  it('is written as HTTP/1.1 has it, with a length where there is a body or might be one', () => {
    const textOf = (options: Partial<LoadOptions>) =>
      Buffer.from(planLoad({ ...closed, ...options }).request.bytes).toString()
    expect(textOf({})).toBe('GET /mcp?key=secret HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n')
    expect(textOf({ method: 'POST' })).toContain('\r\nContent-Length: 0\r\n\r\n')
    expect(textOf({ body: Buffer.from('{"é":1}') })).toBe(
      'POST /mcp?key=secret HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 8\r\n\r\n{"é":1}',
    )
    expect(textOf({ headers: { host: 'example.test' } })).toContain('\r\nhost: example.test\r\n')
  })
})
