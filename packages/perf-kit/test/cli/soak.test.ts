import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'
import { ANSWERS, STEADY, sessionsOf, soakProject } from './soak-project.ts'

describe('perf-kit soak', { concurrent: true }, () => {
  it('drives a scenario, and leaves a verdict, a page and the Run beside its record', async () => {
    await using project = await soakProject(ANSWERS)
    const { exitCode, stdout, stderr, shown } = await perfKit(project, ['soak', 'steady', '-d', '2s'])
    // In seconds nobody can tell whether a heap grows, unless it surely does not.
    expect([0, 4], shown).toContain(exitCode)
    expect(stdout).toContain('steady · GET / · 2 clients')
    expect(stdout).toMatch(/whether it leaks is not known|nothing leaks/)
    expect(stderr).toContain('steady: two clients, for 2 s')
    expect(stderr).toMatch(/^steady · [\d.]+ s left · /m)
    const [session = ''] = await sessionsOf(project)
    const page = await project.read(`${session}/steady/report.html`)
    expect(page).toContain('<h2 id="verdict">')
    expect(page.length).toBeLessThan(5e6)
    const run = parseRun(await project.read(`${session}/steady/run.json`), 'run.json')
    expect(run.kind).toBe('soak')
    expect(run.soak?.parts).toMatchObject([{ end: 'complete' }])
    expect(run.metrics.find(({ name }) => name === 'errorRatio')?.value).toBe(0)
    const again = await perfKit(project, ['report', `${session}/steady/run.json`])
    expect(again.stdout).toBe(stdout)
    const { exitCode: nothingLeft, shown: says } = await perfKit(project, ['soak', '--resume'])
    expect(says).toContain('has no soak that did not come to its end')
    expect(nothingLeft).toBe(2)
  })

  it('drives what somebody else has started, and watches the process that is named', async () => {
    await using project = await soakProject(ANSWERS)
    await using target = await scriptedTarget(({ socket }) => void setTimeout(() => socket.write(OK), 2))
    const args = ['soak', '--url', target.url, '--pid', String(process.pid), '-c', '2', '-d', '2s', '--json', '-q']
    const { exitCode, stdout, stderr } = await perfKit(project, args)
    const run = parseRun(stdout, 'stdout')
    expect(run.soak?.parts).toMatchObject([{ end: 'complete', pid: process.pid }])
    expect(run.soak?.verdict.signals.map(({ signal }) => signal)).toContain('rss')
    expect(stderr).toBe('')
    expect([0, 4]).toContain(exitCode)
  })

  it('shows what is known when it is interrupted, and goes on where it stopped, without having kept a secret', async () => {
    await using project = await soakProject(ANSWERS)
    const secret = ['-H', 'authorization: Bearer secret-of-mine']
    const running = new PerfKitProcess(project, ['soak', 'steady', '-d', '4s', ...secret])
    await eventually(
      () => running.stderr,
      (text) => text.includes('steady · '),
    )
    running.pressCtrlC()
    const first = await running.endedSoon()
    expect(first.exitCode, first.shown).toBe(130)
    expect(first.shown).toContain('it was interrupted')
    const [session = '', ...others] = await sessionsOf(project)
    expect(first.stderr).toContain(`go on with it: perf-kit soak --resume ${session} (and --header as before)`)
    const files = ['session.json', 'steady/soak.json', 'steady/minutes.jsonl', 'steady/run.json']
    for (const file of files) expect(await project.read(`${session}/${file}`)).not.toContain('secret-of-mine')
    await project.expectNothingLeft()
    const refused = await perfKit(project, ['soak', '--resume'])
    expect(refused.shown).toContain('was begun with --header, which is not kept')
    expect(refused.exitCode).toBe(2)
    const { exitCode, shown } = await perfKit(project, ['soak', '--resume', '-q', ...secret])
    expect([0, 4], shown).toContain(exitCode)
    expect(others).toEqual([])
    const run = parseRun(await project.read(`${session}/steady/run.json`), 'run.json')
    expect(run.soak?.parts.map(({ end }) => end)).toEqual(['interrupted', 'complete'])
    expect(run.soak?.gaps.map(({ kind }) => kind)).toContain('killed')
  })

  it.each([
    [['--hours', '0'], 'Write a number above 0 without a unit, such as 8 or 0.5.'],
    [['--hours', '-1'], 'Write a number above 0 without a unit'],
    [['--hours', '8h'], 'Write a number above 0 without a unit'],
    [['--hours', '1', '--minutes', '5'], 'cannot be used with'],
    [['--hours', '100000'], 'no time for a soak'],
    [['staedy'], 'there is no scenario "staedy" — did you mean "steady"?'],
    [['steady', '--url', 'http://127.0.0.1:9/'], 'Leave one of them out'],
    [['--pid', '1'], 'Give --url with it'],
    [['steady', '--rate', '5'], 'scenarios have their own'],
    [['steady', '--resume'], 'goes on as it was begun'],
    [['--resume', 'nowhere'], 'is no folder of a soak'],
    [['--resume', '--rate', '500'], 'drives as before'],
    [['--resume', '--budget', 'p99=1s'], 'is judged as before'],
    [['--url', 'http://127.0.0.1:9/', '--restart'], 'nobody here has started that of --url'],
    [['--url', 'http://127.0.0.1:9/', '--snapshot-at-limit', 'kept'], '--heapsnapshot-near-heap-limit=1'],
  ])('says what is wrong with %j, and begins nothing', async (args, says) => {
    await using project = await soakProject(ANSWERS)
    const { exitCode, shown, stdout } = await perfKit(project, ['soak', ...args])
    expect(shown).toContain(says)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(await sessionsOf(project)).toEqual([])
  })

  it.each([
    ['has two levels', `export default { about: 'a', clients: 5, rate: 5 }`, 'a scenario has one level'],
    ['has a key that there is not', `export default { about: 'a', clients: 5, cleints: 5 }`, 'cleints'],
    ['exports nothing', 'export const scenario = 1', 'has no default export'],
    ['throws', `throw new Error('no such thing')`, 'no such thing'],
  ])('says what is wrong with a scenario that %s', async (_, text, says) => {
    await using project = await soakProject(ANSWERS, { 'soak/bad.soak.ts': text })
    const { exitCode, shown } = await perfKit(project, ['soak', 'bad', '-d', '2s'])
    expect(shown).toContain(says)
    expect(exitCode).toBe(2)
    expect(await sessionsOf(project)).toEqual([])
  })
})

it('has a scenario of its own order where there is time for one only', async () => {
  await using project = await soakProject(ANSWERS, {
    'soak/a.soak.ts': STEADY,
    'soak/first.soak.ts': `export default {
      about: 'the first',
      order: 1,
      cycle: [{ rate: 20, for: '700ms' }, { rate: 0, for: '300ms' }],
    }`,
  })
  const { stderr, stdout } = await perfKit(project, ['soak', '-d', '2s'])
  expect(stdout).toContain('first · GET / · 20 → 0 → 20 → 0/s, constant')
  expect(stderr).toContain('there is no time for a, steady')
})
