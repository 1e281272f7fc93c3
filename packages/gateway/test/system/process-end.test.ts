import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { childrenOf, countRunning, startBackendProcess, startGatewayProcess, type TestProcess } from './processes.ts'
import { ON_ITS_OWN, processOf, RawClient, readHealth } from './raw-client.ts'

const SECOND = { delayMs: 1500, bytes: 3 }
const FOREVER = { delayMs: 3_600_000 }
const UNANSWERED_MS = 1000
const IN_ORDER = { code: 0, signal: null }

describe('the end of several processes', () => {
  it.each([
    ['when it is asked to', (pid: number) => process.kill(pid, 'SIGTERM'), IN_ORDER],
    ['when all of its group are asked to', (pid: number) => process.kill(-pid, 'SIGTERM'), IN_ORDER],
    ['at Ctrl-C, which reaches all of them', (pid: number) => process.kill(-pid, 'SIGINT'), IN_ORDER],
    [
      'when the one that started them is killed',
      (pid: number) => process.kill(pid, 'SIGKILL'),
      { code: null, signal: 'SIGKILL' },
    ],
  ])('comes after the replies that are under way, passed on or not, %s', async (_title, end, exit) => {
    await using backend = await startBackendProcess('--name', 'b')
    await using gateway = await startGatewayProcess('--processes', '2', '--backend', `b=${backend.url}`)
    const children = await childrenOf(gateway.pid)
    const client = await RawClient.initialize(gateway.url, ON_ITS_OWN)
    const { replies } = await beginCalls(client, backend, SECOND)
    end(gateway.pid)
    for (const reply of await Promise.all(replies)) {
      expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('xxx') })
    }
    expect(await gateway.exit).toEqual(exit)
    expect(await eventuallyRunning(children)).toBe(0)
  })

  it('includes its own backends, whoever is asked to end', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const children = await childrenOf(gateway.pid)
    expect(children).toHaveLength(3)
    const client = await RawClient.initialize(gateway.url, ON_ITS_OWN)
    const reply = client.call(1, 'backend-1__tool-1', SECOND, ON_ITS_OWN)
    await eventually(() => client.call(2, 'backend-1__echo', {}, ON_ITS_OWN), isOk)
    process.kill(-gateway.pid, 'SIGTERM')
    expect(await reply).toMatchObject({ status: 200, text: expect.stringContaining('xxx') })
    expect(await gateway.exit).toEqual(IN_ORDER)
    expect(await countRunning(children)).toBe(0)
  })

  it('closes a stream that another process passes on in order, with nothing cut off', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '0')
    const clients: RawClient[] = []
    while (clients.length < 3) clients.push(await RawClient.initialize(gateway.url, ON_ITS_OWN))
    // At least two are of one process; of their streams, each of which goes to the next process, one has to be passed on.
    const streams: Response[] = []
    for (const client of clients.sort((a, b) => processOf(a) - processOf(b))) streams.push(await openStream(client))
    gateway.kill('SIGTERM')
    // Rejects when the connection ends in the middle.
    expect(await Promise.all(streams.map((stream) => stream.text()))).toEqual(['', '', ''])
    expect(await gateway.exit).toEqual(IN_ORDER)
  })

  it('ends calls that do not end, in order also where they are passed on', async () => {
    await using backend = await startBackendProcess('--name', 'b')
    const args = ['--processes', '2', '--backend', `b=${backend.url}`, '--drain-timeout', '1s']
    await using gateway = await startGatewayProcess(...args)
    const clients = await openInBoth(gateway.url)
    // Of the process that is told last, so that the deadline of the other, which only passes on, is over before.
    const last = clients.reduce((a, b) => (processOf(a) > processOf(b) ? a : b))
    const { replies } = await beginCalls(last, backend, FOREVER)
    gateway.kill('SIGTERM')
    for (const reply of await Promise.all(replies)) expect(reply).toMatchObject({ status: 200, text: '' })
    expect(await gateway.exit).toEqual(IN_ORDER)
  })

  it('is at hand for a process that does not end: it is killed, and that is said', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '0', '--drain-timeout', '50ms')
    const children = await childrenOf(gateway.pid)
    process.kill(children[0] ?? 0, 'SIGSTOP')
    gateway.kill('SIGTERM')
    expect(await gateway.exit).toEqual({ code: 3, signal: null })
    expect(await complaints(gateway, 'and was killed')).toMatch(/process \d of the gateway did not end within \d+ ms/)
    expect(await countRunning(children)).toBe(0)
  })

  it('is at once for a second signal, whatever is under way', async () => {
    await using backend = await startBackendProcess('--name', 'b')
    const args = ['--processes', '2', '--backend', `b=${backend.url}`, '--drain-timeout', '1h']
    await using gateway = await startGatewayProcess(...args)
    const children = await childrenOf(gateway.pid)
    const client = await RawClient.initialize(gateway.url, ON_ITS_OWN)
    await beginCalls(client, backend, FOREVER)
    gateway.kill('SIGTERM')
    await eventually(
      () =>
        Promise.race([
          RawClient.initialize(gateway.url, ON_ITS_OWN).then(
            ({ sessionId }) => sessionId === undefined,
            () => true,
          ),
          // Who has connected while the last process stopped listening is handed to nobody, and hears of it at the end.
          sleep(UNANSWERED_MS, true),
        ]),
      (isRefused) => isRefused,
    )
    gateway.kill('SIGINT')
    expect(await gateway.exit).toEqual({ code: 130, signal: null })
    expect(await eventuallyRunning(children)).toBe(0)
  })

  it('comes for all when one of them ends by itself, after the replies of the others', async () => {
    await using backend = await startBackendProcess('--name', 'b')
    await using gateway = await startGatewayProcess('--processes', '2', '--backend', `b=${backend.url}`)
    const [first = 0, second = 0] = await childrenOf(gateway.pid)
    const calls: { replies: Promise<unknown>[] }[] = []
    for (const client of await openInBoth(gateway.url)) calls.push(await beginCalls(client, backend, { delayMs: 3000 }))
    process.kill(first, 'SIGKILL')
    expect(await gateway.exit).toEqual({ code: 3, signal: null })
    expect(await complaints(gateway, 'by itself')).toMatch(/process \d of the gateway has ended by itself \(SIGKILL\)/)
    const replies = await Promise.all(calls.flatMap((begun) => begun.replies))
    expect(replies.filter(isOk).length).toBeGreaterThan(0)
    expect(await countRunning([first, second])).toBe(0)
  })

  it('fails when one of them ends before it has finished what was under way', async () => {
    await using backend = await startBackendProcess('--name', 'b')
    await using gateway = await startGatewayProcess('--processes', '2', '--backend', `b=${backend.url}`)
    const [first = 0] = await childrenOf(gateway.pid)
    await beginCalls(await RawClient.initialize(gateway.url, ON_ITS_OWN), backend, FOREVER)
    gateway.kill('SIGTERM')
    process.kill(first, 'SIGKILL')
    expect(await gateway.exit).toEqual({ code: 3, signal: null })
    await complaints(gateway, '(SIGKILL)')
    expect(gateway.stderr()).toMatch(/process \d of the gateway .+\(SIGKILL\)/)
  })

  it('leaves no process when the one that started them is killed', async () => {
    await using gateway = await startGatewayProcess('--processes', '2', '--backends', '1')
    const children = await childrenOf(gateway.pid)
    gateway.kill('SIGKILL')
    expect(await eventuallyRunning(children)).toBe(0)
  })
})

