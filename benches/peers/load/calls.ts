import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '@gw/perf-kit'
import { DrivenGateway } from '../agent/driven-gateway.ts'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'

const execFileAsync = promisify(execFile)

const CLIENTS = 10
const TARGET_PROCESSOR = 0
/** What starting and warming up cost is in both, and so in neither. */
const SHORT_SECONDS = 3
const LONG_SECONDS = 11
const ROUNDS = 7
const TOOL = 'backend-1__tool-1'
const MOST_US = 25
const LEAST_RATIO = 20
const TIMEOUT_MS = 60_000

interface Cost {
  readonly perCallUs: number
  readonly callsPerSec: number
}

/** What does one MCP call cost the client's process, once it runs? At the reference gateway, in turn. */
export async function calls({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  await using gateway = await DrivenGateway.start(TARGET_PROCESSOR, {})
  const own: Cost[] = []
  const sdk: Cost[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    say(`calls: round ${round} of ${ROUNDS}`)
    const sides = [
      () => costOf('own-calls-process.ts', gateway.url, signal),
      () => costOf('sdk-calls-process.ts', gateway.url, signal),
    ]
    // A different one first each time; the first round warms the gateway.
    const order = round % 2 === 0 ? [0, 1] : [1, 0]
    const costs: Cost[] = []
    for (const index of order) costs[index] = (await sides[index]?.()) ?? { perCallUs: Number.NaN, callsPerSec: 0 }
    const [ours, theirs] = costs
    if (round > 0 && ours !== undefined && theirs !== undefined) {
      own.push(ours)
      sdk.push(theirs)
    }
  }
  return toResult(own, sdk)
}

async function costOf(script: string, url: string, signal: AbortSignal): Promise<Cost> {
  const short = await usedBy(script, url, SHORT_SECONDS, signal)
  const long = await usedBy(script, url, LONG_SECONDS, signal)
  const count = long.calls - short.calls
  return { perCallUs: (long.cpuUs - short.cpuUs) / count, callsPerSec: count / (LONG_SECONDS - SHORT_SECONDS) }
}

interface Used {
  readonly calls: number
  readonly cpuUs: number
}

async function usedBy(script: string, url: string, seconds: number, signal: AbortSignal): Promise<Used> {
  const words = [fileURLToPath(new URL(script, import.meta.url)), url, TOOL, String(CLIENTS), String(seconds)]
  const { stdout } = await execFileAsync(process.execPath, words, { signal, timeout: TIMEOUT_MS })
  const used: Used = JSON.parse(stdout)
  if (!(used.calls > 0)) throw new Error(`${script}: calls failed`)
  return used
}

function toResult(own: readonly Cost[], sdk: readonly Cost[]): ExperimentResult {
  const ownUs = own.map(({ perCallUs }) => perCallUs)
  const ratios = own.map(({ perCallUs }, index) => (sdk[index]?.perCallUs ?? Number.NaN) / perCallUs)
  const microseconds = (us: number): string => `${us.toFixed(1)} µs`
  const row = (name: string, costs: readonly Cost[]): string[] => {
    const perCall = costs.map(({ perCallUs }) => perCallUs)
    const perSec = median(costs.map(({ callsPerSec }) => callsPerSec))
    return [
      name,
      microseconds(median(perCall)),
      microseconds(Math.min(...perCall)),
      microseconds(Math.max(...perCall)),
      perSec.toFixed(0),
    ]
  }
  return {
    promises: [
      {
        promise: `an MCP call takes at most ${MOST_US} µs of processor time of the generator`,
        figure: microseconds(median(ownUs)),
        spread: `${microseconds(Math.min(...ownUs))} to ${microseconds(Math.max(...ownUs))} over ${own.length} rounds of ${LONG_SECONDS} s less ${SHORT_SECONDS} s`,
        kept: median(ownUs) <= MOST_US,
      },
      {
        promise: `and at most a twentieth of that of the official SDK's client`,
        figure: `${median(ratios).toFixed(1)} times less`,
        spread: `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)} over ${own.length} rounds`,
        kept: median(ratios) >= LEAST_RATIO,
      },
    ],
    text: renderTable(
      ['client', 'CPU a call', 'least', 'most', 'calls/s'],
      [row('ours', own), row('official SDK', sdk)],
    ),
    data: { clients: CLIENTS, longSeconds: LONG_SECONDS, shortSeconds: SHORT_SECONDS, own, sdk },
  }
}
