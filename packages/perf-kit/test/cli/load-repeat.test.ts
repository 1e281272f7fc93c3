import { describe, expect, it } from 'vitest'
import { loadReportSchema } from '../../src/report/load-report.ts'
import { parseRun, type Run } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { type Ended, PerfKitProcess, perfKit } from './perf-kit-process.ts'

/** Answers after as long as a file says, notes down each life of it, and in a life that a file names it ends after some requests. */
const SERVER = `import { appendFileSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
const told = (name) => { try { return Number(readFileSync(name, 'utf8')) } catch { return 0 } }
appendFileSync('lives', process.pid + '\\n')
const life = readFileSync('lives', 'utf8').trim().split('\\n').length
const delayMs = told('delay')
let requests = 0
const server = createServer((request, response) => {
  if (++requests === 20 && life === told('ends-in-life')) process.exit(3)
  setTimeout(() => response.end('hello'), delayMs)
})
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`
const CONFIG = `export default {
  load: { target: { command: ['node', 'server.mjs'], ready: { log: /listening on (\\S+)/ } } },
}
`
const FILES = { 'server.mjs': SERVER, 'perf-kit.config.ts': CONFIG, delay: '5' }
const LOAD = ['load', '-c', '2', '-d', '500ms', '-q']
const ACCEPT = ['--accept', '--reason', 'first numbers', '--author', 'Ada']

const livesOf = async (project: TemporaryProject): Promise<string[]> => (await project.read('lives')).trim().split('\n')
const reportOf = ({ stdout }: Ended) => loadReportSchema().parse(JSON.parse(stdout))
const metricOf = ({ metrics }: Run, name: string) => metrics.find((metric) => metric.name === name)

/** Tests run beside others, which may have begun meanwhile: then it is advice, which fails no build, and says why. */
function exitCodeOfRegression(ended: Ended): number {
  const { gating, advisoryReasons } = reportOf(ended).comparison
  if (gating) return 1
  for (const reason of advisoryReasons) expect(reason).toMatch(/^other programs took /)
  return 0
}

/** Where it was stored, below the project's root. */
function storedPath(project: TemporaryProject, { stderr }: Ended): string {
  const path = /into (\S+)$/m.exec(stderr)?.[1] ?? 'nothing was accepted'
  return path.slice(project.directory.length + 1)
}

interface Accepted {
  readonly ended: Ended
  /** what was stored, and where */
  readonly path: string
  readonly text: string
}

let accepting: Promise<Accepted> | undefined

/** A baseline of the load that these tests repeat: accepted once, it is the same in a project of each. */
function acceptedOnce(): Promise<Accepted> {
  accepting ??= accept()
  return accepting
}

async function accept(): Promise<Accepted> {
  await using project = await TemporaryProject.create(FILES)
  const ended = await perfKit(project, [...LOAD, '--repeat', '5', ...ACCEPT])
  const path = storedPath(project, ended)
  return { ended, path, text: await project.read(path) }
}

/** The longest first: so many of them run beside each other at a time, and the last one should not run alone. */
describe('perf-kit latency --repeat', { concurrent: true }, () => {
  it('repeats all levels, and judges each by its own baseline', async () => {
    await using project = await TemporaryProject.create(FILES)
    const latency = ['latency', '--at', '1,3', '-d', '300ms', '--warmup', '100ms', '-q', '--repeat', '5']
    const accepted = await perfKit(project, [...latency, ...ACCEPT])
    expect(accepted.stderr).toMatch(/^accepted 2 subjects of latency into \S+\/latency\.json$/m)
    expect(await livesOf(project)).toHaveLength(5)
    const file = await project.read(storedPath(project, accepted))
    expect(file).toContain('"subject":"GET / · 1 client, 0.3 s after 0.1 s"')
    expect(file).toContain('"subject":"GET / · 3 clients, 0.3 s after 0.1 s"')

    await project.write({ delay: '40' })
    const ended = await perfKit(project, [...latency, '--json'])
    const { verdicts } = reportOf(ended).comparison
    const regressed = verdicts.filter(({ state, metric }) => metric === 'responseTimeP50' && state === 'regressed')
    expect(new Set(regressed.map(({ subject }) => subject)).size).toBe(2)
    expect(ended.exitCode).toBe(exitCodeOfRegression(ended))
  })
})

