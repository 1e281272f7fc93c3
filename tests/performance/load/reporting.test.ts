import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type LoadResult, parseRun, type Run, renderLoadHtml, renderLoadMarkdown, toLoadRun } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { readMetrics } from '../../../packages/gateway/test/system/raw-client.ts'
import { profileOf } from '../profile.ts'
import { exitCodeOfRegression, type Judged, metricsThat, RepeatedGateway, reportOf } from '../repeated-gateway.ts'
import { driveGateway, steady } from './drive-gateway.ts'

const { shortMs } = profileOf(process.env)
const PERF_KIT = resolve(import.meta.dirname, '../../../packages/perf-kit/src/cli/main.ts')
const MS = 1e6
const SEC = 1e9

interface Finished {
  readonly exitCode: number
  readonly stdout: string
}

/** The command line as a user starts it. */
function perfKit(...args: readonly string[]): Promise<Finished> {
  return new Promise((onEnd) => {
    const child = execFile(process.execPath, [PERF_KIT, ...args], { maxBuffer: 2 ** 28 }, (_error, stdout) =>
      onEnd({ exitCode: child.exitCode ?? -1, stdout }),
    )
  })
}

/** One number of the target's own account of itself; 0 for what it has not counted yet. */
async function metricOf(url: string, name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const inner = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const { text } = await readMetrics(url)
  const line = text.split('\n').find((each) => each.startsWith(`${name}{${inner.join(',')}} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const callsOf = (url: string, outcome: string): Promise<number> =>
  metricOf(url, 'gateway_requests_total', { method: 'tools/call', outcome })

const metricValue = ({ metrics }: Run, name: string): number | undefined =>
  metrics.find((metric) => metric.name === name)?.value

/** What a page draws, as it is written into it. */
interface DrawnChart {
  readonly id: string
  readonly at: readonly number[]
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[]
}

function chartsIn(page: string): DrawnChart[] {
  const [, json = '[]'] = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page) ?? []
  return JSON.parse(json)
}

function lineOf(page: string, chart: string, label: string): readonly (number | null)[] {
  const drawn = chartsIn(page).find(({ id }) => id.endsWith(chart))
  return drawn?.lines.find((line) => line.label === label)?.values ?? []
}

describe('2.5.2 test throughput metrics reporting', () => {
  let gateway: TestProcess
  let folder: string
  let run: Run
  let markdown: string
  let page: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perf-kit-reporting-'))
    // One backend in two answers too late, so that there is something to fail.
    gateway = await startGatewayProcess(
      '--backends',
      '1',
      '--backend-latency',
      'mixed:80%=1ms,20%=2000ms',
      '--request-timeout',
      '500ms',
    )
    const pagePath = join(folder, 'page.html')
    const load = ['load', gateway.url, '--mcp', '--call', 'backend-1__tool-1', '--rate', '20', '-d', `${shortMs}ms`]
    const measured = await perfKit(...load, '--json', '-q')
    run = parseRun(measured.stdout, 'stdout')
    const stored = join(folder, 'run.json')
    await writeFile(stored, measured.stdout)
    const shown = await perfKit('report', stored, '--markdown', '--html', pagePath)
    expect(shown.exitCode).toBe(0)
    markdown = shown.stdout
    page = await readFile(pagePath, 'utf8')
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('counts as many calls as the target says that it has answered, and as many failures', async () => {
    const [ok, failed] = [await callsOf(gateway.url, 'ok'), await callsOf(gateway.url, 'error')]
    const outcomes = run.metrics.filter(({ name }) => name.startsWith('outcome '))
    const reported = outcomes.reduce((sum, { value }) => sum + value, 0)
    expect(reported).toBe((20 * shortMs) / 1000)
    expect(ok + failed).toBe(reported)
    expect(metricValue(run, 'outcome HTTP 200')).toBe(ok)
    expect(failed).toBeGreaterThan(0)
    expect(metricValue(run, 'errorRatio')).toBe(failed / reported)
  })

  it('shows these counts in Markdown and on the page, with their shares', () => {
    for (const { name, value } of run.metrics.filter((metric) => metric.name.startsWith('outcome '))) {
      const outcome = name.slice('outcome '.length)
      expect(markdown).toMatch(new RegExp(`\\| [✓✗] ${outcome} \\| ${value} \\| `))
      expect(page).toMatch(new RegExp(`</span> ${outcome}</th><td class="number">${value}</td>`))
    }
  })

  it('shows a rate over time whose sum is what succeeded in time, and what was planned', () => {
    const series = run.series?.find(({ name }) => name === 'succeeded')
    const drawn = lineOf(page, 'throughput', 'succeeded').slice(0, -1)
    expect(drawn).toEqual(series?.values)
    const total = drawn.reduce<number>((sum, value) => sum + (value ?? 0), 0)
    const inTime = ((metricValue(run, 'goodput') ?? Number.NaN) * shortMs) / 1000
    expect(total).toBeCloseTo(inTime, 6)
    // What was answered after the end of the schedule succeeded as well, but not in time.
    expect(total).toBeLessThanOrEqual(metricValue(run, 'outcome HTTP 200') ?? 0)
    expect(new Set(lineOf(page, 'throughput', 'planned'))).toEqual(new Set([20]))
    const failures = lineOf(page, 'throughput', 'failed').slice(0, -1)
    expect(failures.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeGreaterThan(0)
  })
})

describe('2.5.3 test latency distribution reporting', () => {
  const SLOW_MS = 300
  let gateway: TestProcess
  let result: LoadResult
  let run: Run
  let page: string

  beforeAll(async () => {
    gateway = await startGatewayProcess('--backends', '1', '--backend-latency', `mixed:80%=5ms,20%=${SLOW_MS}ms`)
    // Fewer clients than connections in the gateway's pool: no call waits for another.
    const load = { loop: 'closed', phases: steady(6, shortMs) } as const
    result = (await driveGateway(gateway.url, load)).result
    run = toLoadRun(result, {
      suite: 'load',
      subject: 'tools/call',
      configuration: 'default',
      startedAt: new Date(),
      durationNs: shortMs * MS,
      source: { commit: null, dirty: false },
    })
    // As it would be after it was stored.
    page = await renderLoadHtml(parseRun(JSON.stringify(run), 'run.json'))
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
  })

  it('draws each percentile where the histogram has it, up to the slowest', () => {
    const chart = chartsIn(page).find(({ id }) => id.endsWith('distribution'))
    const drawn = lineOf(page, 'distribution', 'response time')
    const at = chart?.at ?? []
    expect(at[0]).toBe(1)
    expect(at.at(-1)).toBe(result.finished)
    // Of a value a stored histogram knows the bucket, which is a thousandth wide at most.
    expect(drawn.at(-1)).toBe(result.response.getValueAtPercentile(100))
    const expected = at.slice(0, -1).map((rarity) => result.response.getValueAtPercentile(100 * (1 - 1 / rarity)))
    expect(drawn.slice(0, -1)).toEqual(expected)
  })

  it('reports percentiles in Markdown and on the page that are those of the histogram, to three digits', () => {
    const shown = ['P50', 'P90', 'P95', 'P99', 'P999'].map((suffix) => metricValue(run, `responseTime${suffix}`) ?? 0)
    expect(shown).toEqual([50, 90, 95, 99, 99.9].map((percent) => result.response.getValueAtPercentile(percent)))
    const row = renderLoadMarkdown(run)
      .split('\n')
      .find((line) => line.startsWith('| response time |'))
    const cells = (row ?? '').split('|').slice(2, 7).map(nsOf)
    for (const [index, valueNs] of cells.entries()) expect(valueNs / (shown[index] ?? 0)).toBeCloseTo(1, 2)
    const [, pageRow = ''] = /<th scope="row">response time<\/th>(.*?)<\/tr>/s.exec(page) ?? []
    const onPage = [...pageRow.matchAll(/<td class="number">([^<]+)/g)].map(([, text]) => nsOf(text ?? ''))
    expect(onPage.slice(0, 5)).toEqual(cells)
  })

  it('sees the two kinds of answers that the backend gives, about as often as the target counts them', async () => {
    const total = await metricOf(gateway.url, 'gateway_request_duration_seconds_count', { method: 'tools/call' })
    expect(total).toBe(result.finished)
    const within = { method: 'tools/call', le: '0.25' }
    const fastByTarget = await metricOf(gateway.url, 'gateway_request_duration_seconds_bucket', within)
    const chart = chartsIn(page).find(({ id }) => id.endsWith('distribution'))
    const drawn = lineOf(page, 'distribution', 'response time')
    const firstSlow = drawn.findIndex((valueNs) => (valueNs ?? 0) > 250 * MS)
    const [before = Number.NaN, after = Number.NaN] = chart?.at.slice(firstSlow - 1, firstSlow + 1) ?? []
    // Who waits for the answer waits no less than who makes it: what the target takes for slow is slow here too.
    expect(1 - 1 / before).toBeLessThanOrEqual(fastByTarget / total)
    expect(1 - 1 / after).toBeGreaterThan(0.5)
    expect(metricValue(run, 'responseTimeP50')).toBeLessThan((SLOW_MS / 2) * MS)
    expect(metricValue(run, 'responseTimeP95')).toBeGreaterThan((SLOW_MS - 1) * MS)
  })
})

describe('2.5.4 test regression detection reporting', () => {
  /**
   * As many clients as the gateway has connections to its backend, which takes so long that what the machine does at the moment is
   * little of it.
   */
  const LOAD = ['load', '-c', '8', '-d', '800ms', '--warmup', '250ms', '--repeat', '5']
  const AS_ACCEPTED = ['--backend-latency', 'fixed:100ms', '--pool-size', '8']
  const SLOWER_BACKEND = ['--backend-latency', 'fixed:200ms', '--pool-size', '8']
  const SMALLER_POOL = ['--backend-latency', 'fixed:100ms', '--pool-size', '3']
  let gateway: RepeatedGateway
  let accepted: Judged
  let slower: Judged

  beforeAll(async () => {
    gateway = await RepeatedGateway.create()
    accepted = await gateway.measure(AS_ACCEPTED, [...LOAD, '--accept', '--reason', 'first numbers', '--author', 'Ada'])
    slower = await gateway.measure(SLOWER_BACKEND, [...LOAD, '--json', '--html', 'page.html'])
    await gateway.write('slower.json', slower.stdout)
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
  })

  it('keeps what was accepted, with who did so and why', async () => {
    expect(accepted.exitCode, accepted.stderr).toBe(0)
    const [, file = ''] = /^accepted 1 subjects of load into (\S+)$/m.exec(accepted.stderr) ?? []
    const stored = JSON.parse(await readFile(file, 'utf8'))
    const [{ acceptances, metrics }] = stored.configurations
    expect(acceptances).toMatchObject([{ by: 'Ada', reason: 'first numbers' }])
    const counts = metrics.map(({ evidence }: Run['metrics'][number]) =>
      evidence.kind === 'repetitions' ? evidence.values.length : evidence.kind,
    )
    expect(new Set(counts)).toEqual(new Set([5]))
  })

  it('reports a gateway whose backend takes twice as long: fewer calls, and each takes longer', () => {
    const report = reportOf(slower)
    expect(metricsThat(report, 'regressed')).toEqual(expect.arrayContaining(['goodput', 'responseTimeP50']))
    expect(slower.exitCode).toBe(exitCodeOfRegression(report))
    expect(report.overall).toBe(report.comparison.gating ? 'regressed' : 'unjudged')
    const p50 = report.comparison.verdicts.find(({ metric }) => metric === 'responseTimeP50')
    // 100 ms more of what was 100 ms and the gateway's own time.
    expect(p50?.effectRatio).toBeGreaterThan(0.4)
    expect(p50?.effectRatio).toBeLessThan(1.1)
  })

  it('says so at the terminal, in Markdown and on the page', async () => {
    const terminal = await gateway.measure([], ['report', 'slower.json'])
    expect(terminal.stdout).toMatch(/^response time p50 .* ✗ regressed \+\d+/m)
    expect(terminal.stdout).toMatch(/^1 regressed, against the baseline of \d{4}-\d\d-\d\d/m)
    const markdown = await gateway.measure([], ['report', 'slower.json', '--markdown'])
    expect(markdown.stdout).toMatch(/^\*\*1 regressed, against the baseline of /)
    expect(markdown.stdout).toMatch(/^\| response time p50 \| .* ✗ regressed \+\d+/m)
    expect(await gateway.read('page.html')).toMatch(/<td class="bad">✗ regressed \+\d+/)
  })

  it('reports a gateway with fewer connections to its backend', async () => {
    const fewer = await gateway.measure(SMALLER_POOL, [...LOAD, '--json'])
    expect(metricsThat(reportOf(fewer), 'regressed')).toEqual(expect.arrayContaining(['goodput', 'responseTimeP50']))
    expect(fewer.exitCode).toBe(exitCodeOfRegression(reportOf(fewer)))
  })

  it('reports no typical call as slower when the gateway is the one that was accepted', async () => {
    const same = await gateway.measure(AS_ACCEPTED, [...LOAD, '--json'])
    expect(metricsThat(reportOf(same), 'regressed')).not.toContain('responseTimeP50')
    expect(metricsThat(reportOf(same), 'regressed')).not.toContain('goodput')
  })
})

/** `12.3 ms` as the report writes it. */
function nsOf(text: string): number {
  const [, digits = '', unit = ''] = /([\d.]+) (ns|µs|ms|s)/.exec(text) ?? []
  const factors: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: MS, s: SEC }
  return Number(digits) * (factors[unit] ?? Number.NaN)
}
