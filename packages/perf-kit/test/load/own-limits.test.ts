import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { connectionNeed, doubtsOfLimits } from '../../src/load/connection-need.ts'
import { type LoadOptions, planLoad } from '../../src/load/load-options.ts'
import { openFiles, readOwnLimits } from '../../src/load/own-limits.ts'
import { scriptedTarget } from './scripted-target.ts'

const needOf = (options: Partial<LoadOptions>) => {
  const whole: LoadOptions = {
    url: 'http://127.0.0.1/',
    loop: 'closed',
    phases: [{ from: 1, to: 100, durationNs: 1e9 }],
    ...options,
  }
  return connectionNeed(planLoad(whole), whole)
}

describe('what a load needs', () => {
  const rate = { loop: 'open', phases: [{ from: 500, to: 500, durationNs: 1e9 }] } as const
  const mcp = { method: 'tools/call', params: { name: 'echo' } }
  const cancel = { shareRatio: 0.1, afterNs: 1e6 }

  it.each<[string, Partial<LoadOptions>, number, string]>([
    ['a connection for each client at the most', {}, 100, '100 clients'],
    [
      'those of a spike too',
      { spikes: { factor: 3, everyNs: 0.2e9, lastsNs: 0.1e9 }, phases: [{ from: 50, to: 50, durationNs: 1e9 }] },
      150,
      '150 clients',
    ],
    ['nothing that is known of a rate', rate, 0, '0 connections'],
    ['what is said of a rate', { ...rate, maxConnections: 2000 }, 2000, '2,000 connections'],
    [
      'three for each client that listens and cancels',
      { mcp, mcpSession: { subscribe: ['a://b'], cancel } },
      300,
      '100 clients with 300 connections',
    ],
    [
      'a connection for as many clients of a thread as share one',
      { url: 'https://127.0.0.1/', httpVersion: '2', streams: 25, threads: 3 },
      // 34 + 33 + 33 clients, two connections each.
      6,
      '100 clients with 6 connections',
    ],
  ])('is %s', (_title, options, connections, what) => {
    expect(needOf(options)).toEqual({ connections, what, threads: options.threads ?? 1 })
  })
})

describe('a load that needs as much as there is', () => {
  const need = needOf({})

  it('goes without a word where the system tells nothing, and where there is enough', () => {
    expect(doubtsOfLimits(need, {})).toEqual([])
    expect(doubtsOfLimits(need, { files: { most: 1024, open: 30 }, ports: { most: 28_232, taken: 500 } })).toEqual([])
    expect(doubtsOfLimits(need, { ports: { most: 100, taken: 0 } })).toEqual([])
  })

  it('is refused when it would run out of files, with the limit that would do', () => {
    expect(() => doubtsOfLimits(need, { files: { most: 128, open: 30 } })).toThrow(
      expect.objectContaining({
        code: 'LOAD_INVALID',
        message: '100 clients need 158 open files, sockets among them, and this process may have 128',
        remedy: 'Raise the limit (ulimit -n 174), or use fewer.',
      }),
    )
    expect(doubtsOfLimits(need, { files: { most: 158, open: 30 } })).toEqual([])
  })

  it('is refused when there are not as many ports, and doubted when others have them', () => {
    expect(() => doubtsOfLimits(need, { ports: { most: 99, taken: 0 } })).toThrow(
      expect.objectContaining({ code: 'LOAD_INVALID', message: expect.stringContaining('this machine has 99') }),
    )
    expect(doubtsOfLimits(need, { ports: { most: 120, taken: 21 } })).toEqual([
      expect.stringContaining('99 of this machine’s 120 were free to that target'),
    ])
  })
})

describe.runIf(process.platform === 'linux')('the limits of this process', () => {
  it('are those that the system sets', async () => {
    const before = await openFiles()
    const { files, ports } = await readOwnLimits({ port: 1, mayBeElsewhere: false })
    expect(files?.open).toBeGreaterThan(3)
    expect(files?.most).toBeGreaterThan(files?.open ?? 0)
    expect(Math.abs((files?.open ?? 0) - (before ?? 0))).toBeLessThan(20)
    const range = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).trim().split(/\s+/).map(Number)
    expect(ports).toEqual({ most: (range[1] ?? 0) - (range[0] ?? 0) + 1, taken: 0 })
  })

  it('leave out the ports of connections to the target, and no others', async () => {
    await using target = await scriptedTarget(() => undefined)
    await using other = await scriptedTarget(() => undefined)
    const openTo = async (port: number) => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }
    const sockets = [await openTo(target.port), await openTo(target.port), await openTo(other.port)]
    const takenOf = async (mayBeElsewhere: boolean) =>
      (await readOwnLimits({ port: target.port, mayBeElsewhere })).ports?.taken
    expect(await takenOf(false)).toBe(2)
    expect(await takenOf(true)).toBe(2)
    for (const socket of sockets) socket.destroy()
  })
})
