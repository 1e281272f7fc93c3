import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MemoryMonitor, type MemorySample, type MonitoredTarget, type MonitorOptions } from '../../src/memory/index.ts'
import { processesOf } from '../bench/running-processes.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { agentOf, OBEDIENT, script, startWithAgent, tell } from '../target/agent/agent-target.ts'

const EVERY_NS = 50e6

/** With all that it has told of. */
interface Watching {
  readonly monitor: MemoryMonitor
  readonly samples: readonly MemorySample[]
}

function watching(options: MonitorOptions, make: (options: MonitorOptions) => MemoryMonitor): Watching {
  const samples: MemorySample[] = []
  const onSample = (sample: MemorySample): void => {
    samples.push(sample)
  }
  return { monitor: make({ everyNs: EVERY_NS, ...options, onSample }).start(), samples }
}

function watchTarget(target: MonitoredTarget, options: MonitorOptions = {}): Watching {
  return watching(options, (all) => MemoryMonitor.of(target, all))
}

function watchSelf(options: MonitorOptions = {}): Watching {
  return watching(options, (all) => MemoryMonitor.self(all))
}

describe('a monitor of a target', () => {
  it('takes samples from inside and outside, in their order, and a last one', async () => {
    await using target = await startWithAgent()
    let asked = 0
    const { monitor, samples } = watchTarget(target, { requests: () => ++asked })
    await sleep(600)
    const stoppedNs = Number(process.hrtime.bigint())
    await monitor.stop()
    expect(samples.length).toBeGreaterThan(3)
    const times = samples.map(({ atNs }) => atNs)
    expect(times).toEqual(times.toSorted((left, right) => left - right))
    expect(times.at(-1)).toBeGreaterThan(stoppedNs)
    expect(samples.map(({ requests }) => requests?.count)).toEqual(samples.map((_, index) => index + 1))
    // On a busy machine it may not have answered before the next one was due.
    expect(samples.filter(({ inside }) => (inside?.oldBytes ?? 0) > 1e6).length).toBeGreaterThan(2)
    expect(samples.at(-1)?.inside).not.toBeNull()
    if (process.platform === 'linux') expect(samples.every(({ outside }) => (outside?.sockets ?? 0) > 0)).toBe(true)
    expect(monitor.state).toEqual({ state: 'watching' })
    expect(monitor.doubts).toEqual([])
    await sleep(200)
    await monitor.stop()
    expect(samples).toHaveLength(times.length)
  })

  it('goes on from outside when the agent is gone, and says so', async () => {
    await using target = await startWithAgent()
    const { monitor, samples } = watchTarget(target)
    await expect.poll(() => samples.length).toBeGreaterThan(1)
    agentOf(target).close()
    await expect.poll(() => samples.filter(({ inside }) => inside === null).length).toBeGreaterThan(2)
    expect(monitor.state).toEqual({ state: 'watching' })
    expect(monitor.doubts).toEqual([expect.stringContaining('stopped answering')])
    expect(monitor.unseen).toEqual(monitor.doubts)
    expect(monitor.verdict().because).toContain('stopped answering')
  })

  it('leaves no watch behind in the target, and the next one begins anew', async () => {
    const [node = '', ...rest] = script(OBEDIENT)
    await using target = await startWithAgent({ command: [node, '--expose-gc', ...rest] })
    const agent = agentOf(target)
    const first = watchTarget(target)
    await expect.poll(() => first.samples.length).toBeGreaterThan(1)
    await first.monitor.stop()
    await agent.collectGarbage()
    // A watch that went on would tell of them now.
    expect((await agent.heap()).collections).toEqual([])
    await agent.collectGarbage()
    const { monitor, samples } = watchTarget(target)
    await expect.poll(() => samples.filter(({ inside }) => inside !== null).length).toBeGreaterThan(1)
    await monitor.stop()
    expect(samples.flatMap(({ inside }) => inside?.collections ?? [])).toEqual([])
  })

  it('sees one that stands still from outside meanwhile, and does not wait for ever at the end', async () => {
    await using target = await startWithAgent()
    const { monitor, samples } = watchTarget(target)
    await expect.poll(() => samples.length).toBeGreaterThan(1)
    let isOver = false
    const stall = tell(target, '/stall?ms=8000')
      .catch(() => undefined)
      .finally(() => {
        isOver = true
      })
    await sleep(1_000)
    const silent = samples.filter(({ inside }) => inside === null)
    expect(silent.length).toBeGreaterThan(2)
    await monitor.stop()
    expect(isOver).toBe(false)
    process.kill(target.pid, 'SIGKILL')
    await stall
  })

  it('says that it has ended, and takes no more samples', async () => {
    await using target = await startWithAgent()
    const { monitor, samples } = watchTarget(target)
    await expect.poll(() => samples.length).toBeGreaterThan(1)
    process.kill(target.pid, 'SIGKILL')
    await expect.poll(() => monitor.state).toEqual({ state: 'ended', because: 'the process has ended' })
    const taken = samples.length
    await sleep(200)
    expect(samples).toHaveLength(taken)
    expect(monitor.verdict()).toMatchObject({
      state: 'inconclusive',
      because: expect.stringContaining('the process ended while it was watched'),
    })
  })

  it('watches one without an agent from outside', async () => {
    await using target = await startWithAgent({ agent: false })
    const { monitor, samples } = watchTarget(target)
    await expect.poll(() => samples.length).toBeGreaterThan(8)
    expect(samples.every(({ inside }) => inside === null)).toBe(true)
    expect(monitor.verdict().signals.map(({ signal }) => signal)).toEqual([
      'rss',
      'sockets',
      'descriptors',
      'children',
      'threads',
    ])
    expect(monitor.doubts).toEqual([])
  })

  it('watches all that a wrapper has started where there is no agent, and says so', async () => {
    const source = `globalThis.kept = Buffer.alloc(2 ** 27, 1); ${OBEDIENT}`
    const command = ['sh', '-c', `'${process.execPath}' --eval "$SOURCE"; true`]
    await using target = await startWithAgent({ command, env: { SOURCE: source }, agent: false })
    const { monitor, samples } = watchTarget({ pid: target.pid, agent: undefined, withoutAgent: 'it was not wished' })
    await expect.poll(() => samples.length).toBeGreaterThan(1)
    // The shell has hardly a MB.
    expect(samples.at(-1)?.outside?.rssBytes).toBeGreaterThan(2 ** 27)
    expect(samples.at(-1)?.outside?.sockets).toBeGreaterThan(0)
    expect(monitor.doubts).toEqual([
      'nothing is known from inside the target: it was not wished',
      'what is told is of 2 processes of the target together',
    ])
    const [child = 0] = await childrenOf(target.pid)
    process.kill(child, 'SIGKILL')
    await expect.poll(() => monitor.unseen.length).toBeGreaterThan(0)
    await monitor.stop()
    expect(monitor.verdict().state).toBe('inconclusive')
  })

  it('does not know whom it watches where that leads no group, and calls nothing steady', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    const { monitor, samples } = watchTarget({ pid: child.pid ?? 0, agent: undefined })
    await expect.poll(() => samples.length).toBeGreaterThan(8)
    await monitor.stop()
    child.kill('SIGKILL')
    expect(monitor.unseen).toEqual([expect.stringMatching(/^only process \d+ is watched, and whether it answers/)])
    expect(monitor.verdict().state).toBe('inconclusive')
  })

  it.each([
    { when: 'when it is ready', readyAt: 2 },
    { when: 'later', readyAt: 1 },
  ])(
    'tells growth of one worker of a cluster, another of which listens $when, for each second, and calls nothing steady',
    async ({ readyAt }) => {
      const source = `const cluster = require('node:cluster')
      if (cluster.isPrimary) { cluster.fork(); let ready = 0; cluster.on('message', () => cluster.fork())
        cluster.on('listening', (worker, { port }) => {
          if (++ready < ${readyAt}) cluster.fork()
          if (ready === ${readyAt}) console.log('listening on http://127.0.0.1:' + port + '/')
        })
      } else {
        require('node:http').createServer((request, response) => { process.send('one more'); response.end('1') }).listen(0, '127.0.0.1')
      }`
      await using project = await TemporaryProject.create({ 'cluster.cjs': source })
      const target = await startWithAgent({ command: [process.execPath, project.path('cluster.cjs')] })
      let asked = 0
      const { monitor, samples } = watchTarget(target, { requests: () => ++asked })
      if (readyAt === 1) await tell(target, '/')
      await expect.poll(() => agentOf(target).countOthers()).toBe(1)
      await expect.poll(() => samples.length).toBeGreaterThan(8)
      await monitor.stop()
      const { state, because, signals } = monitor.verdict()
      expect(state).not.toBe('steady')
      expect(because).toMatch(/1 other process of the target listens on the same port, and only process \d+ is watched/)
      expect(signals.map(({ per }) => per)).not.toContain('request')
      expect(monitor.doubts).toEqual(monitor.unseen)
      expect(agentOf(target).others).toBe(readyAt - 1)
      await target.stop()
      await expect.poll(() => processesOf(project.home)).toEqual([])
    },
  )
})

