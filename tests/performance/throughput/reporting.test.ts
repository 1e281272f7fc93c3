import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseRun, type Run } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { profileOf } from '../profile.ts'
import { countOf } from './gateway-counts.ts'
import {
  foundIn,
  type LimitedGateway,
  OBJECTIVE,
  skipUnlessFound,
  startLimitedGateway,
  untilFound,
} from './search-gateway.ts'

const { shortMs } = profileOf(process.env)
const PERF_KIT = resolve(import.meta.dirname, '../../../packages/perf-kit/src/cli/main.ts')
const MCP = ['--mcp', '--call', 'b1__tool-1']

/** What a page draws, as it is written into it. */
interface DrawnChart {
  readonly id: string
  readonly at: readonly number[]
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[]
}

interface Shown {
  readonly terminal: string
  readonly markdown: string
  readonly page: string
}

let folder: string
let gateway: LimitedGateway

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perf-kit-reporting-'))
  gateway = await startLimitedGateway(1)
})

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** The command line as a user starts it. */
function perfKit(...args: readonly string[]): Promise<string> {
  return new Promise((onEnd) => {
    execFile(process.execPath, [PERF_KIT, ...args], { maxBuffer: 2 ** 28 }, (_error, stdout) => onEnd(stdout))
  })
}

async function measure(...args: readonly string[]): Promise<Run> {
  return parseRun(await perfKit(...args, '--json', '-q'), 'stdout')
}

/** A kept Run in every form in which `perf-kit report` shows it. */
async function show(run: Run): Promise<Shown> {
  const [stored, pagePath] = [join(folder, `${run.suite}.json`), join(folder, `${run.suite}.html`)]
  await writeFile(stored, JSON.stringify(run))
  const terminal = await perfKit('report', stored)
  const markdown = await perfKit('report', stored, '--markdown', '--html', pagePath)
  return { terminal, markdown, page: await readFile(pagePath, 'utf8') }
}

function chartsIn(page: string): DrawnChart[] {
  const [, json = '[]'] = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page) ?? []
  return JSON.parse(json)
}

const metricValue = ({ metrics }: Run, name: string): number =>
  metrics.find((metric) => metric.name === name)?.value ?? Number.NaN

/** `1,008/s` as the report of a search writes it. */
function rateText(perSec: number): string {
  return `${Number(perSec.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 3 })}/s`
}

describe('5.5.2 test requests-per-second metrics', () => {
  let run: Run
  let shown: Shown
  let counted: number

  beforeAll(async () => {
    const answered = (): Promise<number> =>
      countOf(gateway.url, 'gateway_requests_total', { method: 'tools/call', outcome: 'ok' })
    const before = await answered()
    run = await measure('load', gateway.url, ...MCP, '-c', '4', '-d', `${shortMs}ms`)
    counted = (await answered()) - before
    shown = await show(run)
  })

  it('are what the gateway has answered, over the time in which it did', () => {
    expect(metricValue(run, 'outcome HTTP 200')).toBe(counted)
    const inTime = (metricValue(run, 'goodput') * shortMs) / 1000
    // What was under way at the end of the schedule was answered after it.
    expect(inTime).toBeGreaterThanOrEqual(counted - 4 - 1e-6)
    expect(inTime).toBeLessThanOrEqual(counted + 1e-6)
  })

  it('are shown at the terminal, in Markdown and on the page, to three digits', () => {
    const succeeded = [
      /([\d.]+)( k)?\/s succeeded/.exec(shown.terminal),
      /([\d.]+)( k)?\/s succeeded/.exec(shown.markdown),
      /<dt>succeeded<\/dt><dd>([\d.]+)( k)?\/s/.exec(shown.page),
    ]
    for (const [, digits = '', thousand] of succeeded.map((found) => found ?? [])) {
      const perSec = Number(digits) * (thousand === undefined ? 1 : 1_000)
      expect(perSec / metricValue(run, 'goodput')).toBeCloseTo(1, 2)
    }
  })

  it('are drawn over time: each second as many as succeeded in it', () => {
    const chart = chartsIn(shown.page).find(({ id }) => id.endsWith('throughput'))
    const drawn = chart?.lines.find(({ label }) => label === 'succeeded')?.values.slice(0, -1) ?? []
    expect(drawn).toEqual(run.series?.find(({ name }) => name === 'succeeded')?.values)
    const total = drawn.reduce<number>((sum, value) => sum + (value ?? 0), 0)
    expect(total).toBeCloseTo((metricValue(run, 'goodput') * shortMs) / 1000, 6)
  })
})

