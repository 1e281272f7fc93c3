import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadHistograms, parseRun } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { MAIN, PerfKitProcess, perfKit, userEnvironment } from './perf-kit-process.ts'

const answering = () => scriptedTarget(({ socket }) => void setTimeout(() => socket.write(OK), 2))

interface Line {
  readonly v: number
  readonly type: 'begin' | 'second' | 'end'
  readonly second: number
  readonly finished: number
  readonly distributions: Readonly<Record<string, string>>
}

/** All lines, each of which has an end and is JSON. */
function linesOf(text: string): Line[] {
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

/** By type; values are left out in them, so that they are no JSON. */
async function documentedLines(): Promise<ReadonlyMap<string, string>> {
  const page = await readFile(resolve(import.meta.dirname, '../../../../docs/load.md'), 'utf8')
  const found = page.matchAll(/^\{"v":1,"type":"(\w+)".+\}$/gm)
  return new Map([...found].map(([line, type = '']) => [type, line]))
}

const isSecond = ({ type }: Line): boolean => type === 'second'
const secondsIn = async (path: string): Promise<number> =>
  (await readFile(path, 'utf8').catch(() => '')).split('"type":"second"').length - 1

describe('perf-kit load --stream', { concurrent: true }, () => {
  it('takes a number for a slip of the hand, which meant --streams', async () => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['load', 'http://127.0.0.1:1/', '--http2', '--stream', '25'])
    expect(exitCode).toBe(2)
    expect(shown).toContain('Write --streams 25 for clients that share a connection, or --stream ./25 for a file.')
  })

  it('writes a line of what is driven, one a second, and one of how it ended', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['load', target.url, '-c', '2', '-d', '2500ms', '-q', '--json', '--stream', 'seconds.jsonl']
    const { exitCode, stdout, shown } = await perfKit(project, args)
    expect(exitCode, shown).toBe(0)
    const run = parseRun(stdout, 'stdout')
    const lines = linesOf(await project.read('seconds.jsonl'))
    expect(lines[0]).toMatchObject({
      v: 1,
      type: 'begin',
      subject: 'GET / · 2 clients',
      threads: 1,
      warmupNs: 0,
      plannedNs: 2.5e9,
      environment: { id: run.environment.id },
      harness: run.harness,
    })
    expect(lines.at(-1)).toEqual({ v: 1, type: 'end', isComplete: true })
    const seconds = lines.slice(1, -1)
    expect(seconds.every(isSecond)).toBe(true)
    expect(seconds.map(({ second }) => second)).toEqual(seconds.map((_, index) => index))
    const errors = run.metrics.find(({ name }) => name === 'errorRatio')?.evidence
    expect(errors).toMatchObject({ whole: seconds.reduce((sum, { finished }) => sum + finished, 0) })
    const documented = await documentedLines()
    for (const line of lines) {
      for (const field of Object.keys(line)) expect(documented.get(line.type)).toContain(`"${field}":`)
    }
  })

  it('leaves whole lines of all seconds until it is killed', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const args = ['load', target.url, '-c', '20', '-d', '600s', '-q', '--threads', '2', '--stream', 'seconds.jsonl']
    const running = new PerfKitProcess(project, args)
    await eventually(
      async () => await secondsIn(project.path('seconds.jsonl')),
      (count) => count >= 3,
    )
    process.kill(-running.pid, 'SIGKILL')
    expect(await running.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
    const [begin, ...seconds] = linesOf(await project.read('seconds.jsonl'))
    expect(begin?.type).toBe('begin')
    expect(seconds.length).toBeGreaterThanOrEqual(3)
    expect(seconds.every(isSecond)).toBe(true)
    expect(seconds.map(({ second }) => second)).toEqual(seconds.map((_, index) => index))
    for (const { finished, distributions } of seconds) {
      expect(finished).toBeGreaterThan(0)
      const { responseTime = '' } = distributions
      expect(loadHistograms().decodeFromCompressedBase64(responseTime).totalCount).toBe(finished)
    }
  })

  it('says in the file that the load was interrupted', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    const running = new PerfKitProcess(project, ['load', target.url, '-d', '600s', '--stream', 'seconds.jsonl'])
    await eventually(
      async () => await secondsIn(project.path('seconds.jsonl')),
      (count) => count >= 1,
    )
    running.pressCtrlC()
    expect((await running.endedSoon()).exitCode).toBe(130)
    expect(linesOf(await project.read('seconds.jsonl')).at(-1)).toEqual({ v: 1, type: 'end', isComplete: false })
  })

  it('goes on when nobody reads a pipe any more, and says so at once and in the Run', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    execFileSync('mkfifo', [project.path('pipe')])
    const args = ['load', target.url, '-c', '2', '-d', '4s', '-q', '--json', '--stream', 'pipe']
    const running = new PerfKitProcess(project, args)
    const reader = await open(project.path('pipe'), 'r')
    const { buffer, bytesRead } = await reader.read()
    expect(JSON.parse(buffer.subarray(0, bytesRead).toString('utf8'))).toMatchObject({ type: 'begin' })
    await reader.close()
    const { exitCode, stdout, stderr } = await running.ended
    expect(stderr).toMatch(/^pipe cannot be written: .*EPIPE.*; the load goes on, and its seconds are kept no more\n$/)
    const { warnings, validity } = parseRun(stdout, 'stdout')
    expect(warnings.map(({ code }) => code)).toContain('STREAM_LOST')
    expect(validity.state).not.toBe('invalid')
    expect(exitCode).toBe(0)
  })

  it.each([
    ['a file that holds something', 'package.json', 'package.json holds something already', 2],
    ['a folder that is missing', 'none/seconds.jsonl', 'none/seconds.jsonl cannot be opened: ENOENT', 2],
    ['a folder itself', 'folder', 'folder cannot be opened: EISDIR', 2],
    ['a disk without room', '/dev/full', '/dev/full cannot be written: ENOSPC', 3],
  ])('drives nothing and says why: %s', async (_title, path, says, code) => {
    await using project = await TemporaryProject.create({})
    await using target = await answering()
    await mkdir(project.path('folder'))
    const before = await project.read('package.json')
    const { exitCode, stdout, shown } = await perfKit(project, ['load', target.url, '-d', '60s', '--stream', path])
    expect(shown).toContain(`perf-kit: ${says}`)
    expect(shown).not.toContain('the load goes on')
    expect(stdout).toBe('')
    expect(exitCode).toBe(code)
    expect(target.connections()).toBe(0)
    expect(await project.read('package.json')).toBe(before)
  })

  it('is for our own engine', async () => {
    await using project = await TemporaryProject.create({})
    const args = ['load', 'http://127.0.0.1:9/', '--engine', 'autocannon', '--stream', 'seconds.jsonl']
    const { exitCode, shown } = await perfKit(project, args)
    expect(shown).toContain('the engine autocannon cannot do a stream of seconds (--stream)')
    expect(exitCode).toBe(2)
    await expect(project.read('seconds.jsonl')).rejects.toThrow('ENOENT')
  })
})

