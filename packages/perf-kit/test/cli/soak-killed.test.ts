import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readMinutes } from '../../src/soak/record-reader.ts'
import { eventually } from '../bench/eventually.ts'
import { processesOf } from '../bench/running-processes.ts'
import type { TemporaryProject } from '../bench/temporary-project.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'
import { sessionsOf, soakProject } from './soak-project.ts'

/** As many as the promise is about take a quarter of an hour. */
const KILLS = (process.env['PERF_PROFILE'] ?? 'smoke') === 'smoke' ? 2 : 100
const LATEST_KILL_MS = 3_000
const PATIENCE_MS = 60_000 + 15_000 * KILLS

/** Tells where it listens, of each that is started. */
const SERVER = `import { createServer } from 'node:http'
import { appendFileSync } from 'node:fs'
const server = createServer((request, response) => response.end('hello'))
server.listen(0, '127.0.0.1', () => {
  appendFileSync('ports', server.address().port + '\\n')
  console.log('listening on http://127.0.0.1:' + server.address().port + '/')
})
`

/** Whole lines of seconds that the journal under way has, however torn its end is. */
async function secondsOf(folder: string): Promise<number[]> {
  const seconds: number[] = []
  for await (const minute of readMinutes(folder)) seconds.push(...minute.seconds.at)
  return seconds
}

async function answersOn(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  return await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy())
}

/** Nothing of a soak that was killed is left: its target, its port, its folders. */
async function expectNothingLeft(project: TemporaryProject): Promise<void> {
  const left = await eventually(
    async () => await processesOf(project.home),
    (processes) => processes.length === 0,
  )
  expect(left).toEqual([])
  const files = await eventually(
    async () => await readdir(project.temporaryFiles),
    (names) => names.length === 0,
  )
  expect(files).toEqual([])
  // Of the last one: others of this machine may have taken those before. A process that has gone from the system's list closes its sockets a moment later.
  const ports = (await project.read('ports').catch(() => '')).split('\n').filter((line) => line !== '')
  const last = Number(ports.at(-1) ?? 0)
  const isOpen = await eventually(
    async () => last > 0 && (await answersOn(last)),
    (answers) => !answers,
  )
  expect(isOpen, `port ${last}`).toBe(false)
}

async function gapsOf(folder: string): Promise<ReadonlySet<number>> {
  const places = new Set<number>()
  for await (const { events } of readMinutes(folder)) {
    for (const event of events) {
      if (event.type !== 'gap') continue
      for (let at = event.at; at <= event.at + event.drawnSec; at++) places.add(at)
    }
  }
  return places
}

/** Where one second follows the other without a gap between them, it is the next one; pieces at the end of a part aside. */
function expectNoHoles(seconds: readonly number[], gaps: ReadonlySet<number>): void {
  for (const [index, at] of seconds.entries()) {
    const next = seconds[index + 1]
    if (next === undefined || next === at + 1) continue
    expect(gaps.has(at + 1) || gaps.has(next - 1), `between ${at} and ${next}`).toBe(true)
  }
}

