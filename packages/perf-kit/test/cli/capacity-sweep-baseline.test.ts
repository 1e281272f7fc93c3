import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BaselineManager } from '../../src/baseline/index.ts'
import { HARNESS } from '../../src/load/load-run.ts'
import { loadReportSchema } from '../../src/report/load-report.ts'
import { type Metric, readEnvironment } from '../../src/run/index.ts'
import { makeMetric, makeRun } from '../baseline/make-run.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

/** Answers after 5 ms, and notes down each life of it. */
const SERVER = `import { createServer } from 'node:http'
import { appendFileSync } from 'node:fs'
appendFileSync('lives', process.pid + '\\n')
const server = createServer((request, response) => setTimeout(() => response.end('hello'), 5))
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`
const CONFIG = `export default {
  load: { target: { command: ['node', 'server.mjs'], ready: { log: /listening on (\\S+)/ } } },
}
`
const FILES = { 'server.mjs': SERVER, 'perf-kit.config.ts': CONFIG }
const SWEEP = [
  'capacity',
  '--sweep',
  'clients=1,2',
  '-d',
  '200ms',
  '--warmup',
  '50ms',
  '--no-agent',
  '-q',
  '--repeat',
  '5',
]

/** As if the same target had once been so quick. @returns where that is stored, below the project's root */
async function acceptQuick(project: TemporaryProject): Promise<string> {
  const metric = (subject: string, perSec: number): Metric =>
    makeMetric({
      subject,
      name: 'goodput',
      unit: 'perSec',
      better: 'higher',
      gates: true,
      value: perSec,
      repetitions: [0.99, 0.995, 1, 1.005, 1.01].map((factor) => factor * perSec),
    })
  const run = makeRun({
    kind: 'throughput',
    suite: 'throughput',
    environment: readEnvironment([]),
    harness: HARNESS,
    metrics: [metric('GET / · 1 client', 5_000), metric('GET / · 2 clients', 10_000)],
  })
  const manager = new BaselineManager({ directory: join(project.directory, 'benchmarks') })
  const { file } = await manager.accept(run, {
    by: 'Ada',
    reason: 'first numbers',
    at: new Date('2026-01-02T03:04:05Z'),
  })
  return relative(project.directory, file)
}

describe('perf-kit capacity --sweep --repeat', { concurrent: true }, () => {
  it('finds values at which less succeeds than did, in every form, and stores what is accepted all the same', async () => {
    await using project = await TemporaryProject.create(FILES)
    const file = await acceptQuick(project)
    const accept = ['--accept', '--reason', 'a slower backend', '--author', 'Bob']
    const ended = await perfKit(project, [...SWEEP, '--json', '--html', 'page.html', ...accept])
    const { comparison, overall } = loadReportSchema().parse(JSON.parse(ended.stdout))
    const regressed = comparison.verdicts.filter(({ state }) => state === 'regressed')
    expect(regressed.map(({ subject, metric }) => `${subject}: ${metric}`)).toEqual([
      'GET / · 1 client: goodput',
      'GET / · 2 clients: goodput',
    ])
    // On a busy machine rounds are apart, and then it is advice.
    expect(overall).toBe(comparison.gating ? 'regressed' : 'unjudged')
    expect(await project.read('page.html')).toMatch(/<td class="bad">✗ regressed −[\d.]+ %/)
    // Each of the ten measurements is of a process of its own.
    expect(new Set((await project.read('lives')).trim().split('\n')).size).toBe(10)

    expect(ended.stderr).toMatch(/^accepted 2 subjects of throughput into \S+\/throughput\.json$/m)
    expect(ended.exitCode, ended.shown).toBe(0)
    const text = await project.read(file)
    expect(text).toMatch(/"by":"Bob".*"reason":"a slower backend"/)
    const [{ metrics }] = JSON.parse(text).configurations
    const goodputs = metrics.filter(({ name }: Metric) => name === 'goodput')
    expect(goodputs.map(({ subject }: Metric) => subject)).toEqual(['GET / · 1 client', 'GET / · 2 clients'])
    for (const { evidence } of goodputs) expect(evidence.values).toHaveLength(5)
    // What is made of all values together has no repetitions to compare.
    expect(text).not.toMatch(/"name":"(speedup|usl)/)

    await project.write({ 'report.json': ended.stdout })
    const terminal = (await perfKit(project, ['report', 'report.json'])).stdout
    expect(terminal).toMatch(/^GET \/ · clients 1, 2\n/)
    expect(terminal).toMatch(/^1 client: succeeded +.* ✗ regressed −\d/m)
    expect(terminal).toMatch(/^2 regressed, against the baseline of 2026-01-02/m)
    const markdown = (await perfKit(project, ['report', 'report.json', '--markdown'])).stdout
    expect(markdown).toMatch(/^\*\*2 regressed, against the baseline of 2026-01-02/m)
    expect(markdown).toMatch(/^\| 2 clients: succeeded \| .* ✗ regressed /m)
  })

  it('tells who sweeps once that there is a baseline', async () => {
    await using project = await TemporaryProject.create(FILES)
    await acceptQuick(project)
    const args = [
      'capacity',
      '--sweep',
      'clients=1,2',
      '--rounds',
      '1',
      '-d',
      '100ms',
      '--warmup',
      '10ms',
      '--no-agent',
    ]
    const { stderr } = await perfKit(project, args)
    expect(stderr).toMatch(/^there is a baseline of this load, of 2026-01-02: --repeat 5 compares with it$/m)
  })
})