/** Streams to a disk that has room for some seconds only, and shows what is left there. */
const ON_SMALL_DISK = `
  mkdir small && mount -t tmpfs -o size=16k tmpfs small || exit 99
  "$0" "$@" --stream small/seconds.jsonl >out 2>err; echo "exit code $?"
  cat small/seconds.jsonl
`

it.skipIf(!canMountTmpfs())('leaves whole lines on a disk that has filled up, and goes on', async () => {
  await using project = await TemporaryProject.create({})
  // Times all over the place take room.
  await using target = await scriptedTarget(({ socket, number }) => {
    setTimeout(() => socket.write(OK), (number * 7919) % 300)
  })
  const words = [process.execPath, MAIN, 'load', target.url, '-c', '200', '-d', '5s', '-q', '--threads', '2']
  const running = new Promise<string>((onEnd, onError) => {
    const child = spawnShell(words, project)
    let stdout = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8')
    })
    child.once('error', onError).once('close', () => onEnd(stdout))
  })
  const [first = '', ...rest] = (await running).split(/(?<=exit code \d+\n)/)
  expect(first).toBe('exit code 0\n')
  const lines = linesOf(rest.join(''))
  expect(lines[0]?.type).toBe('begin')
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.length).toBeLessThan(9)
  expect(lines.slice(1).every(isSecond)).toBe(true)
  expect(await project.read('err')).toMatch(/seconds\.jsonl cannot be written: .*ENOSPC.*; the load goes on/)
  expect((await project.read('out')).replaceAll(/\s+/g, ' ')).toContain(
    'only up to the time at which that could not be written',
  )
})

function spawnShell(words: readonly string[], project: TemporaryProject): ChildProcess {
  return spawn('unshare', ['-rm', '/bin/sh', '-c', ON_SMALL_DISK, ...words], {
    cwd: project.directory,
    env: { ...userEnvironment(), TMPDIR: project.temporaryFiles },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function canMountTmpfs(): boolean {
  return spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
}