describe('a monitor of any process', () => {
  it('says at once that there is no such process', async () => {
    const monitor = MemoryMonitor.ofProcess(2 ** 22 + 1).start()
    await monitor.stop()
    expect(monitor.state.state).toBe('ended')
    expect(monitor.verdict()).toEqual({
      state: 'inconclusive',
      because: 'nothing was seen of the process',
      signals: [],
    })
  })

  it('does not call steady one that has started others, which are not watched', async () => {
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [told] = await once(shell.stdout, 'data')
    const { monitor, samples } = watching({}, (all) => MemoryMonitor.ofProcess(shell.pid ?? 0, all))
    await expect.poll(() => samples.length).toBeGreaterThan(8)
    await monitor.stop()
    process.kill(Number(String(told)), 'SIGKILL')
    shell.kill('SIGKILL')
    expect(monitor.unseen).toEqual([expect.stringMatching(/^process \d+ has started 1 other, and is watched alone$/)])
    expect(monitor.verdict().state).toBe('inconclusive')
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d, which is no number of one', (pid) => {
    expect(() => MemoryMonitor.ofProcess(pid)).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE' }))
  })

  it.each([0, -1, 1e6, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31 * 1e6])(
    'refuses %d ns between two samples',
    (everyNs) => {
      expect(() => MemoryMonitor.self({ everyNs })).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE' }))
    },
  )
})

