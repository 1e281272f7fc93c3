import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AgentFolder } from '../../../src/target/agent-folder.ts'
import { TargetAgent } from '../../../src/target/target-agent.ts'

const LAST_MOMENT_MS = 15_000

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

async function endOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // One that does not end is ended, so that the test fails.
    timeout: LAST_MOMENT_MS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
  }
  const [code, signal] = await once(child, 'close')
  return { code, signal, output }
}

const SCRIPTS: readonly (readonly [string, string, Omit<Ended, 'output'>])[] = [
  ['has nothing more to do', '0', { code: 0, signal: null }],
  ['has nothing more to do after a while', 'setTimeout(() => {}, 300)', { code: 0, signal: null }],
  ['says how it ended', 'process.exitCode = 7', { code: 7, signal: null }],
  ['ends itself', 'process.exit(5)', { code: 5, signal: null }],
  [
    'is signalled',
    "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000)",
    { code: null, signal: 'SIGTERM' },
  ],
]

describe('a process with an agent ends as it would without one, and as quietly, when it', () => {
  it.each(SCRIPTS)('%s', async (_title, source, ended) => {
    const folder = await AgentFolder.create()
    try {
      expect(await endOf(['--eval', source], folder.environment(undefined))).toEqual({ ...ended, output: '' })
    } finally {
      await folder.remove()
    }
  })

  it('fails, with the words that it would have', async () => {
    const folder = await AgentFolder.create()
    try {
      const args = ['--eval', "Promise.reject(new Error('of its own'))"]
      const [without, withAgent] = [await endOf(args, {}), await endOf(args, folder.environment(undefined))]
      expect(wordsOf(withAgent)).toEqual(wordsOf(without))
      expect([without.code, withAgent.code]).toEqual([1, 1])
    } finally {
      await folder.remove()
    }
  })

  it('is asked all the time', async () => {
    const folder = await AgentFolder.create()
    try {
      let isOver = false
      const ended = endOf(
        ['--eval', 'setTimeout(() => { process.exitCode = 6 }, 5_000)'],
        folder.environment(undefined),
      )
      void ended.then(() => {
        isOver = true
      })
      await expect.poll(async () => (await folder.sockets()).length).toBe(1)
      const [socket] = await folder.sockets()
      const agent = await TargetAgent.find(folder, { port: undefined, startedPid: socket?.pid ?? 0 })
      if (typeof agent === 'string') throw new Error(agent)
      let samples = 0
      while (!isOver) {
        const sample = await agent.sample().catch(() => undefined)
        if (sample === undefined) break
        samples++
      }
      expect(await ended).toEqual({ code: 6, signal: null, output: '' })
      expect(samples).toBeGreaterThan(10)
    } finally {
      await folder.remove()
    }
  })
})

describe('a process in which an agent cannot work goes on without it', () => {
  const source = "process.stdout.write('works')"
  const works = { code: 0, signal: null, output: 'works' }
  const token = '0'.repeat(48)
  const importing = async () => (await anyEnvironment())['NODE_OPTIONS'] ?? ''

  it('when nobody has started it for us', async () => {
    expect(await endOf(['--eval', source], { NODE_OPTIONS: await importing() })).toEqual(works)
  })

  it('when the folder is not there', async () => {
    const env = {
      NODE_OPTIONS: await importing(),
      PERF_KIT_AGENT_FOLDER: '/nowhere/at/all',
      PERF_KIT_AGENT_TOKEN: token,
    }
    expect(await endOf(['--eval', source], env)).toEqual(works)
  })

  it('when the path is too long for a socket', async () => {
    const env = {
      NODE_OPTIONS: await importing(),
      PERF_KIT_AGENT_FOLDER: `/${'x'.repeat(300)}`,
      PERF_KIT_AGENT_TOKEN: token,
    }
    expect(await endOf(['--eval', source], env)).toEqual(works)
  })

  it('when it may not write there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perf-kit-shut-'))
    try {
      await chmod(folder, 0o500)
      const env = { NODE_OPTIONS: await importing(), PERF_KIT_AGENT_FOLDER: folder, PERF_KIT_AGENT_TOKEN: token }
      expect(await endOf(['--eval', source], env)).toEqual(works)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

/** Where Node itself called from differs with `--import`. */
function wordsOf({ output }: Ended): readonly string[] {
  return output.split('\n').filter((line) => !/^ +at |^node:internal/.test(line))
}

async function anyEnvironment(): Promise<Readonly<Record<string, string>>> {
  const folder = await AgentFolder.create()
  await folder.remove()
  return folder.environment(undefined)
}
