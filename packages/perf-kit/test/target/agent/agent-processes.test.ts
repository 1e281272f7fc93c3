import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../bench/eventually.ts'
import { processesOf } from '../../bench/running-processes.ts'
import { TemporaryProject } from '../../bench/temporary-project.ts'
import { agentOf, OBEDIENT, script, startWithAgent, tell } from './agent-target.ts'

const NODE = JSON.stringify(process.execPath)
/** Starts a script as a child that inherits its streams, as `npx` and `pnpm start` do, and tells its own number first. */
const wrapping = (source: string, options = '') => `
  require('node:child_process').spawn(${NODE}, ['--eval', ${JSON.stringify(source)}], { stdio: 'inherit', ${options} })`

const pidOf = (answer: unknown): number => Number(answer)
const TELLS_PID = OBEDIENT.replace("'/cpu':", "'/pid': () => process.pid, '/cpu':")

describe('the agent that is asked is in the process that is driven', { concurrent: true }, () => {
  it.each([
    ['the process that was started', script(TELLS_PID)],
    ['a child of a Node', script(wrapping(TELLS_PID))],
    ['a grandchild', script(wrapping(wrapping(TELLS_PID)))],
    ['a child of a shell', ['sh', '-c', `${NODE} --eval '${TELLS_PID.replaceAll("'", `'"'"'`)}'; true`]],
    [
      'a child of a Node that stands still until it ends',
      script(
        `require('node:child_process').spawnSync(${NODE}, ['--eval', ${JSON.stringify(TELLS_PID)}], { stdio: 'inherit' })`,
      ),
    ],
    [
      'the parent of children that listen elsewhere',
      script(
        `${wrapping("require('node:net').createServer().listen(0, '127.0.0.1')").repeat(2)}; setTimeout(() => { ${TELLS_PID} }, 500)`,
      ),
    ],
    [
      'one with worker threads, which listen on other ports',
      script(
        `new (require('node:worker_threads').Worker)("require('node:net').createServer().listen(0, '127.0.0.1')", { eval: true }); ${TELLS_PID}`,
      ),
    ],
  ])('%s', async (_title, command) => {
    await using target = await startWithAgent({ command })
    const agent = agentOf(target)
    expect(agent.process.pid).toBe(pidOf(await tell(target, '/pid')))
    expect(agent.others).toBe(0)
    expect((await agent.sample()).memory.rssBytes).toBeGreaterThan(0)
  })

  it('a worker of a cluster, and says how many others there are', async () => {
    const source = `const cluster = require('node:cluster')
      if (cluster.isPrimary) { cluster.fork(); cluster.fork(); cluster.fork(); let ready = 0
        cluster.on('listening', (worker, { port }) => { if (++ready === 3) console.log('listening on http://127.0.0.1:' + port + '/') })
      } else { require('node:http').createServer((request, response) => response.end(String(process.pid))).listen(0, '127.0.0.1') }`
    await using project = await TemporaryProject.create({ 'cluster.cjs': source })
    const target = await startWithAgent({ command: [process.execPath, project.path('cluster.cjs')] })
    const agent = agentOf(target)
    expect(agent.process.parentPid).toBe(target.pid)
    expect(agent.process.script).toBe('cluster.cjs')
    // Its primary hands connections on, and does not count.
    expect(agent.others).toBe(2)
    await target.stop()
    expect(
      await eventually(
        () => processesOf(project.home),
        ({ length }) => length === 0,
      ),
    ).toEqual([])
  })

  it('none, when nobody listens on the port that is named', async () => {
    const source = `const two = [0, 1].map(() => require('node:net').createServer().listen(0, '127.0.0.1'))
      setTimeout(() => console.log('listening on ' + two.map((server) => server.address().port)), 300)`
    await using target = await startWithAgent({ command: script(source), agent: { port: 1 } })
    expect(target.agent).toBeUndefined()
    expect(target.withoutAgent).toMatch(/^none of its processes that have one \(\d+\) listens on port 1$/)
  })
})

describe('without an agent the target works as before, and it is said why there is none', () => {
  it.each([
    [
      'a target that clears the environment of its child',
      script(wrapping(OBEDIENT, 'env: {}')),
      /^none of its processes that have one \(\d+\) listens on port \d+$/,
    ],
    [
      'one whose environment is cleared',
      ['env', '-i', ...script(OBEDIENT)],
      /^none of its processes is a Node that takes --import from NODE_OPTIONS$/,
    ],
    [
      'one that may not read the agent, nor listen on sockets',
      [process.execPath, '--permission', ...script(OBEDIENT).slice(1)],
      /^it does not start with one$/,
    ],
  ])('%s', async (_title, command, reason) => {
    await using target = await startWithAgent({ command })
    expect(target.agent).toBeUndefined()
    expect(target.withoutAgent).toMatch(reason)
    expect(await tell(target, '/')).toBe('hello')
  })

  it('one whose Node does not know the option, and does not start with it', async () => {
    // What Node 16 says and does.
    await using project = await TemporaryProject.create({
      'old-node': `#!/bin/sh\ncase "$NODE_OPTIONS" in *--import*) echo "$0: --import= is not allowed in NODE_OPTIONS" >&2; exit 9;; esac\nexec "$@"\n`,
    })
    await project.makeExecutable('old-node')
    await using target = await startWithAgent({ command: [project.path('old-node'), ...script(OBEDIENT)] })
    expect(target.withoutAgent).toBe('it does not start with one')
    expect(await tell(target, '/')).toBe('hello')
  })

  it('one for whose socket there is no place', async () => {
    vi.stubEnv('TMPDIR', '/nowhere')
    try {
      await using target = await startWithAgent()
      expect(target.withoutAgent).toBe('no folder could be made for its socket')
      expect(await tell(target, '/')).toBe('hello')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('one that is not wished', async () => {
    const source = OBEDIENT.replace("'/cpu':", "'/environment': () => Object.keys(process.env), '/cpu':")
    await using target = await startWithAgent({ command: script(source), agent: false })
    expect(target.agent).toBeUndefined()
    expect(target.withoutAgent).toBeUndefined()
    expect(await tell(target, '/environment')).not.toContain('PERF_KIT_AGENT_TOKEN')
  })
})

describe('options that the user has for Node', () => {
  it('are kept', async () => {
    const source = `${OBEDIENT.replace("'/cpu':", "'/heap': () => require('node:v8').getHeapStatistics().heap_size_limit, '/cpu':")}`
    await using plain = await startWithAgent({ command: script(source) })
    await using small = await startWithAgent({
      command: script(source),
      env: { NODE_OPTIONS: '--max-old-space-size=64 --title="a title"' },
    })
    agentOf(small)
    expect(Number(await tell(small, '/heap'))).toBeLessThan(Number(await tell(plain, '/heap')) / 2)
  })
})

it('sockets lie where a path is not too long, even if temporary files do not', async () => {
  await using project = await TemporaryProject.create({ [`${'long/'.repeat(20)}file`]: '' })
  vi.stubEnv('TMPDIR', project.path('long/'.repeat(20)))
  try {
    await using target = await startWithAgent()
    expect((await agentOf(target).sample()).memory.rssBytes).toBeGreaterThan(0)
  } finally {
    vi.unstubAllEnvs()
  }
})
