import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { startNginx } from './nginx.ts'

const execFileAsync = promisify(execFile)

const SCRIPT = fileURLToPath(new URL('scaling-process.ts', import.meta.url))
const CONNECTIONS = 50
const TARGET_PROCESSOR = 0
/** What starting and warming up cost is in both, and so in neither. */
const SHORT_SECONDS = 2
const LONG_SECONDS = 6
const ROUNDS = 7
const LEAST_SPEED_UP = 1.7
/** Two threads, and a target that two of them do not exhaust. */
const PROCESSORS_TO_SEE_IT = 4
const TIMEOUT_MS = 60_000

interface Used {
  readonly requests: number
  readonly perSec: number
  readonly cpuUs: number
}

interface Reading {
  readonly perRequestUs: number
  readonly perSec: number
}

/**
 * Are two threads worth 1.7? Where there are too few processors to see it in the rate, the processor time of a request
 * tells: two threads with a processor each make 2 × (cost with one thread ÷ cost with two) times as much as one.
 */
export async function scaling({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  await using nginx = await startNginx(TARGET_PROCESSOR)
  const rounds: (readonly [one: Reading, two: Reading])[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    say(`scaling: round ${round} of ${ROUNDS}`)
    // The other one first each time.
    const order = round % 2 === 0 ? [1, 2] : [2, 1]
    const readings = new Map<number, Reading>()
    for (const threads of order) readings.set(threads, await read(nginx.url, threads, signal))
    const [one, two] = [readings.get(1), readings.get(2)]
    if (round > 0 && one !== undefined && two !== undefined) rounds.push([one, two])
  }
  return toResult(rounds)
}

async function read(url: string, threads: number, signal: AbortSignal): Promise<Reading> {
  const short = await used(url, SHORT_SECONDS, threads, signal)
  const long = await used(url, LONG_SECONDS, threads, signal)
  return { perRequestUs: (long.cpuUs - short.cpuUs) / (long.requests - short.requests), perSec: long.perSec }
}

async function used(url: string, seconds: number, threads: number, signal: AbortSignal): Promise<Used> {
  const words = [SCRIPT, url, String(CONNECTIONS), String(seconds), String(threads)]
  const { stdout } = await execFileAsync(process.execPath, words, { signal, timeout: TIMEOUT_MS })
  const read: Used = JSON.parse(stdout)
  if (!(read.requests > 0)) throw new Error('scaling: requests failed')
  return read
}

function toResult(rounds: readonly (readonly [Reading, Reading])[]): ExperimentResult {
  const isSeen = availableParallelism() >= PROCESSORS_TO_SEE_IT
  const speedUps = rounds.map(([one, two]) =>
    isSeen ? two.perSec / one.perSec : (2 * one.perRequestUs) / two.perRequestUs,
  )
  const row = (name: string, index: 0 | 1): string[] => {
    const costs = rounds.map((round) => round[index].perRequestUs)
    const shown = [median(costs), Math.min(...costs), Math.max(...costs)].map((us) => `${us.toFixed(2)} µs`)
    return [name, ...shown, `${(median(rounds.map((round) => round[index].perSec)) / 1000).toFixed(1)} k/s`]
  }
  const how = isSeen ? 'by their rates' : `by what a request costs; ${PROCESSORS_TO_SEE_IT} processors would show it`
  return {
    promises: [
      {
        promise: `two threads with a processor each make at least ${LEAST_SPEED_UP} times what one makes`,
        figure: `${median(speedUps).toFixed(2)} times, ${how}`,
        spread: `${Math.min(...speedUps).toFixed(2)} to ${Math.max(...speedUps).toFixed(2)} over ${rounds.length} rounds`,
        kept: median(speedUps) >= LEAST_SPEED_UP,
      },
    ],
    text: renderTable(['threads', 'CPU a request', 'least', 'most', 'rate'], [row('1', 0), row('2', 1)]),
    data: { connections: CONNECTIONS, longSeconds: LONG_SECONDS, shortSeconds: SHORT_SECONDS, isSeen, rounds },
  }
}