describe('perf-kit load --repeat', { concurrent: true }, () => {
  it('stores what was accepted, and finds a target that has become slower, in every form', async () => {
    const { ended: accepted, path, text } = await acceptedOnce()
    expect(accepted.stderr).toMatch(/^accepted 1 subjects of load into \S+\/load\.json$/m)
    expect(accepted.exitCode, accepted.shown).toBe(0)
    expect(text).toMatch(/"by":"Ada".*"reason":"first numbers"/)
    expect(text).toContain('"subject":"GET / · 2 clients, 0.5 s"')
    expect(text).not.toContain('hdr-v2')

    await using project = await TemporaryProject.create({ ...FILES, [path]: text, delay: '40' })
    const json = await perfKit(project, [...LOAD, '--repeat', '5', '--json', '--html', 'page.html'])
    const { comparison, overall } = reportOf(json)
    expect(comparison.verdicts.find(({ metric }) => metric === 'responseTimeP50')?.state).toBe('regressed')
    expect(overall).toBe(comparison.gating ? 'regressed' : 'unjudged')
    expect(json.exitCode).toBe(exitCodeOfRegression(json))
    expect(await project.read('page.html')).toMatch(/<td class="bad">✗ regressed \+[\d.]+ %/)
    await project.write({ 'report.json': json.stdout })

    const shown = await perfKit(project, ['report', 'report.json'])
    expect(shown.stdout).toMatch(/^response time p50 +.* ✗ regressed \+[\d.]+ % \(/m)
    expect(shown.stdout).toMatch(/^succeeded +.* ✗ regressed −\d/m)
    expect(shown.stdout).toMatch(/^service time p50 +.* ✗ regressed .*, as advice$/m)
    expect(shown.stdout).toMatch(/^other programs +\d/m)
    expect(shown.shown).toMatch(/1 regressed, against the baseline of \d{4}-\d\d-\d\d/)
    const markdown = await perfKit(project, ['report', 'report.json', '--markdown'])
    expect(markdown.stdout).toMatch(/^\*\*1 regressed, against the baseline of /)
    expect(markdown.stdout).toMatch(/^\| response time p50 \| .* ✗ regressed /m)
    expect(markdown.exitCode).toBe(0)
    expect(reportOf(await perfKit(project, ['report', 'report.json', '--json']))).toEqual(reportOf(json))
  })

  it.skipIf(process.platform !== 'linux')('fails no build beside other programs, and says so', async () => {
    const { path, text } = await acceptedOnce()
    // As if the machine had had nothing else to do then, and less than nothing: now it has more, whatever it does.
    const quiet = /("name":"otherPrograms".*"values":)\[[^\]]+\]/
    expect(text).toMatch(quiet)
    const files = { ...FILES, [path]: text.replace(quiet, '$1[-1,-1,-1,-1,-1]'), delay: '40' }
    await using project = await TemporaryProject.create(files)
    const again = [...LOAD, '--repeat', '5']
    const [ended, strictly] = await Promise.all([
      perfKit(project, [...again, '--html', 'page.html']),
      perfKit(project, [...again, '--strict']),
    ])
    const { exitCode, stdout, shown } = ended
    expect(stdout).toMatch(/^response time p50 +.* ✗ regressed .*, as advice$/m)
    expect(stdout).toMatch(/^other programs +\d/m)
    expect(shown).toMatch(/1 regressed, against the baseline of \d{4}-\d\d-\d\d/)
    expect(await project.read('page.html')).toMatch(/<td class="bad">✗ regressed \+[\d.]+ %/)
    expect(shown).toMatch(/advice only, it fails no build: other programs took \d+ % of the machine/)
    expect(exitCode).toBe(0)
    expect(strictly.exitCode).toBe(4)
  })

  it('shows the repetitions that are whole when it is interrupted, and ends the target', async () => {
    await using project = await TemporaryProject.create(FILES)
    const running = new PerfKitProcess(project, ['load', '-c', '2', '-d', '1s', '--repeat', '50', ...ACCEPT])
    const lives = async () => (await livesOf(project).catch(() => [])).length
    expect(await eventually(lives, (count) => count === 3)).toBe(3)
    running.pressCtrlC()
    const { exitCode, stdout, shown } = await running.endedSoon()
    expect(stdout).toMatch(/^2 repetitions +median/m)
    expect(shown).toContain('it was ended after 2 of 50 repetitions')
    expect(shown).not.toContain('accepted')
    expect(exitCode).toBe(130)
  })

  it('drives each repetition at a process of its own, and makes one Run of them', async () => {
    await using project = await TemporaryProject.createRepository(FILES)
    const ended = await perfKit(project, ['load', '-c', '2', '-d', '1s', '-q', '--repeat', '3', '--json'])
    const { run, comparison, overall } = reportOf(ended)
    expect(new Set(await livesOf(project)).size).toBe(3)
    for (const name of ['goodput', 'errorRatio', 'responseTimeP50', 'responseTimeP99', 'targetCpuPerRequest']) {
      expect(metricOf(run, name)?.repetitions, name).toHaveLength(3)
    }
    expect(metricOf(run, 'goodput')?.subject).toBe('GET / · 2 clients, 1 s')
    expect(comparison.against.kind).toBe('nothing')
    expect(overall).toBe('unjudged')
    expect(ended.exitCode).toBe(0)
  })

  it('leaves the decision open when nothing can decide, which fails only who wants it to', async () => {
    const { path, text } = await acceptedOnce()
    await using project = await TemporaryProject.create({ ...FILES, [path]: text })
    const few = [...LOAD, '--repeat', '2']
    const { exitCode, shown } = await perfKit(project, few)
    expect(shown).toMatch(/responseTimeP50: 5 against 2 values cannot reach p ≤ 0\.005/)
    expect(exitCode).toBe(0)
    expect((await perfKit(project, [...few, '--strict'])).exitCode).toBe(4)
  })

  it('says which commit it has measured, and whether that was all', async () => {
    await using project = await TemporaryProject.createRepository({ ...FILES, '.gitignore': 'lives\n' })
    const head = (await project.git('rev-parse', 'HEAD')).trim()
    const sourceOf = async () => parseRun((await perfKit(project, [...LOAD, '--json'])).stdout, 'stdout').source
    expect(await sourceOf()).toEqual({ commit: head, dirty: false })
    await project.write({ delay: '6' })
    expect(await sourceOf()).toEqual({ commit: head, dirty: true })
  })

  it('tells who drives once that there is a baseline of that load, and of no other', async () => {
    const { path, text } = await acceptedOnce()
    await using project = await TemporaryProject.create({ ...FILES, [path]: text })
    const hinted = await perfKit(
      project,
      LOAD.filter((word) => word !== '-q'),
    )
    expect(hinted.stderr).toMatch(
      /^there is a baseline of this load, of \d{4}-\d\d-\d\d: --repeat 5 compares with it$/m,
    )
    expect(hinted.exitCode).toBe(0)
    const other = await perfKit(project, ['load', '-c', '3', '-d', '500ms'])
    expect(other.stderr).not.toContain('baseline')
  })

  it('tells of a baseline that cannot be read when it has shown what was measured', async () => {
    const { path, text } = await acceptedOnce()
    await using project = await TemporaryProject.create({ ...FILES, [path]: text.slice(0, 200) })
    const { exitCode, stdout, stderr } = await perfKit(project, [...LOAD, '--repeat', '2'])
    expect(stdout).toContain('GET / · 2 clients, 0.5 s')
    expect(stderr).toContain('load.json is cut off or damaged')
    expect(exitCode).toBe(3)
  })

  it('is invalid when the target ends in one of its lives, and accepts nothing then', async () => {
    await using project = await TemporaryProject.create({ ...FILES, 'ends-in-life': '2' })
    const { exitCode, stdout, stderr } = await perfKit(project, [...LOAD, '--repeat', '5', ...ACCEPT])
    expect(stdout).toMatch(/^! repetition 2: the target ended while it was driven/m)
    expect(await livesOf(project)).toHaveLength(2)
    expect(stderr).toContain('load is not accepted: a baseline never holds an invalid Run')
    expect(exitCode).toBe(3)
  })

  it('judges budgets by all repetitions together', async () => {
    await using project = await TemporaryProject.create(FILES)
    const budgets = ['--budget', 'p50=1ms,errors=50%']
    const { exitCode, stdout } = await perfKit(project, [...LOAD, '--repeat', '2', ...budgets])
    const [, requests] = /^(\d+) × HTTP 200$/m.exec(stdout) ?? []
    expect(stdout).toMatch(new RegExp(`^✗ p50 ≤ 1\\.00 ms: .* of ${requests} requests took longer`, 'm'))
    expect(stdout).toMatch(/^✓ errors ≤ 50\.0 %/m)
    expect(exitCode).toBe(1)
  })

  it.each([
    ['a URL', ['http://127.0.0.1:1/', '--repeat', '5'], 'one process, measured twice, is one process'],
    ['to be strict about a URL', ['http://127.0.0.1:1/', '--strict'], 'leave the URL out'],
    ['accepting one load', ['--accept'], 'a baseline of fewer than 5 repetitions'],
    ['accepting four', ['--repeat', '4', '--accept'], 'Give --repeat 5 or more with --accept.'],
    ['a reason for nothing', ['--repeat', '5', '--reason', 'why'], '--reason and --author are of what is accepted'],
    ['to be strict about one load', ['--strict'], 'one measurement compares with nothing'],
    ['no repetitions', ['--repeat', '0'], 'Write a whole number from 1 to 1000.'],
  ])('refuses %s', async (_title, args, message) => {
    await using project = await TemporaryProject.create(FILES)
    const all = await Promise.all(['load', 'latency'].map((command) => perfKit(project, [command, ...args])))
    for (const { exitCode, stderr } of all) {
      expect(stderr).toContain(message)
      expect(exitCode).toBe(2)
    }
    await expect(project.read('lives')).rejects.toThrow()
  })
})