describe('5.5.3 test capacity analysis reporting', () => {
  let run: Run
  let shown: Shown

  beforeAll(async () => {
    const search = ['--objective', OBJECTIVE, '--trial', `${shortMs / 4}ms`, '--precision', '20%']
    run = await untilFound(() => measure('capacity', gateway.url, ...MCP, ...search))
    shown = await show(run)
  })

  const trialsOf = () => run.capacity?.trials ?? []

  it('says in every form what the capacity is, from where to where, and what was kept to up to there', (context) => {
    skipUnlessFound(context, run)
    const { valuePerSec = Number.NaN, lowPerSec = Number.NaN, highPerSec = Number.NaN } = foundIn(run) ?? {}
    const [value, low, high] = [valuePerSec, lowPerSec, highPerSec].map(rateText)
    for (const text of [shown.terminal, shown.markdown, shown.page]) {
      const oneLine = text.replaceAll(/\s+/g, ' ')
      expect(oneLine).toContain(`The capacity is ${value} (${low} to ${high}): up to there the target keeps to `)
      expect(oneLine).toContain('p90 ≤ 400ms and errors ≤ 5%')
    }
  })

  it('is the metric that a baseline is held against', (context) => {
    skipUnlessFound(context, run)
    const { valuePerSec, lowPerSec, highPerSec } = foundIn(run) ?? {}
    const capacity = run.metrics.find(({ name }) => name === 'capacity')
    expect(capacity?.value).toBe(valuePerSec)
    expect(capacity?.interval).toMatchObject({ low: lowPerSec, high: highPerSec })
    expect(capacity?.subject).toContain(OBJECTIVE)
  })

  it('shows every trial: what was offered, what was achieved, and the verdict', () => {
    const trials = trialsOf()
    expect(trials.length).toBeGreaterThan(3)
    const rowsOf = (text: string, row: RegExp): number => text.match(row)?.length ?? 0
    expect(rowsOf(shown.terminal, /^ *(clients|[\d.,]+\/s) .*(not judged|met|broken|undecided|unusable)/gm)).toBe(
      trials.length,
    )
    expect(rowsOf(shown.markdown, /^\| (clients|[\d.,]+\/s) \|/gm)).toBe(trials.length)
    for (const { offeredPerSec, goodputPerSec } of trials) {
      const cells = `| ${rateText(offeredPerSec)} | ${rateText(goodputPerSec)} |`
      expect(shown.markdown).toContain(cells)
    }
    for (const { reasons } of trials.filter(({ verdict }) => verdict === 'broken')) {
      expect(shown.markdown).toContain(reasons[0] ?? 'a reason')
    }
  })

  it('draws what was achieved over what was offered, and where the capacity lies', (context) => {
    skipUnlessFound(context, run)
    const [chart] = chartsIn(shown.page)
    const { lowPerSec = Number.NaN, highPerSec = Number.NaN } = foundIn(run) ?? {}
    const lineOf = (label: string) => chart?.lines.find((line) => line.label === label)?.values ?? []
    const judged = trialsOf().filter(({ ratePerSec }) => ratePerSec !== null)
    const drawn = lineOf('achieved').filter((value) => value !== null)
    expect(drawn.toSorted()).toEqual(judged.map(({ goodputPerSec }) => goodputPerSec).toSorted())
    const within = lineOf('the capacity lies here').flatMap((value, index) =>
      value === null ? [] : [chart?.at[index] ?? 0],
    )
    expect(Math.min(...within)).toBeCloseTo(lowPerSec, 6)
    expect(Math.max(...within)).toBeCloseTo(highPerSec, 6)
  })
})

describe('5.5.4 test scaling analysis reporting', () => {
  const CLIENTS = [1, 2, 4, 8]
  let run: Run
  let shown: Shown

  beforeAll(async () => {
    const sweep = ['--sweep', `clients=${CLIENTS.join(',')}`, '-d', `${shortMs / 4}ms`, '--warmup', '200ms']
    run = await measure('capacity', gateway.url, ...MCP, ...sweep, '--rounds', '2')
    shown = await show(run)
  })

  const valuesOf = (name: string): number[] =>
    CLIENTS.map((clients) => {
      const label = ` · ${clients} ${clients === 1 ? 'client' : 'clients'}`
      return run.metrics.find((metric) => metric.name === name && metric.subject.endsWith(label))?.value ?? Number.NaN
    })

  it('tells of each number of clients what succeeded, the speed-up and the efficiency', () => {
    const [goodputs, speedups, efficiencies] = [valuesOf('goodput'), valuesOf('speedup'), valuesOf('efficiency')]
    const [first = Number.NaN] = goodputs
    expect(speedups).toEqual(goodputs.map((goodput) => expect.closeTo(goodput / first, 6)))
    expect(efficiencies).toEqual(speedups.map((speedup, index) => expect.closeTo(speedup / (CLIENTS[index] ?? 1), 6)))
  })

  it('has a row for each in every form', () => {
    const rowsOf = (text: string, row: RegExp): number => text.match(row)?.length ?? 0
    expect(rowsOf(shown.terminal, /^ *\d+ clients? .*\/s/gm)).toBe(CLIENTS.length)
    expect(rowsOf(shown.markdown, /^\| \d+ clients? \|/gm)).toBe(CLIENTS.length)
    expect(shown.page).toContain('Throughput by value')
  })

  it('says what limits it, or that nothing shows what does', () => {
    const oneLine = shown.terminal.replaceAll(/\s+/g, ' ')
    expect(oneLine).toMatch(/clients [\d, ]+: (limited by|what limits it is not known)/)
  })

  it('draws the measured points', () => {
    const [chart] = chartsIn(shown.page)
    const measured = chart?.lines.find(({ label }) => label === 'measured')?.values ?? []
    expect(measured.filter((value) => value !== null)).toEqual(valuesOf('goodput'))
    expect(chart?.at).toEqual(expect.arrayContaining(CLIENTS))
  })
})