/** Calls of one session, each on a connection of its own, so that every other is passed on; all at the backend. */
async function beginCalls(client: RawClient, backend: TestProcess, args: object) {
  const count = async () => Number((await readHealth(backend.url))['calls'])
  const before = await count()
  const replies = [1, 2, 3, 4].map((id) =>
    client.call(id, 'b__tool-1', args, ON_ITS_OWN).catch((error: unknown) => error),
  )
  expect(await eventually(count, (calls) => calls >= before + 4)).toBe(before + 4)
  return { replies }
}

/** A session in each of two processes. */
async function openInBoth(url: string): Promise<RawClient[]> {
  const clients = new Map<number, RawClient>()
  for (let attempt = 0; clients.size < 2 && attempt < 20; attempt++) {
    const client = await RawClient.initialize(url, ON_ITS_OWN)
    clients.set(processOf(client), client)
    // Opening one takes two connections, so that the next would always be of the same process.
    await client.post({ jsonrpc: '2.0', id: 0, method: 'ping' }, ON_ITS_OWN)
  }
  expect(clients.size).toBe(2)
  return [...clients.values()]
}

async function openStream(client: RawClient): Promise<Response> {
  const stream = await client.open({ method: 'GET', ...ON_ITS_OWN })
  expect(stream.status).toBe(200)
  return stream
}

function eventuallyRunning(pids: readonly number[]): Promise<number> {
  return eventually(
    () => countRunning(pids),
    (count) => count === 0,
  )
}

function complaints({ stderr }: TestProcess, text: string): Promise<string> {
  return eventually(stderr, (said) => said.includes(text))
}

function isOk(reply: unknown): boolean {
  return typeof reply === 'object' && reply !== null && 'status' in reply && reply.status === 200
}
