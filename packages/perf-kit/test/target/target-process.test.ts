import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../src/errors/index.ts'
import { type TargetOptions, TargetProcess } from '../../src/target/index.ts'

const MS = 1e6

/** A process that runs a script; what it starts itself it names on its stdout. */
const script = (source: string): readonly string[] => [process.execPath, '--eval', source]
const LISTEN = `const server = require('node:http').createServer((request, response) => response.end('hello'))
  server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`

function start(options: Partial<TargetOptions>): Promise<TargetProcess> {
  return TargetProcess.start({ command: script(LISTEN), ready: { log: /listening on (\S+)/ }, ...options })
}

async function refusal(options: Partial<TargetOptions>): Promise<PerfKitError> {
  const outcome = await start(options).catch((error: unknown) => error)
  if (outcome instanceof PerfKitError) return outcome
  if (outcome instanceof TargetProcess) await outcome.stop()
  throw new Error('it was not refused', { cause: outcome })
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function goneSoon(pid: number): Promise<boolean> {
  for (let turn = 0; turn < 200 && isRunning(pid); turn++) await sleep(50)
  return !isRunning(pid)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a target', () => {
  it('is ready when its log says so, and tells its URL there', async () => {
    await using target = await start({})
    expect(target.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await (await fetch(target.url ?? '')).text()).toBe('hello')
  })

  it('may say so on stderr, in pieces, after long lines', async () => {
    const source = `process.stderr.write('x'.repeat(100000)); process.stderr.write('\\nlisten')
      setTimeout(() => process.stderr.write('ing on somewhere\\n'), 50); setInterval(() => {}, 1000)`
    await using target = await start({ command: script(source) })
    expect(target.url).toBe('somewhere')
  })

  it.each(['http', 'tcp'] as const)('is ready when it answers (%s)', async (kind) => {
    const port = await freePort()
    const source = `setTimeout(() => require('node:http').createServer((request, response) => response.end()).listen(${port}, '127.0.0.1'), 300)`
    const ready = kind === 'http' ? { http: `http://127.0.0.1:${port}/` } : { tcp: port }
    await using target = await start({ command: script(source), ready })
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    expect(target.url).toBeUndefined()
  })

  it('is not ready while it answers with errors of its own', async () => {
    const port = await freePort()
    const source = `let asked = 0; require('node:http').createServer((request, response) => {
      response.statusCode = ++asked < 4 ? 503 : 200; response.end(String(asked)) }).listen(${port}, '127.0.0.1')`
    await using target = await start({ command: script(source), ready: { http: `http://127.0.0.1:${port}/` } })
    expect(Number(await (await fetch(`http://127.0.0.1:${port}/`)).text())).toBeGreaterThanOrEqual(5)
    expect(target.hasEnded).toBe(false)
  })

  it('gets its words as they are: no shell reads them', async () => {
    const words = ['$HOME', '*', 'a b', '; touch evil', '"']
    const source = "console.log('words ' + JSON.stringify(process.argv.slice(1))); setInterval(() => {}, 1000)"
    await using target = await start({ command: [...script(source), ...words], ready: { log: /words (.*)/ } })
    expect(JSON.parse(target.url ?? '')).toEqual(words)
  })

  it('is asked to end, and may do so in its own way', async () => {
    const source = `${LISTEN}; process.on('SIGTERM', () => setTimeout(() => process.exit(7), 100))`
    const target = await start({ command: script(source) })
    expect(await target.stop()).toEqual({ code: 7, signal: null })
    expect(target.hasEnded).toBe(true)
  })

  it('is ended when it does not, with what it has started', async () => {
    const source = `const child = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'])
      process.on('SIGTERM', () => {}); console.log('listening on ' + child.pid); setInterval(() => {}, 1000)`
    const target = await start({ command: script(source), stopTimeoutNs: 300 * MS })
    const grandchild = Number(target.url)
    expect(isRunning(grandchild)).toBe(true)
    const startMs = performance.now()
    expect((await target.stop()).signal).toBe('SIGKILL')
    // Far less than the default, which would be a hang to whoever has given a limit of his own.
    expect(performance.now() - startMs).toBeLessThan(8_000)
    expect(await goneSoon(grandchild)).toBe(true)
  })

  it('leaves nothing behind that it started, when it ends well itself', async () => {
    const source = `const child = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      process.on('SIGTERM', () => process.exit(0)); console.log('listening on ' + child.pid); setInterval(() => {}, 1000)`
    const target = await start({ command: script(source) })
    await target.stop()
    expect(await goneSoon(Number(target.url))).toBe(true)
  })

  it('can be seen to have ended by itself, with the last that it said', async () => {
    const target = await start({
      command: script(`${LISTEN}; setTimeout(() => { console.error('out of luck'); process.exit(3) }, 200)`),
    })
    expect(await target.exit).toEqual({ code: 3, signal: null })
    expect(target.hasEnded).toBe(true)
    await expect.poll(() => target.outputTail).toContain('out of luck')
    await target.stop()
  })
})

describe('a target that cannot be driven is an error, and nothing of it is left', () => {
  it('when there is no such program', async () => {
    const error = await refusal({ command: ['no-such-program-here'] })
    expect(error.code).toBe('TARGET_NOT_STARTED')
    expect(error.message).toContain('no-such-program-here')
  })

  it('when it ends before it is ready', async () => {
    const error = await refusal({ command: script("console.error('port in use'); process.exit(2)") })
    expect(error.message).toContain('ended with 2 before it was ready')
    expect(error.message).toContain('port in use')
  })

  it('when it is not ready in time', async () => {
    const source = "console.log('pid ' + process.pid); setInterval(() => {}, 1000)"
    const error = await refusal({ command: script(source), readyTimeoutNs: 1_000 * MS })
    expect(error.message).toContain('was not ready within 1 s')
    const pid = Number(/pid (\d+)/.exec(error.message)?.[1])
    expect(await goneSoon(pid)).toBe(true)
  })

  it('when we are interrupted meanwhile', async () => {
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(new DOMException('interrupted', 'AbortError')), 300)
    const source = 'setInterval(() => {}, 1000)'
    const failure = await start({ command: script(source), signal: interruption.signal }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ name: 'AbortError' })
  })
})
