import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DescriptorCount } from '../../src/memory/descriptor-count.ts'
import { OutsideProcess, type OutsideSample } from '../../src/memory/outside-process.ts'

type Seen = Extract<OutsideSample, { readonly state: 'seen' }>

function seen(sample: OutsideSample): Seen {
  if (sample.state !== 'seen') throw new Error(`it is ${JSON.stringify(sample)}`)
  return sample
}

/** A process that runs a script, ended with the scope that holds it. */
async function running(source: string): Promise<ChildProcess & { readonly pid: number } & AsyncDisposable> {
  const child = spawn(process.execPath, ['--eval', `${source}; setInterval(() => {}, 1e6); console.log('runs')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const { pid } = child
  if (pid === undefined) throw new Error('it did not start')
  return Object.assign(child, { pid, [Symbol.asyncDispose]: async () => await ended(child) })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

describe.runIf(process.platform === 'linux')('from outside a process tells', () => {
  it('its memory, as it sees it itself', () => {
    const { rssBytes, threads } = seen(new OutsideProcess(process.pid).sample())
    expect(rssBytes / process.memoryUsage.rss()).toBeCloseTo(1, 0)
    expect(threads).toBeGreaterThan(4)
  })

  it('its descriptors, and how many of them are sockets', async () => {
    const outside = new OutsideProcess(process.pid)
    const before = seen(outside.sample())
    await using pairs = await openPairs(20)
    const after = seen(outside.sample())
    expect((after.sockets ?? 0) - (before.sockets ?? 0)).toBe(41)
    expect((after.descriptors ?? 0) - (before.descriptors ?? 0)).toBeGreaterThanOrEqual(41)
    await pairs[Symbol.asyncDispose]()
    expect((seen(outside.sample()).sockets ?? 0) - (before.sockets ?? 0)).toBe(0)
  })

  it('its children, those among them that ended and were not taken note of', async () => {
    await using parent = await running(`
      const { spawn } = require('node:child_process')
      for (let turn = 0; turn < 3; turn++) spawn('sleep', ['60'])
      process.on('exit', () => {})`)
    const outside = new OutsideProcess(parent.pid)
    await expect.poll(() => seen(outside.sample()).children).toBe(3)
    const pids = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim().split(' ').map(Number)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await expect.poll(() => seen(outside.sample()).children).toBe(0)
  })

  it('that it has ended, and goes on to', async () => {
    await using child = await running('')
    const outside = new OutsideProcess(child.pid)
    expect(outside.sample().state).toBe('seen')
    await ended(child)
    expect(outside.sample()).toEqual({ state: 'ended' })
    expect(outside.sample()).toEqual({ state: 'ended' })
  })

  it('that it has ended, when nobody has taken note of that yet', async () => {
    // A shell that starts a child and becomes a program that does not wait for it.
    const shell = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [told] = await once(shell.stdout, 'data')
    const outside = new OutsideProcess(Number(String(told)))
    await expect.poll(() => outside.sample().state).toBe('ended')
    expect(readFileSync(`/proc/${outside.pid}/stat`, 'utf8')).toContain(') Z ')
    await ended(shell)
  })

  it('nothing, where there is no such process', () => {
    expect(new OutsideProcess(2 ** 22 + 1).sample()).toEqual({ state: 'ended' })
  })
})

describe.runIf(process.platform === 'linux')('what the system tells', () => {
  it('of a number that has come again is about another process: the one that was watched has ended', async () => {
    await using first = await running('')
    await using second = await running('')
    await using folder = await folderOf({ stat: '/proc/stat', 7: `/proc/${first.pid}` })
    const outside = new OutsideProcess(7, folder.path)
    expect(outside.sample().state).toBe('seen')
    await folder.link('7', `/proc/${second.pid}`)
    expect(new OutsideProcess(7, folder.path).sample().state).toBe('seen')
    expect(outside.sample()).toEqual({ state: 'ended' })
  })

  it('may be nothing, because the system is another one', () => {
    expect(new OutsideProcess(process.pid, '/nowhere').sample()).toEqual({
      state: 'unreadable',
      because: 'this system has no /proc, as Linux has',
    })
  })

  it('may be kept from this user', async () => {
    await using folder = await folderOf({ stat: '/proc/stat' })
    expect(new OutsideProcess(process.pid, folder.path).sample()).toEqual({
      state: 'unreadable',
      because: `/proc/${process.pid} may not be read by this user`,
    })
  })

  it('may leave out descriptors and children, of other users’ processes', async () => {
    const own = `/proc/${process.pid}`
    await using folder = await folderOf({ stat: '/proc/stat', '7/stat': `${own}/stat`, '7/status': `${own}/status` })
    const { rssBytes, ...others } = seen(new OutsideProcess(7, folder.path).sample())
    expect(rssBytes).toBeGreaterThan(0)
    expect(others).toMatchObject({ descriptors: null, sockets: null, children: null })
  })
})

describe.runIf(process.platform === 'linux')('many descriptors', () => {
  it('are counted exactly after a few times, although few links are read at a time, and are forgotten at once', async () => {
    const count = new DescriptorCount('/proc/self/fd')
    const before = count.count()
    await using pairs = await openPairs(400)
    for (let turn = 0; turn < 4; turn++) count.count()
    const { open, sockets } = count.count()
    expect(sockets - before.sockets).toBe(801)
    expect(open - before.open).toBeGreaterThanOrEqual(801)
    await pairs[Symbol.asyncDispose]()
    expect(count.count().sockets - before.sockets).toBe(0)
  })
})

/** A folder that is made of links to what the system tells. */
async function folderOf(links: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'perf-kit-outside-'))
  const link = async (name: string, to: string): Promise<void> => {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await rm(join(path, name), { force: true })
    await symlink(to, join(path, name))
  }
  for (const [name, to] of Object.entries(links)) await link(name, to)
  return { path, link, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) }
}

/** Connections within this process: two sockets each, and the one that listens. */
async function openPairs(count: number): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (let turn = 0; turn < count; turn++) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    sockets.add(socket)
  }
  await expect.poll(() => sockets.size).toBe(2 * count)
  return {
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
