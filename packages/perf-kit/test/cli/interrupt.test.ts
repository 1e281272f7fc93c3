import { describe, expect, it } from 'vitest'
import { eventually } from '../bench/eventually.ts'
import { processesOf, type RunningProcess } from '../bench/running-processes.ts'
import { shortConfig, TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

/** Enough that nobody waits for its end. */
const ENDLESS = { forks: 500, forkTimeout: '600s' }

/** A benchmark that hangs once so many processes have measured it, on whatever side: each leaves its mark in the project. */
const hangsAfter = (forks: number) => `
  import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
  const project = process.env.TMPDIR + '/../project/'
  const setup = async () => {
    if (!process.argv[2].includes('"mode":"measure"')) return
    appendFileSync(project + 'forks', '.')
    if (readFileSync(project + 'forks', 'utf8').length <= ${forks}) return
    writeFileSync(project + 'hangs', '')
    await new Promise(() => setInterval(() => undefined, 1000))
  }
  export default { name: 'hangs', setup, fn: (_, iteration) => Math.sqrt(iteration) }
`

/** Two null pairs, and a pair that a busy machine lets us measure more than once: then there is at least one result. */
const FORKS_OF_ONE_PAIR = 2 * 2 + 4 * 2

async function appears(project: TemporaryProject, name: string): Promise<void> {
  const text = await eventually(
    () => project.read(name).catch(() => undefined),
    (read) => read !== undefined,
  )
  expect(text, `${name} has not appeared`).toBeDefined()
}

/** Waits until a process of the project runs that looks like this. */
async function running(project: TemporaryProject, looks: (running: RunningProcess) => boolean): Promise<number> {
  const found = await eventually(
    async () => (await processesOf(project.home)).filter(looks),
    (some) => some.length > 0,
  )
  const [first] = found
  if (first === undefined) throw new Error('no such process is running')
  return first.pid
}

const isSleeping = ({ commandLine }: RunningProcess) => commandLine.startsWith('sleep\0')

describe('Ctrl-C', () => {
  it('while the machine is looked at is an interruption like others', async () => {
    await using project = await TemporaryProject.create({})
    const perfKitProcess = new PerfKitProcess(project, ['check'])
    // For a second, before it starts its first process.
    await eventually(
      () => perfKitProcess.stderr,
      (text) => text.includes('watching'),
    )
    perfKitProcess.pressCtrlC()
    const { exitCode, shown } = await perfKitProcess.endedSoon()
    expect(shown).toContain('perf-kit: interrupted before anything was measured')
    expect(shown).not.toContain('bug')
    expect(exitCode).toBe(130)
  })
})

/** Most of their time is waiting for processes of their own. */
describe('Ctrl-C while something is under way', { concurrent: true }, () => {
  it('during forks shows what is known, and leaves no process', async () => {
    await using project = await TemporaryProject.create({
      'perf-kit.config.ts': shortConfig(ENDLESS),
      'benches/a.bench.ts': WORKING_BENCH,
      'benches/b/hangs.bench.ts': hangsAfter(1),
    })
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--quiet'])
    await appears(project, 'hangs')
    perfKitProcess.pressCtrlC()
    const { exitCode, stderr, shown } = await perfKitProcess.endedSoon()
    expect(stderr).toBe('interrupted: ending processes, and showing what is known\n')
    expect(shown).toMatch(/ works [\d.]+ [nµm]?s /)
    expect(shown).toMatch(/ hangs [\d.]+ [nµm]?s /)
    expect(shown).toContain('the Run of b is suspect: interrupted before all forks had run')
    expect(exitCode).toBe(130)
    await project.expectNothingLeft()
  })

  it('during pairs shows what is known, and leaves no process and no checkout', async () => {
    await using project = await TemporaryProject.createRepository({
      'perf-kit.config.ts': shortConfig(ENDLESS),
      'benches/b/hangs.bench.ts': hangsAfter(FORKS_OF_ONE_PAIR),
    })
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--against', 'main', '--quiet'])
    await appears(project, 'hangs')
    expect(await project.worktrees()).toHaveLength(3)
    perfKitProcess.pressCtrlC()
    const { exitCode, stderr, shown } = await perfKitProcess.endedSoon()
    expect(stderr).toBe('interrupted: ending processes, and showing what is known\n')
    expect(shown).toMatch(/ hangs [\d.]+ [nµm]?s /)
    expect(shown).toContain('the Run of b is suspect: interrupted before the evidence was complete')
    expect(exitCode).toBe(130)
    await project.expectNothingLeft()
  })

  it('during the installation of a checkout ends it with all that it started', async () => {
    await using project = await TemporaryProject.createRepository({
      'perf-kit.config.ts': shortConfig({ prepare: [['sh', '-c', 'sleep 600; true']] }),
      'benches/works.bench.ts': WORKING_BENCH,
    })
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--against', 'main'])
    await running(project, isSleeping)
    perfKitProcess.pressCtrlC()
    const { exitCode, stdout, stderr } = await perfKitProcess.endedSoon()
    expect(stderr).toContain('installing this side …')
    expect(stderr).toMatch(/interrupted: ending .+\nperf-kit: interrupted before anything was measured\n$/)
    expect(stdout).toBe('')
    expect(exitCode).toBe(130)
    await project.expectNothingLeft()
  })

  it('during a checkout is no failure of git', async () => {
    await using project = await TemporaryProject.createRepository({ 'benches/works.bench.ts': WORKING_BENCH })
    await project.git('config', 'filter.slow.smudge', 'sleep 600')
    await project.write({ '.gitattributes': '*.bench.ts filter=slow\n' })
    await project.commit('Take long to check out')
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--against', 'main', '--quiet'])
    await running(project, isSleeping)
    perfKitProcess.pressCtrlC()
    const { exitCode, stderr } = await perfKitProcess.endedSoon()
    expect(stderr).toMatch(/^interrupted: ending .+\nperf-kit: interrupted before anything was measured\n$/)
    expect(exitCode).toBe(130)
    await project.expectNothingLeft()
  })
})

describe('a signal that reaches perf-kit alone', { concurrent: true }, () => {
  it('during a checkout keeps it from being installed', async () => {
    await using project = await TemporaryProject.createRepository({
      'perf-kit.config.ts': shortConfig({ prepare: [['sh', '-c', 'touch ../../../project/installed; sleep 600']] }),
      'benches/works.bench.ts': WORKING_BENCH,
    })
    // The last of the three checkouts waits for the test: whatever asks about the signal before has asked by then.
    await project.git(
      'config',
      'filter.slow.smudge',
      `sh -c 'case "$PWD" in *side-2) touch ${project.path('waiting')}; sleep 2;; esac; cat'`,
    )
    await project.write({ '.gitattributes': '*.bench.ts filter=slow\n' })
    await project.commit('Take long to check out')
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--against', 'main', '--quiet'])
    await appears(project, 'waiting')
    perfKitProcess.child.kill('SIGTERM')
    const { exitCode } = await perfKitProcess.endedSoon()
    expect(exitCode).toBe(130)
    await expect(project.read('installed')).rejects.toThrow('ENOENT')
    await project.expectNothingLeft()
  })
})

/** A `git` that never comes back from removing a checkout. */
const SLOW_GIT = `#!/bin/sh
case "$*" in *"worktree remove"*) exec sleep 600;; esac
PATH="\${PATH#*:}" exec git "$@"
`

describe('a second Ctrl-C', { concurrent: true }, () => {
  it('ends the command at once, and the next run removes what it had to leave', async () => {
    await using project = await TemporaryProject.createRepository({
      'perf-kit.config.ts': shortConfig({ prepare: [['sleep', '601']] }),
      'benches/works.bench.ts': WORKING_BENCH,
      'slow/git': SLOW_GIT,
    })
    await project.makeExecutable('slow/git')
    const PATH = `${project.path('slow')}:${process.env['PATH']}`
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--against', 'main', '--quiet'], { env: { PATH } })
    await running(project, ({ commandLine }) => commandLine === 'sleep\u0000601\0')
    perfKitProcess.child.kill('SIGINT')
    await running(project, ({ commandLine }) => commandLine === 'sleep\u0000600\0')
    perfKitProcess.pressCtrlC()
    expect(await perfKitProcess.endedSoon()).toMatchObject({ exitCode: null, signal: 'SIGINT' })
    expect(await processesOf(project.home)).toEqual([])
    expect(await project.worktrees()).toHaveLength(3)

    await project.write({ 'perf-kit.config.ts': shortConfig() })
    await perfKit(project, ['bench', '--against', 'main', '--quiet', '--time-budget', '1ms'])
    await project.expectNothingLeft()
  })
})

describe('a perf-kit that is killed', { concurrent: true }, () => {
  it('leaves no fork, and the next run removes its checkouts', async () => {
    await using project = await TemporaryProject.createRepository({
      'perf-kit.config.ts': shortConfig(ENDLESS),
      'benches/b/hangs.bench.ts': hangsAfter(0),
    })
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--against', 'main', '--quiet'])
    await appears(project, 'hangs')
    perfKitProcess.child.kill('SIGKILL')
    await perfKitProcess.endedSoon()
    const left = await eventually(
      () => processesOf(project.home),
      (some) => some.length === 0,
    )
    expect(left).toEqual([])
    expect(await project.worktrees()).toHaveLength(3)

    await perfKit(project, ['bench', '--against', 'main', '--quiet', '--time-budget', '1ms'])
    await project.expectNothingLeft()
  })
})
