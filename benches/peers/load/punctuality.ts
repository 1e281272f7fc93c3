import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { startNginx } from './nginx.ts'

const execFileAsync = promisify(execFile)

const RATES_PER_SEC = [1000, 5000]
const SECONDS = 5
const ROUNDS = 7
const LIMIT_NS = 200e3
const TARGET_PROCESSOR = 0
const TIMEOUT_MS = 60_000
const SCRIPT = fileURLToPath(new URL('rate-process.ts', import.meta.url))

interface Lag {
  readonly p50Ns: number
  readonly p99Ns: number
  readonly p999Ns: number
}

/**
 * How late are requests sent that were due? Poisson arrivals at nginx on a processor of its own; the generator is free to run
 * where it likes, because pinned to one processor its thread would wait for V8's compiler and collector.
 */
export async function punctuality({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  await using nginx = await startNginx(TARGET_PROCESSOR)
  const lags = new Map(RATES_PER_SEC.map((rate) => [rate, [] as Lag[]]))
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [rate, known] of lags) {
      say(`punctuality: ${rate}/s, round ${round} of ${ROUNDS}`)
      known.push(await lagAt(rate, nginx.url, signal))
    }
  }
  return toResult(lags)
}

async function lagAt(ratePerSec: number, url: string, signal: AbortSignal): Promise<Lag> {
  const words = [SCRIPT, url, String(ratePerSec), String(SECONDS)]
  const { stdout } = await execFileAsync(process.execPath, words, { signal, timeout: TIMEOUT_MS })
  const { offered, succeeded, lagNs } = JSON.parse(stdout)
  if (!(succeeded === offered && offered > 0)) throw new Error(`${succeeded} of ${offered} requests succeeded`)
  const [p50Ns, p99Ns, p999Ns] = lagNs
  return { p50Ns, p99Ns, p999Ns }
}

function toResult(lags: ReadonlyMap<number, readonly Lag[]>): ExperimentResult {
  const microseconds = (ns: number): string => `${(ns / 1e3).toFixed(1)} µs`
  const entries = [...lags].map(([rate, all]) => ({ rate, all, p99s: all.map(({ p99Ns }) => p99Ns) }))
  return {
    promises: entries.map(({ rate, p99s }) => ({
      promise: `p99 of the send lag at ${rate}/s is at most 200 µs`,
      figure: microseconds(median(p99s)),
      spread: `${microseconds(Math.min(...p99s))} to ${microseconds(Math.max(...p99s))} over ${p99s.length} runs of ${SECONDS} s`,
      kept: median(p99s) <= LIMIT_NS,
    })),
    text: renderTable(
      ['rate', 'p50', 'p99', 'p99.9'],
      entries.map(({ rate, all }) => [
        `${rate}/s`,
        ...(['p50Ns', 'p99Ns', 'p999Ns'] as const).map((key) => microseconds(median(all.map((lag) => lag[key])))),
      ]),
    ),
    data: Object.fromEntries(lags),
  }
}
