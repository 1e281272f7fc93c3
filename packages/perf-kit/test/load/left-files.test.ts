import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { LoadOptions } from '../../src/load/index.ts'
import type { Watched, WatchedLoad } from './fixtures/watched-process.ts'

const S = 1e9

/** A server of HTTP that does something for each request, or for each connection. */
const server = (forRequest: string, forConnection = '') => `
  const { openSync, close } = require('node:fs')
  const { connect } = require('node:net')
  const kept = []
  const server = require('node:http').createServer((request, response) => { ${forRequest}; response.end('ok') })
  server.on('connection', (socket) => { ${forConnection} })
  server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`

/** A server that says that it ends the connection, and does not; nor does it when we do. */
const HALF_OPEN = `
  const answer = 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 2\\r\\n\\r\\nok'
  const server = require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => socket.write(answer))
  })
  server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`

const RATE: Partial<LoadOptions> = {
  loop: 'open',
  phases: [{ from: 100, to: 100, durationNs: 3 * S }],
  warmupNs: 1 * S,
}

const WATCHED = resolve(import.meta.dirname, 'fixtures/watched-process.ts')

async function watched(source: string, options = RATE, more: Partial<WatchedLoad> = {}): Promise<Watched> {
  const load: WatchedLoad = { source, options, ...more }
  const { stdout } = await promisify(execFile)(process.execPath, [WATCHED, JSON.stringify(load)])
  return JSON.parse(stdout)
}

describe.runIf(process.platform === 'linux')('a target that leaves open', { concurrent: true }, () => {
  it.each<[string, string, number, Partial<LoadOptions>?]>([
    ['a file for each request', server('openSync(process.execPath)'), 1],
    ['both ends of a connection for each request', server('kept.push(connect(server.address().port))'), 2],
    ['the connection that a request came on', HALF_OPEN, 1],
    [
      'a file for each request, of which there are few for so many clients',
      server('openSync(process.execPath)'),
      1,
      // They ask at 0 s, 1.4 s and 2.8 s: what is open is looked at well before the second time.
      { loop: 'closed', phases: [{ from: 60, to: 60, durationNs: 3 * S }], warmupNs: 1 * S, thinkNs: 1.4 * S },
    ],
  ])('%s is found out, with the number', async (_title, source, each, options = RATE) => {
    const { requests, left = 0, notes, messages, metric } = await watched(source, options)
    expect(notes).toEqual(['FILES_LEFT_OPEN'])
    expect(metric).toBe(left)
    expect(messages[0]).toContain(`the target has ${left.toLocaleString('en-US')} files open that it had not`)
    // Counted from a little before the end of the warm-up.
    expect(left / (each * requests)).toBeGreaterThan(0.9)
    expect(left / (each * requests)).toBeLessThan(1.2)
  })
})

describe.runIf(process.platform === 'linux')('a target is not suspected', { concurrent: true }, () => {
  it.each<[string, string, Partial<LoadOptions>]>([
    ['that closes what it opens', server('close(openSync(process.execPath))'), RATE],
    [
      'that opens what it needs once, and keeps it',
      server('if (kept.length < 50) kept.push(openSync(process.execPath))'),
      RATE,
    ],
    [
      'that keeps what it opens for a request, and a while longer',
      server('setTimeout(close, 2_000, openSync(process.execPath))'),
      RATE,
    ],
    [
      'that keeps for ever what it has opened for more connections than before',
      server('', 'if (server._connections > kept.length) kept.push(openSync(process.execPath))'),
      { loop: 'closed', phases: [{ from: 2, to: 60, durationNs: 3 * S }], thinkNs: 0.05 * S },
    ],
  ])('%s', async (_title, source, options) => {
    const { requests, left, notes } = await watched(source, options)
    expect(requests).toBeGreaterThan(50)
    expect(left).toBeDefined()
    expect(notes).toEqual([])
  })

  it('when its load was interrupted: nobody has to wait for that', async () => {
    const source = server('openSync(process.execPath)')
    const options = { ...RATE, phases: [{ from: 100, to: 100, durationNs: 60 * S }] }
    const { left, notes } = await watched(source, options, { abortAfterMs: 3_000 })
    expect(left).toBeUndefined()
    expect(notes).toEqual([])
  })
})
