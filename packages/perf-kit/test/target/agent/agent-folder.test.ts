import { readdir, stat } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TemporaryProject } from '../../bench/temporary-project.ts'
import { agentOf, script, startWithAgent } from './agent-target.ts'

let project: TemporaryProject

beforeEach(async () => {
  project = await TemporaryProject.create({})
  vi.stubEnv('TMPDIR', project.temporaryFiles)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  // Fails when anything was left.
  await project[Symbol.asyncDispose]()
})

const left = (): Promise<string[]> => readdir(project.temporaryFiles)

describe('the folder of a target’s sockets', () => {
  it('is its user’s alone, and has gone when the target was stopped', async () => {
    const target = await startWithAgent()
    const [folder = ''] = await left()
    const { mode } = await stat(`${project.temporaryFiles}/${folder}`)
    expect(mode & 0o777).toBe(0o700)
    expect(await readdir(`${project.temporaryFiles}/${folder}`)).toEqual([
      expect.stringMatching(new RegExp(`^${target.pid}-\\w+\\.sock$`)),
    ])
    await target.stop()
    expect(await left()).toEqual([])
  })

  it('has gone when the target was killed, and its agent says that it has', async () => {
    const target = await startWithAgent()
    const agent = agentOf(target)
    await agent.sample()
    process.kill(target.pid, 'SIGKILL')
    await target.exit
    await expect(agent.sample()).rejects.toMatchObject({ code: 'AGENT_FAILED' })
    await expect(agent.handles()).rejects.toMatchObject({ code: 'AGENT_FAILED' })
    await target.stop()
    expect(await left()).toEqual([])
  })

  it('answers nothing more when the target is killed while it is asked', async () => {
    await using target = await startWithAgent({
      command: script(`require('node:http').createServer(() => { for (;;); }).listen(0, '127.0.0.1', function () {
        console.log('listening on http://127.0.0.1:' + this.address().port + '/') })`),
    })
    const agent = agentOf(target)
    const never = fetch(target.url ?? '').catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const asked = agent.sample()
    setTimeout(() => process.kill(target.pid, 'SIGKILL'), 200)
    await expect(asked).rejects.toMatchObject({ code: 'AGENT_FAILED' })
    await never
  })

  it.each([
    ['does not start', { command: ['no-such-program-here'] }],
    ['ends at once', { command: script('process.exit(3)') }],
    ['is not ready in time', { command: script('setInterval(() => {}, 1000)'), readyTimeoutNs: 500e6 }],
  ])('has gone when the target %s', async (_title, options) => {
    await expect(startWithAgent(options)).rejects.toMatchObject({ code: 'TARGET_NOT_STARTED' })
    expect(await left()).toEqual([])
  })

  it('holds one socket a process, however many threads that has', async () => {
    // Only workers that run a file import what the option says.
    await project.write({
      'worker.cjs': "require('node:worker_threads').parentPort.postMessage('runs'); setInterval(() => {}, 1000)",
    })
    const source = `const { Worker } = require('node:worker_threads'); let ready = 0
      const tell = () => ++ready === 2 && require('node:http').createServer().listen(0, '127.0.0.1', () => console.log('listening on somewhere'))
      for (let turn = 0; turn < 2; turn++) new Worker(${JSON.stringify(project.path('worker.cjs'))}).on('message', tell)`
    await using target = await startWithAgent({ command: script(source) })
    const [folder = ''] = await left()
    expect(await readdir(`${project.temporaryFiles}/${folder}`)).toHaveLength(1)
    expect(agentOf(target).process.pid).toBe(target.pid)
  })

  it('may be removed by the target', async () => {
    await using target = await startWithAgent({
      command: script(`require('node:fs').rmSync(process.env.PERF_KIT_AGENT_FOLDER, { recursive: true })
        require('node:http').createServer().listen(0, '127.0.0.1', () => console.log('listening on somewhere'))`),
    })
    expect(target.withoutAgent).toBe('none of its processes is a Node that takes --import from NODE_OPTIONS')
  })

  it('holds sockets of processes that have ended, which nobody asks', async () => {
    const source = `const { spawnSync } = require('node:child_process')
      for (let turn = 0; turn < 5; turn++) spawnSync(${JSON.stringify(process.execPath)}, ['--eval', ''])
      require('node:http').createServer().listen(0, '127.0.0.1', function () { console.log('listening on http://127.0.0.1:' + this.address().port + '/') })`
    await using target = await startWithAgent({ command: script(source) })
    expect(agentOf(target).process.pid).toBe(target.pid)
  })
})