describe('a soak that is killed, or stopped', { concurrent: true }, () => {
  it(`loses no second but the last when it is killed at any moment, and goes on with the rest (${KILLS} times)`, {
    timeout: PATIENCE_MS,
  }, async () => {
    await using project = await soakProject(SERVER)
    const args = ['soak', 'steady', '-d', `${20 * KILLS}s`]
    let known: number[] = []
    let session = ''
    for (let kill = 0; kill < KILLS; kill++) {
      const running = new PerfKitProcess(project, session === '' ? args : ['soak', '--resume', session])
      // At a random moment, also before there is anything; the wish is for the moment, and not for a time.
      await sleep(Math.random() * LATEST_KILL_MS)
      const before = session === '' ? [] : await secondsOf(join(project.directory, session, 'steady')).catch(() => [])
      process.kill(-running.pid, 'SIGKILL')
      expect((await running.ended).signal).toBe('SIGKILL')
      await expectNothingLeft(project)
      ;[session = ''] = await sessionsOf(project)
      if (session === '') continue
      const folder = join(project.directory, session, 'steady')
      const after = await secondsOf(folder).catch(() => [])
      // All that was on the disk before the kill is there after it, each once, in order.
      expect(after.slice(0, before.length)).toEqual(before)
      expect(after.slice(0, known.length)).toEqual(known)
      expect(after).toEqual([...new Set(after)].toSorted((left, right) => left - right))
      // Killed before there was a record, it has none.
      expectNoHoles(after, await gapsOf(folder).catch(() => new Set<number>()))
      known = after
    }
    const last = new PerfKitProcess(project, session === '' ? args : ['soak', '--resume', session])
    ;[session = ''] = await eventually(
      async () => await sessionsOf(project),
      (sessions) => sessions.length > 0,
    )
    await eventually(
      async () => (await secondsOf(join(project.directory, session, 'steady')).catch(() => [])).length,
      (count) => count > known.length,
    )
    last.pressCtrlC()
    const { exitCode, shown } = await last.endedSoon()
    expect(exitCode, shown).toBe(130)
    const run = JSON.parse(await readFile(join(project.directory, session, 'steady/run.json'), 'utf8'))
    const measured = run.soak.measuredNs / 1e9
    expect(measured).toBeGreaterThan(known.length)
    expect(await sessionsOf(project)).toHaveLength(1)
    await expectNothingLeft(project)
  })

  it('makes a Run of what was left, in which the time without it is blank', async () => {
    await using project = await soakProject(SERVER)
    const running = new PerfKitProcess(project, ['soak', 'steady', '-d', '3s'])
    const session = await eventually(
      async () => (await sessionsOf(project))[0] ?? '',
      (name) => name !== '',
    )
    const folder = join(project.directory, session, 'steady')
    await eventually(
      async () => (await secondsOf(folder).catch(() => [])).length,
      (count) => count >= 2,
    )
    process.kill(-running.pid, 'SIGKILL')
    await running.ended
    await expectNothingLeft(project)
    const { exitCode, shown } = await perfKit(project, ['soak', '--resume', '-q'])
    expect([0, 4], shown).toContain(exitCode)
    const run = JSON.parse(await project.read(`${session}/steady/run.json`))
    expect(run.soak.parts.map(({ end }: { end: string }) => end)).toEqual(['killed', 'complete'])
    expect(run.soak.gaps).toMatchObject([{ kind: 'killed' }])
    const succeeded = run.series.find(({ name }: { name: string }) => name === 'succeeded')
    const [{ fromNs }] = run.soak.gaps
    expect(succeeded.values[fromNs / 1e9]).toBeNull()
    expect(shown).toContain('nothing was measured once')
  })

  it('says that time stood still when it was stopped, and does not count it as a target without answers', async () => {
    await using project = await soakProject(SERVER)
    const running = new PerfKitProcess(project, ['soak', 'steady', '-d', '6s', '-q'])
    const session = await eventually(
      async () => (await sessionsOf(project))[0] ?? '',
      (name) => name !== '',
    )
    const folder = join(project.directory, session, 'steady')
    await eventually(
      async () => (await secondsOf(folder).catch(() => [])).length,
      (count) => count >= 2,
    )
    process.kill(running.pid, 'SIGSTOP')
    await sleep(3_000)
    process.kill(running.pid, 'SIGCONT')
    const { shown } = await running.ended
    const run = JSON.parse(await project.read(`${session}/steady/run.json`))
    const stopped = run.soak.gaps.filter(({ kind }: { kind: string }) => kind === 'stopped')
    expect(stopped.length, shown).toBeGreaterThanOrEqual(1)
    expect(Math.max(...stopped.map(({ lastedNs }: { lastedNs: number }) => lastedNs))).toBeGreaterThan(2e9)
    const succeeded = run.series.find(({ name }: { name: string }) => name === 'succeeded')
    expect(succeeded.values.filter((value: number | null) => value === 0)).toEqual([])
    expect(succeeded.values.filter((value: number | null) => value === null).length).toBeGreaterThanOrEqual(2)
  })
})
