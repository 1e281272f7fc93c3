import { spawn, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseRun, type Run } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { MAIN, userEnvironment } from './perf-kit-process.ts'

/** Answers after half a second, so that a rate needs half as many connections as it has requests a second. */
const slow = () =>
  scriptedTarget(async ({ socket }) => {
    await sleep(500)
    socket.write(OK)
  })

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line after some words of a shell, which may narrow what it can have. */
async function limited(project: TemporaryProject, words: readonly string[], args: readonly string[]): Promise<Ended> {
  const [program = '', ...rest] = [...words, process.execPath, MAIN, ...args]
  const child = spawn(program, rest, {
    cwd: project.directory,
    env: { ...userEnvironment(), TMPDIR: project.temporaryFiles },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (more: string) => {
      text[name] += more
    })
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  return { exitCode, ...text }
}

const withFiles = (most: number) => ['/bin/sh', '-c', `ulimit -n ${most}; exec "$0" "$@"`]

function outcomeOf({ metrics }: Run, outcome: string): number {
  return metrics.find(({ name }) => name === `outcome ${outcome}`)?.value ?? 0
}

describe.runIf(process.platform === 'linux')('a load that may not open enough files', () => {
  it('is refused before anything is driven, with what to do', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await slow()
    const args = ['load', target.url, '-c', '300', '-d', '60s', '-q']
    const { exitCode, stdout, stderr } = await limited(project, withFiles(256), args)
    expect(stderr).toMatch(
      /^perf-kit: 300 clients need \d+ open files, sockets among them, and this process may have 256\n {2}→ Raise the limit \(ulimit -n \d+\), or use fewer\.\n$/,
    )
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
    expect(target.connections()).toBe(0)
  })

  it('works with the limit that it is told to raise', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await slow()
    const args = ['load', target.url, '-c', '300', '-d', '1s', '-q', '--json', '--threads', '2']
    const refused = await limited(project, withFiles(256), args)
    const [, most = ''] = /ulimit -n (\d+)/.exec(refused.stderr) ?? []
    const { stdout, stderr } = await limited(project, withFiles(Number(most)), args)
    expect(stderr).toBe('')
    const run = parseRun(stdout, 'stdout')
    expect(outcomeOf(run, 'EMFILE')).toBe(0)
    expect(outcomeOf(run, 'HTTP 200')).toBeGreaterThanOrEqual(300)
  })

  it('is suspect when a rate runs out of them on the way: that is ours', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await slow()
    const args = ['load', target.url, '--rate', '400', '-d', '2s', '-q', '--json']
    const { stdout } = await limited(project, withFiles(128), args)
    const run = parseRun(stdout, 'stdout')
    const failed = outcomeOf(run, 'EMFILE')
    expect(failed).toBeGreaterThan(0)
    // What found no connection was never sent, which may be so much that it is no measurement at all.
    expect(run.validity.state).not.toBe('valid')
    expect(run.validity.reasons).toContainEqual(
      expect.stringContaining(`EMFILE: this machine could not open more connections, ${failed} times`),
    )
  })
})

/** A network of its own, in which there are ten ports to connect from. */
const TEN_PORTS = [
  'unshare',
  '-rn',
  '/bin/sh',
  '-c',
  'echo 40000 40009 >/proc/sys/net/ipv4/ip_local_port_range; ip link set lo up; "$0" server.mjs & while [ ! -e ready ]; do sleep 0.1; done; "$0" "$@"; code=$?; kill $!; exit $code',
]

/** Answers after half a second. */
const SLOW_SERVER = `import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
const server = createServer((request, response) => setTimeout(() => response.end('ok'), 500))
server.listen(8080, '127.0.0.1', () => writeFileSync('ready', ''))
setTimeout(() => process.exit(), 60_000)
`

describe.skipIf(!canHaveOwnNetwork())('a load that has too few ports to connect from', () => {
  it('is refused when there are not as many', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': SLOW_SERVER })
    const args = ['load', 'http://127.0.0.1:8080/', '-c', '11', '-d', '60s', '-q']
    const { exitCode, stdout, stderr } = await limited(project, TEN_PORTS, args)
    expect(stderr).toMatch(/^perf-kit: 11 clients need as many ports to connect from, and this machine has 10\n/)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it('is suspect when a rate runs out of them on the way', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': SLOW_SERVER })
    const args = ['load', 'http://127.0.0.1:8080/', '--rate', '60', '-d', '2s', '-q', '--json']
    const { stdout, stderr } = await limited(project, TEN_PORTS, args)
    expect(stderr).toBe('')
    const run = parseRun(stdout, 'stdout')
    expect(outcomeOf(run, 'EADDRNOTAVAIL')).toBeGreaterThan(0)
    // What found no connection was never sent, which may be so much that it is no measurement at all.
    expect(run.validity.state).not.toBe('valid')
    expect(run.validity.reasons).toContainEqual(expect.stringMatching(/^EADDRNOTAVAIL: .*no port was left/))
  })
})

function canHaveOwnNetwork(): boolean {
  const words = 'echo 40000 40009 >/proc/sys/net/ipv4/ip_local_port_range && ip link set lo up'
  return spawnSync('unshare', ['-rn', '/bin/sh', '-c', words]).status === 0
}
