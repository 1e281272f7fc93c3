import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { childrenOf, countRunning, runGatewayToItsEnd, startGatewayProcess } from './processes.ts'
import { RawClient } from './raw-client.ts'
import { callText, connectSdkClient } from './sdk-client.ts'

const close = { connection: 'close' }
/** A session's process, by the number that its id begins with. */
const processOf = ({ sessionId = '' }: RawClient): string => sessionId.split('.', 1)[0] ?? ''

describe('a gateway of several processes', () => {
  it('opens sessions in all of them, and answers each session wherever its requests arrive', async () => {
    await using gateway = await startGatewayProcess('--processes', '3', '--backends', '1')
    const clients: RawClient[] = []
    for (let index = 0; index < 12; index++) clients.push(await openOnNewConnection(gateway.url))
    expect(new Set(clients.map(processOf)).size).toBe(3)
    for (const client of clients) {
      // Each on a connection of its own, which goes to whichever process is next.
      for (let id = 1; id <= 3; id++) {
        const { status, text } = await client.call(id, 'backend-1__echo', { text: `hello ${id}` }, { headers: close })
        expect(status).toBe(200)
        expect(text).toContain(`hello ${id}`)
      }
    }
  })

  it('ends a session from wherever that is asked, and knows it nowhere any more', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const client = await openOnNewConnection(gateway.url)
    const ended = await client.send({ method: 'DELETE', headers: close })
    expect(ended.status).toBe(200)
    for (let id = 1; id <= 4; id++) {
      const { status } = await client.call(id, 'backend-1__echo', { text: 'late' }, { headers: close })
      expect(status).toBe(404)
    }
  })

  it('delivers updates on a stream that another process passes on, one by one', async () => {
    await using gateway = await startGatewayProcess(
      '--processes',
      '2',
      '--backends',
      '1',
      '--backend-updates-per-sec',
      '50',
    )
    const clients = await Promise.all(Array.from({ length: 6 }, () => connectSdkClient(gateway.url)))
    try {
      for (const { client } of clients) await client.subscribeResource({ uri: 'load://backend-1/1' })
      for (const { heard } of clients) {
        const updates = () => heard.filter((method) => method.includes('updated')).length
        expect(await eventually(updates, (count) => count > 2)).toBeGreaterThan(2)
      }
      expect(await callText(clients[0]?.client ?? fail(), 'backend-1__echo', { text: 'hi' })).toContain('hi')
    } finally {
      for (const client of clients) await client[Symbol.asyncDispose]()
    }
  })

  it('opens a stream at once, also one on which nothing comes', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '0')
    for (let index = 0; index < 4; index++) {
      const client = await openOnNewConnection(gateway.url)
      // Well before the heartbeat, which would be the first to come.
      const signal = AbortSignal.timeout(10_000)
      const stream = await client.open({ method: 'GET', signal, headers: close })
      expect(stream.status).toBe(200)
      await stream.body?.cancel()
    }
  })

  it('gives up a call in its own process when the client goes away', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const client = await openOnNewConnection(gateway.url)
    for (let id = 1; id <= 4; id++) {
      const gone = new AbortController()
      const call = client.call(id, 'backend-1__tool-1', { delayMs: 30_000 }, { signal: gone.signal, headers: close })
      await sleep(100)
      gone.abort()
      await expect(call).rejects.toThrow()
    }
    // An id of an open call would be refused; every other of these calls was passed on.
    for (let id = 1; id <= 4; id++) {
      const again = async () => (await client.call(id, 'backend-1__echo', { text: 'back' }, { headers: close })).text
      expect(await eventually(again, (text) => text.includes('back'))).toContain('back')
    }
  })

  it.each([
    ['when it is asked to', (pid: number) => process.kill(pid, 'SIGTERM')],
    ['at Ctrl-C, which reaches all of them', (pid: number) => process.kill(-pid, 'SIGINT')],
  ])('ends with all its processes and backends %s', async (_title, end) => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const children = await childrenOf(gateway.pid)
    expect(children).toHaveLength(3)
    end(gateway.pid)
    expect(await gateway.exit).toEqual({ code: 0, signal: null })
    expect(await countRunning(children)).toBe(0)
  })

  it('ends when one of its processes does, and leaves none when it is killed', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '0')
    const children = await childrenOf(gateway.pid)
    process.kill(children[0] ?? 0, 'SIGKILL')
    expect(await gateway.exit).toEqual({ code: 3, signal: null })
    await using other = await startGatewayProcess('--processes', '2', '--backends', '1')
    const others = await childrenOf(other.pid)
    other.kill('SIGKILL')
    expect(
      await eventually(
        () => countRunning(others),
        (count) => count === 0,
      ),
    ).toBe(0)
  })

  it('does not start at a port that is taken', async () => {
    await using gateway = await startGatewayProcess('--backends', '0')
    const { port } = new URL(gateway.url)
    const { code, stderr } = await runGatewayToItsEnd('--port', port, '--processes', '2', '--backends', '0')
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(code).toBe(3)
  })
})

async function openOnNewConnection(url: string): Promise<RawClient> {
  const client = new RawClient(url)
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '0' } }
  const { headers } = await client.post(
    { jsonrpc: '2.0', id: 'init', method: 'initialize', params },
    { headers: close },
  )
  client.sessionId = headers.get('mcp-session-id') ?? undefined
  await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' }, { headers: close })
  return client
}

function fail(): never {
  throw new Error('no client')
}
