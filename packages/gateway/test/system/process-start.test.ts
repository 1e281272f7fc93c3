import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { answerJson, type ScriptedServer, startScripted } from '../scripted-server.ts'
import { eventually } from './eventually.ts'
import { childrenOf, countRunning, launchGatewayProcess, runGatewayToItsEnd, startGatewayProcess } from './processes.ts'
import { ON_ITS_OWN, RawClient } from './raw-client.ts'

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' }

describe('the start of several processes', () => {
  it('fails when one of them ends while another is not ready yet', async () => {
    const { backend, letThrough } = await startHesitantBackend()
    await using _ = backend
    await using gateway = launchGatewayProcess('--processes', '2', '--backend', `slow=${backend.url}`)
    await bothAtBackend(backend)
    const [first = 0, second = 0] = await childrenOf(gateway.pid)
    process.kill(second, 'SIGSTOP')
    letThrough()
    await eventually(
      () => backend.heard,
      (heard) => heard.includes('resources/list'),
    )
    // Its last answer is on its way, after which it is ready; the other can see nothing of its own yet.
    await sleep(300)
    process.kill(first, 'SIGKILL')
    await eventually(
      () => countRunning([first]),
      (count) => count === 0,
    )
    await sleep(300)
    process.kill(second, 'SIGCONT')
    expect(await gateway.exit).toEqual({ code: 3, signal: null })
    const complaint = /process \d of the gateway (has ended by itself|did not start) \(SIGKILL\)/
    expect(await eventually(gateway.stderr, (text) => complaint.test(text))).toMatch(complaint)
    expect(await countRunning([first, second])).toBe(0)
  })

  it('leaves none when it is broken off', async () => {
    const { backend } = await startHesitantBackend()
    await using _ = backend
    await using gateway = launchGatewayProcess('--processes', '2', '--backend', `slow=${backend.url}`)
    await bothAtBackend(backend)
    const children = await childrenOf(gateway.pid)
    expect(children).toHaveLength(2)
    gateway.kill('SIGTERM')
    expect(await gateway.exit).toEqual({ code: 143, signal: null })
    const running = () => countRunning(children)
    expect(await eventually(running, (count) => count === 0)).toBe(0)
  })

  it('lets none listen before it knows the others: a session is known to all as soon as it is open', async () => {
    const { backend } = await startHesitantBackend()
    await using _ = backend
    const port = await freePort()
    await using __ = launchGatewayProcess('--port', `${port}`, '--processes', '2', '--backend', `slow=${backend.url}`)
    const open = () => RawClient.initialize(`http://127.0.0.1:${port}/mcp`, ON_ITS_OWN).catch(() => undefined)
    const client = await eventually(open, (opened) => opened !== undefined)
    const statuses: (number | undefined)[] = []
    for (let index = 0; index < 6; index++) statuses.push((await client?.post(PING, ON_ITS_OWN))?.status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200])
  })

  it('fails at a port that is taken', async () => {
    await using gateway = await startGatewayProcess('--backends', '0')
    const { port } = new URL(gateway.url)
    const { code, stderr } = await runGatewayToItsEnd('--port', port, '--processes', '2', '--backends', '0')
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(stderr).toMatch(/process \d of the gateway did not start \(code 3\)/)
    expect(code).toBe(3)
  })
})

/** A backend that keeps who wants a session waiting until it is told to let them through. */
async function startHesitantBackend(): Promise<{ backend: ScriptedServer; letThrough(): void }> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const backend = await startScripted(
    (res, { id, method }) =>
      answerJson(res, { id, result: method === 'tools/list' ? { tools: [] } : { resources: [] } }),
    (_res, method) => method === 'initialize' && promise,
  )
  return { backend, letThrough: () => resolve(false) }
}

async function bothAtBackend({ heard }: ScriptedServer): Promise<void> {
  const count = () => heard.filter((method) => method === 'initialize').length
  expect(await eventually(count, (attempts) => attempts === 2)).toBe(2)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
