import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, medianInterval } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { askEachSecond } from './asking.ts'
import { DrivenGateway, type Slice } from './driven-gateway.ts'

const ROUNDS = numberFrom('PERF_KIT_AGENT_ROUNDS', 8)
const SLICES = numberFrom('PERF_KIT_AGENT_SLICES', 12)
const SLICE_MS = 1_000
const WARMUP_MS = 3_000
const CLIENTS = 20
const GATEWAY_PROCESSOR = 0
/** Requests a second that may be lost. */
const LIMIT_RATIO = 0.01

/** `plain` is what both others are held against; the second one without an agent shows what chance does. */
const SIDES = ['plain', 'agent', 'second plain'] as const
type Side = (typeof SIDES)[number]
type Turn = Readonly<Record<Side, Slice>>

/** What does the agent cost? Three gateways in turn, a second each, one of them with an agent that is asked each second. */
export async function agent({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-agent-cost-'))
  try {
    const turns: Turn[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`agent: round ${round} of ${ROUNDS}`)
      turns.push(...(await measureRound(folder, round, signal)))
    }
    return toResult(turns)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Gateways of their own each round: two processes that do the same differ by what their compiler came to. */
async function measureRound(folder: string, round: number, signal: AbortSignal): Promise<readonly Turn[]> {
  const token = randomBytes(24).toString('hex')
  const withAgent = {
    NODE_OPTIONS: `--import=${import.meta.resolve('@gw/perf-kit/agent')}`,
    PERF_KIT_AGENT_FOLDER: folder,
    PERF_KIT_AGENT_TOKEN: token,
  }
  await using plain = await DrivenGateway.start(GATEWAY_PROCESSOR, {})
  await using watched = await DrivenGateway.start(GATEWAY_PROCESSOR, withAgent)
  await using secondPlain = await DrivenGateway.start(GATEWAY_PROCESSOR, {})
  const drivers: Readonly<Record<Side, (ms: number) => Promise<Slice>>> = {
    plain: (ms) => plain.drive(CLIENTS, ms, signal),
    'second plain': (ms) => secondPlain.drive(CLIENTS, ms, signal),
    agent: async (ms) => {
      using asking = await askEachSecond(folder, { pid: watched.pid, token })
      const slice = await watched.drive(CLIENTS, ms, signal)
      if (asking.answers() < 2) throw new Error('the agent does not answer')
      return slice
    },
  }
  for (const side of SIDES) await drivers[side](WARMUP_MS)
  const turns: Turn[] = []
  for (let turn = 0; turn < SLICES; turn++) turns.push(await measureTurn(drivers, round + turn))
  return turns
}

async function measureTurn(
  drivers: Readonly<Record<Side, (ms: number) => Promise<Slice>>>,
  number: number,
): Promise<Turn> {
  const slices = new Map<Side, Slice>()
  // All six orders in turn: the machine may get slower within one.
  for (const side of orderOf(number)) slices.set(side, await drivers[side](SLICE_MS))
  const of = (side: Side): Slice => {
    const slice = slices.get(side)
    if (slice === undefined) throw new Error(`${side} was not driven`)
    return slice
  }
  return { plain: of('plain'), agent: of('agent'), 'second plain': of('second plain') }
}

function orderOf(number: number): readonly Side[] {
  const from = number % SIDES.length
  const rotated = [...SIDES.slice(from), ...SIDES.slice(0, from)]
  return number % 2 === 0 ? rotated : rotated.toReversed()
}

function toResult(turns: readonly Turn[]): ExperimentResult {
  const lost = turns.map((turn) => 1 - turn.agent.perSec / turn.plain.perSec)
  const { low, high } = medianInterval(lost)
  const rows = SIDES.map((side) => {
    const slices = turns.map((turn) => turn[side])
    const ratios = (of: (slice: Slice) => number): readonly number[] =>
      turns.map((turn) => of(turn[side]) / of(turn.plain))
    return [
      side,
      `${(median(slices.map(({ perSec }) => perSec)) / 1e3).toFixed(2)} k/s`,
      ...(side === 'plain' ? ['1', ''] : interval(ratios(({ perSec }) => perSec))),
      `${(median(slices.map(({ cpuPerRequestNs }) => cpuPerRequestNs)) / 1e3).toFixed(1)} µs`,
      ...(side === 'plain' ? ['1', ''] : interval(ratios(({ cpuPerRequestNs }) => cpuPerRequestNs))),
    ]
  })
  return {
    promises: [
      {
        promise: 'an agent that is asked each second costs a busy gateway at most 1 % of its requests a second',
        figure: `${percent(median(lost))} lost`,
        spread: `95 % of medians: ${percent(low)} to ${percent(high)}, ${turns.length} pairs of a second in ${ROUNDS} rounds of processes`,
        kept: median(lost) <= LIMIT_RATIO,
      },
    ],
    text: renderTable(['gateway', 'rate', 'ratio', '95 %', 'CPU a request', 'ratio', '95 %'], rows),
    data: { clients: CLIENTS, sliceMs: SLICE_MS, rounds: ROUNDS, turns },
  }
}

function interval(ratios: readonly number[]): readonly string[] {
  const { low, high } = medianInterval(ratios)
  return [median(ratios).toFixed(4), `${low.toFixed(4)} … ${high.toFixed(4)}`]
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`
}

/** Fewer show whether it runs. */
function numberFrom(variable: string, usual: number): number {
  const given = Number(process.env[variable])
  return Number.isInteger(given) && given > 0 ? given : usual
}
