import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import {
  allowedProcessors,
  type MachineUse,
  othersRatio,
  processName,
  readGroupThreads,
  readMachineUse,
  ticksToNs,
} from '../../src/target/machine-use.ts'

/**
 * Says what it has taken itself, in µs, when it has worked for so long by its own processor clock, and a child for longer; then waits to be
 * ended.
 */
const WORKS = `
const { spawnSync } = require('node:child_process')
const until = (ms) => 'const end = process.cpuUsage().user + ' + ms + 'e3; while (process.cpuUsage().user < end);'
spawnSync(process.execPath, ['-e', until(700)])
eval(until(100))
const { user, system } = process.cpuUsage()
console.log(user + system)
setInterval(() => {}, 1000)
`
const use = (changes: Partial<MachineUse>): MachineUse => ({ total: 1000, busy: 500, own: 50, group: 100, ...changes })

describe.skipIf(process.platform !== 'linux')('what takes the machine’s processors', () => {
  it('is told apart: a process group with children that have ended, this process, and all', async () => {
    const child = spawn(process.execPath, ['-e', WORKS], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const pid = child.pid ?? 0
      const before = readMachineUse(pid)
      const ownBefore = process.cpuUsage()
      await once(child.stdout, 'data')
      const after = readMachineUse(pid)
      if (before === undefined || after === undefined) throw new Error('the system does not tell')
      const own = process.cpuUsage(ownBefore)
      // At least what it says of itself, in ticks of 10 ms; and not what it takes besides to start.
      expect(after.group - before.group).toBeGreaterThan(75)
      expect(after.own - before.own).toBeCloseTo((own.user + own.system) / 10_000, -1)
      expect(after.busy - before.busy).toBeGreaterThan(50)
      expect(after.total).toBeGreaterThan(after.busy)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  it('is told of each thread of a process, without what children have taken that have ended', async () => {
    const child = spawn(process.execPath, ['-e', WORKS], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [own] = await once(child.stdout, 'data')
      const pid = child.pid ?? 0
      const main = readGroupThreads(pid).get(pid)?.get(pid) ?? 0
      expect(ticksToNs(main)).toBeGreaterThan(0.09e9)
      // All of its threads together took so much; its child alone took 0.7 s more.
      expect(ticksToNs(main)).toBeLessThan(Number(own) * 1e3 + 0.1e9)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  it('is told with how many processors a process may have', async () => {
    expect(allowedProcessors(process.pid)).toBe(availableParallelism())
    const child = spawn('taskset', ['-c', '0', process.execPath, '-e', 'setInterval(() => {}, 1000); console.log(1)'])
    try {
      await once(child.stdout, 'data')
      expect(allowedProcessors(child.pid ?? 0)).toBe(1)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    expect(allowedProcessors(2 ** 30)).toBeUndefined()
  })

  it('is told of each process of a group, by a name without its arguments, which may be secret', async () => {
    const spin = 'const end = process.cpuUsage().user + 100e3; while (process.cpuUsage().user < end); console.log(1)'
    const source = `${spin}; setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['-e', source, 'folder/server.mjs', '--token', 'secret'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      await once(child.stdout, 'data')
      const pid = child.pid ?? 0
      const threads = readGroupThreads(pid)
      expect([...threads.keys()]).toEqual([pid])
      // The first of its threads runs what it was started with, and bears its number.
      expect(ticksToNs(threads.get(pid)?.get(pid) ?? 0)).toBeGreaterThan(0.09e9)
      expect(processName(pid)).toBe('server.mjs')
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  it('is nothing of a group that is not there', () => {
    expect(readMachineUse(2 ** 30)?.group).toBe(0)
    expect(readGroupThreads(2 ** 30).size).toBe(0)
    expect(processName(2 ** 30)).toBe('')
  })
})

describe('the share of others', () => {
  it('is what was busy without us and the target, of all', () => {
    const after = use({ total: 1200, busy: 620, own: 70, group: 140 })
    expect(othersRatio(use({}), after)).toBeCloseTo((120 - 20 - 40) / 200, 12)
  })

  it('is never less than nothing, whatever clocks say, and of no time nothing', () => {
    expect(othersRatio(use({}), use({ total: 1200, busy: 510, own: 90 }))).toBe(0)
    expect(othersRatio(use({}), use({ busy: 900 }))).toBe(0)
    // A process of the group has ended, and its parent has not waited for it.
    expect(othersRatio(use({}), use({ total: 1200, busy: 600, group: 0 }))).toBeCloseTo(0.5, 12)
  })
})
