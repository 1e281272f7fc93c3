import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { startNginx } from './nginx.ts'

const execFileAsync = promisify(execFile)
const require = createRequire(import.meta.url)

const CONNECTIONS = 50
const SECONDS = 3
const ROUNDS = 11
const TARGET_PROCESSOR = 0
const OWN_PROCESSOR = 1
/** Each much longer than its run. */
const TIMEOUT_MS = 30_000

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

interface Generator {
  readonly name: string
  readonly command: (url: string) => readonly string[]
  /** requests a second, out of what it printed */
  readonly read: (stdout: string) => number
}

const words = (url: string): readonly string[] => [url, String(CONNECTIONS), String(SECONDS)]

const GENERATORS: readonly Generator[] = [
  {
    name: 'ours',
    command: (url) => [process.execPath, path('own-process.ts'), ...words(url)],
    read: Number,
  },
  {
    name: 'autocannon',
    command: (url) => {
      const options = ['-c', String(CONNECTIONS), '-d', String(SECONDS), '--json', '--no-progress']
      return [process.execPath, require.resolve('autocannon'), ...options, url]
    },
    read: (stdout) => {
      const { requests, duration, non2xx, errors } = JSON.parse(stdout)
      return non2xx + errors > 0 ? Number.NaN : requests.total / duration
    },
  },
  {
    name: 'undici',
    command: (url) => [process.execPath, path('undici-process.ts'), ...words(url)],
    read: Number,
  },
  {
    name: 'wrk',
    command: (url) => ['wrk', '-t', '1', '-c', String(CONNECTIONS), '-d', `${SECONDS}s`, url],
    read: (stdout) => Number(/Requests\/sec: +([\d.]+)/.exec(stdout)?.[1]),
  },
]

/** How many requests a second does a generator on one processor send to nginx on another? All in turn, round by round. */
export async function load({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  await using nginx = await startNginx(TARGET_PROCESSOR)
  const rounds: Record<string, number>[] = []
  // The first round warms caches and shows whether all of them are there.
  for (let round = 0; round <= ROUNDS; round++) {
    say(`load: round ${round} of ${ROUNDS}`)
    const perSec: Record<string, number> = {}
    // A different one first each time: the machine may get slower within a round.
    for (const generator of rotated(GENERATORS, round)) {
      perSec[generator.name] = await ratePerSec(generator, nginx.url, signal)
    }
    if (round > 0) rounds.push(perSec)
  }
  return toResult(rounds)
}

async function ratePerSec({ name, command, read }: Generator, url: string, signal: AbortSignal): Promise<number> {
  const options = ['-c', String(OWN_PROCESSOR), ...command(url)]
  const { stdout } = await execFileAsync('taskset', options, { signal, timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 })
  const rate = read(stdout)
  if (!(rate > 0)) throw new Error(`${name} told no rate, or requests failed: ${stdout.slice(0, 500)}`)
  return rate
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const from = by % items.length
  return [...items.slice(from), ...items.slice(0, from)]
}

function toResult(rounds: readonly Readonly<Record<string, number>>[]): ExperimentResult {
  const ratesOf = (name: string): readonly number[] => rounds.map((round) => round[name] ?? Number.NaN)
  const ratiosTo = (name: string): readonly number[] =>
    rounds.map((round) => (round['ours'] ?? Number.NaN) / (round[name] ?? Number.NaN))
  const check = (name: string, least: number) => {
    const ratios = ratiosTo(name)
    return {
      promise: `at least ${least} times the rate of ${name}, on one processor with ${CONNECTIONS} connections to nginx`,
      figure: `${median(ratios).toFixed(2)} times`,
      spread: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} over ${rounds.length} rounds`,
      kept: median(ratios) >= least,
    }
  }
  const rows = GENERATORS.map(({ name }) => {
    const rates = ratesOf(name)
    const shown = [median(rates), Math.min(...rates), Math.max(...rates)].map(
      (rate) => `${(rate / 1000).toFixed(1)} k/s`,
    )
    return [name, ...shown, median(ratiosTo(name)).toFixed(2)]
  })
  return {
    promises: [check('autocannon', 2), check('undici', 2), check('wrk', 0.9)],
    text: renderTable(['generator', 'median', 'least', 'most', 'ours is'], rows),
    data: { connections: CONNECTIONS, seconds: SECONDS, rounds },
  }
}