describe('a monitor of this process', () => {
  it('sees what it keeps itself', async () => {
    const kept: Buffer[] = []
    const { monitor, samples } = watchSelf()
    for (let turn = 0; turn < 10; turn++) {
      kept.push(Buffer.alloc(8 * 2 ** 20, 1))
      await sleep(50)
    }
    await monitor.stop()
    // More than all that tests leave, of which some may be collected meanwhile.
    const bytes = samples.flatMap(({ inside }) => (inside === null ? [] : [inside.memory.arrayBuffersBytes]))
    expect(bytes[0]).toBeLessThan(80 * 2 ** 20)
    expect(bytes.at(-1)).toBeGreaterThanOrEqual(80 * 2 ** 20)
    expect(kept).toHaveLength(10)
  })

  it('does not keep it alive', async () => {
    await using project = await TemporaryProject.create({
      'program.ts': "import { MemoryMonitor } from '@gw/perf-kit'\nMemoryMonitor.self().start()\nconsole.log('done')\n",
    })
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], {
      cwd: project.directory,
      timeout: 20_000,
    })
    expect(stdout).toBe('done\n')
  })

  it('tells what counting requests has thrown, and has watched until then', async () => {
    let asked = 0
    const { monitor, samples } = watchSelf({
      requests: () => {
        if (++asked > 3) throw new Error('of the user’s own')
        return asked
      },
    })
    await expect.poll(() => asked).toBe(4)
    await expect(monitor.stop()).rejects.toThrow('of the user’s own')
    expect(samples).toHaveLength(3)
  })

  it('tells what a listener to its samples has thrown, and has watched until then', async () => {
    let told = 0
    const onSample = (): void => {
      if (++told === 3) throw new Error('the disk is full')
    }
    const monitor = MemoryMonitor.self({ everyNs: EVERY_NS, onSample }).start()
    await expect.poll(() => told).toBe(3)
    await expect(monitor.stop()).rejects.toThrow('the disk is full')
    expect(monitor.unseen).toEqual([expect.stringMatching(/^the watch ended before its time: .*the disk is full/)])
    expect(monitor.verdict().because).toContain('the watch ended before its time')
    expect(told).toBe(3)
  })
})

it('costs a busy target a small share of its time', async () => {
  await using target = await startWithAgent({
    command: script(`const server = require('node:http').createServer((request, response) => { response.end('hello') })
      server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`),
  })
  const { monitor, samples } = watchTarget(target)
  const untilMs = performance.now() + 1_500
  while (performance.now() < untilMs) await fetch(target.url ?? '')
  await monitor.stop()
  const inside = samples.flatMap((sample) => (sample.inside === null ? [] : [sample.inside]))
  const tookNs = inside.reduce((sum, sample) => sum + sample.tookNs, 0)
  const lastedNs = (inside.at(-1)?.atNs ?? 0) - (inside[0]?.atNs ?? 0)
  // Twenty times as often as by default.
  expect(tookNs / lastedNs).toBeLessThan(0.02)
})

describe('collections of garbage', () => {
  it('are asked for so often as is wished, in a process that lets us', async () => {
    const [node = '', ...rest] = script(OBEDIENT)
    await using target = await startWithAgent({ command: [node, '--expose-gc', ...rest] })
    const { monitor, samples } = watchTarget(target, { collectEveryNs: 4 * EVERY_NS })
    await expect.poll(() => samples.length).toBeGreaterThan(16)
    await monitor.stop()
    const collections = samples.flatMap(({ inside }) => inside?.collections ?? [])
    // Two for each time, of which the second is told with the next question at the latest.
    expect(collections.length).toBeGreaterThanOrEqual(3)
    expect(collections.length).toBeLessThanOrEqual(samples.length)
    expect(monitor.doubts).toEqual([])
  })

  it('are none where it does not, and that is said', async () => {
    await using target = await startWithAgent()
    const { monitor, samples } = watchTarget(target, { collectEveryNs: EVERY_NS })
    await expect.poll(() => samples.length).toBeGreaterThan(3)
    expect(samples.at(-1)?.inside).not.toBeNull()
    expect(monitor.doubts).toEqual([
      expect.stringMatching(/^no collection could be asked for: .* runs without --expose-gc/),
    ])
  })

  it.each([0, 10e6, Number.NaN])('are refused every %d ns, which is oftener than samples', (collectEveryNs) => {
    expect(() => MemoryMonitor.self({ collectEveryNs })).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE' }))
  })
})

async function childrenOf(pid: number): Promise<readonly number[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number)
}
