import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { leadsGroup, OutsideGroup } from '../../src/memory/outside-group.ts'
import { OutsideProcess, type OutsideSample } from '../../src/memory/outside-process.ts'

const NODE = JSON.stringify(process.execPath)
/** Leads a group of its own, has so many children, and ends by itself when they have. */
const parentOf = (children: number) =>
  `${'sleep 60 & '.repeat(children)}${NODE} --eval 'setInterval(() => {}, 1e6)' & wait`

function seen(sample: OutsideSample): Extract<OutsideSample, { readonly state: 'seen' }> {
  if (sample.state !== 'seen') throw new Error(`it is ${JSON.stringify(sample)}`)
  return sample
}

/** A shell with children, all of which end with the scope. */
async function group(children: number) {
  const shell = spawn('sh', ['-c', `${parentOf(children)}`], { stdio: 'ignore', detached: true })
  await once(shell, 'spawn')
  const pid = shell.pid ?? 0
  const end = async (): Promise<void> => {
    if (shell.exitCode !== null || shell.signalCode !== null) return
    process.kill(-pid, 'SIGKILL')
    await once(shell, 'exit')
  }
  return { pid, end, [Symbol.asyncDispose]: end }
}

describe.runIf(process.platform === 'linux')('a group of processes', () => {
  it('is told of as one, with all that they keep, and what ended of it', async () => {
    await using shell = await group(2)
    const outside = new OutsideGroup(shell.pid)
    await expect.poll(() => outside.sample()).toMatchObject({ state: 'seen', children: 3 })
    await expect.poll(() => [outside.sample().state, outside.most]).toEqual(['seen', 4])
    const alone = seen(new OutsideProcess(shell.pid).sample())
    // A Node takes 30 MB or more, and threads of its own.
    await expect.poll(() => seen(outside.sample()).rssBytes - alone.rssBytes).toBeGreaterThan(2e7)
    await expect.poll(() => seen(outside.sample()).threads).toBeGreaterThan(8)
    expect(seen(outside.sample()).descriptors).toBeGreaterThan(alone.descriptors ?? Number.POSITIVE_INFINITY)
    await shell.end()
    await expect.poll(() => outside.sample()).toEqual({ state: 'ended' })
    expect(outside.lost).toContain(shell.pid)
  })

  it('goes on without the one that has started it', async () => {
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
    const outside = new OutsideGroup(shell.pid ?? 0)
    const [told] = await once(shell.stdout, 'data')
    await expect.poll(() => shell.exitCode).toBe(0)
    expect(outside.sample()).toMatchObject({ state: 'seen', children: 0 })
    process.kill(Number(String(told)), 'SIGKILL')
    await expect.poll(() => outside.sample()).toEqual({ state: 'ended' })
  })

  it('is led by who begins one, and by nobody else', async () => {
    await using shell = await group(1)
    expect(leadsGroup(shell.pid)).toBe(true)
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    await once(child, 'spawn')
    expect(leadsGroup(child.pid ?? 0)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(leadsGroup(2 ** 22 + 1)).toBe(false)
  })
})

it('is not to be seen where the system tells nothing', () => {
  expect(new OutsideGroup(process.pid, '/nowhere').sample()).toEqual({
    state: 'unreadable',
    because: 'this system has no /proc, as Linux has',
  })
})
