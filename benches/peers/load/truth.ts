import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { quantileOf, RATE_PER_SEC, SECONDS, trueResponsesMs } from './script.ts'

const execFileAsync = promisify(execFile)
const require = createRequire(import.meta.url)
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const ROUNDS = 5
const CONNECTIONS = 100
const TARGET_PROCESSOR = 0
const TIMEOUT_MS = 60_000
/** The target begins its script anew after a second without requests. */
const QUIET_MS = 1_500

const QUANTILE_RATIOS = [0.5, 0.9, 0.99, 0.999]
const ALLOWED_RATIO = 0.02
const ALLOWED_MS = 0.1

interface Client {
  readonly name: string
  readonly command: (url: string) => readonly string[]
  /** p50, p90, p99, p99.9 in ms, as far as it tells them */
  readonly read: (stdout: string) => readonly (number | undefined)[]
}

const CLIENTS: readonly Client[] = [
  {
    name: 'ours --rate',
    command: (url) => [process.execPath, path('own-latency-process.ts'), url, String(RATE_PER_SEC), String(SECONDS)],
    read: (stdout) => JSON.parse(stdout),
  },
  {
    name: 'autocannon -R',
    command: (url) => {
      const options = ['-c', CONNECTIONS, '-R', RATE_PER_SEC, '-d', SECONDS, '--json', '--no-progress'].map(String)
      return [process.execPath, require.resolve('autocannon'), ...options, url]
    },
    read: (stdout) => {
      const { latency } = JSON.parse(stdout)
      return [latency.p50, latency.p90, latency.p99, latency.p99_9]
    },
  },
  {
    name: 'oha -q',
    command: (url) => ohaCommand(url),
    read: readOha,
  },
  {
    name: 'oha -q --latency-correction',
    command: (url) => ohaCommand(url, '--latency-correction'),
    read: readOha,
  },
  {
    name: 'ours --rate --engine oha',
    command: (url) => {
      const words = [url, RATE_PER_SEC, SECONDS, 'oha', CONNECTIONS].map(String)
      return [process.execPath, path('own-latency-process.ts'), ...words]
    },
    read: (stdout) => JSON.parse(stdout),
  },
  {
    name: 'wrk, as fast as it goes',
    command: (url) => ['wrk', '-t', '1', '-c', String(CONNECTIONS), '-d', `${SECONDS}s`, '--latency', url],
    read: (stdout) =>
      ['50', '90', '99'].map((percent) => wrkMs(new RegExp(`^ +${percent}% +(\\S+)$`, 'm').exec(stdout)?.[1])),
  },
]

/** Are latencies true? A target that answers as scripted, stalls included, and what different clients say of it. */
export async function truth({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  const sorted = trueResponsesMs()
  const truthMs = QUANTILE_RATIOS.map((ratio) => quantileOf(sorted, ratio))
  const told = new Map(CLIENTS.map(({ name }) => [name, [] as (readonly (number | undefined)[])[]]))
  const { url, child } = await startTarget()
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const client of CLIENTS) {
        say(`truth: ${client.name}, round ${round} of ${ROUNDS}`)
        await sleep(QUIET_MS, undefined, { signal })
        const [program = '', ...args] = client.command(url)
        const { stdout } = await execFileAsync(program, args, { signal, timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 })
        told.get(client.name)?.push(client.read(stdout))
      }
    }
  } finally {
    child.kill('SIGKILL')
  }
  return toResult(truthMs, told)
}

async function startTarget(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const command = ['-c', String(TARGET_PROCESSOR), process.execPath, path('scripted-process.ts')]
  const child = spawn('taskset', command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(createInterface({ input: child.stdout }), 'line')
  return { url: `http://127.0.0.1:${port}/`, child }
}

function toResult(
  truthMs: readonly number[],
  told: ReadonlyMap<string, readonly (readonly (number | undefined)[])[]>,
): ExperimentResult {
  const ours = told.get('ours --rate') ?? []
  const name = (ratio: number): string => `p${100 * ratio}`
  const medianOf = (runs: readonly (readonly (number | undefined)[])[], index: number): number | undefined => {
    const values = runs.map((run) => run[index]).filter((value) => value !== undefined)
    return values.length === 0 ? undefined : median(values)
  }
  const promises = QUANTILE_RATIOS.map((ratio, index) => {
    const trueMs = truthMs[index] ?? Number.NaN
    const measured = ours.map((run) => run[index] ?? Number.NaN)
    const offMs = median(measured.map((valueMs) => Math.abs(valueMs - trueMs)))
    return {
      promise: `${name(ratio)} of an open loop is within 2 % or 100 µs of the truth, stalls of the target included`,
      figure: `${median(measured).toFixed(2)} ms where ${trueMs.toFixed(2)} ms is true: off by ${offMs.toFixed(2)} ms`,
      spread: `${Math.min(...measured).toFixed(2)} to ${Math.max(...measured).toFixed(2)} ms over ${ROUNDS} runs`,
      kept: offMs <= Math.max(ALLOWED_MS, ALLOWED_RATIO * trueMs),
    }
  })
  const row = (label: string, values: readonly (number | undefined)[]): string[] => [
    label,
    ...values.map((valueMs) => (valueMs === undefined ? '-' : `${valueMs.toFixed(2)} ms`)),
  ]
  const rows = [...told].map(([client, runs]) =>
    row(
      client,
      QUANTILE_RATIOS.map((_, index) => medianOf(runs, index)),
    ),
  )
  return {
    promises,
    text: renderTable(['client', ...QUANTILE_RATIOS.map(name)], [row('the truth', truthMs), ...rows]),
    data: { truthMs, told: Object.fromEntries(told) },
  }
}

/** As its users start it, and told to wait for the last answers as others do. */
function ohaCommand(url: string, ...options: readonly string[]): readonly string[] {
  const load = ['-c', CONNECTIONS, '-q', RATE_PER_SEC, '-z', `${SECONDS}s`, '-w'].map(String)
  return ['oha', '--no-tui', '--output-format', 'json', ...load, ...options, url]
}

/** In seconds, in its summary. */
function readOha(stdout: string): readonly number[] {
  const { latencyPercentiles } = JSON.parse(stdout)
  return ['p50', 'p90', 'p99', 'p99.9'].map((name) => 1000 * latencyPercentiles[name])
}

/** `1.23ms`, `45.00us`, `1.20s`. */
function wrkMs(text: string | undefined): number | undefined {
  const [, amount, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text ?? '') ?? []
  const perUnit: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 }
  return amount === undefined ? undefined : Number(amount) * (perUnit[unit] ?? Number.NaN)
}
