import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { askEachSecond } from './asking.ts'
import { DrivenGateway } from './driven-gateway.ts'
import { costsLittle, numberFrom, SLICE_MS, type Turn, takeTurns, turnTable } from './turns.ts'

const ROUNDS = numberFrom('PERF_KIT_AGENT_ROUNDS', 8)
const SLICES = numberFrom('PERF_KIT_AGENT_SLICES', 12)
const CLIENTS = 20
const GATEWAY_PROCESSOR = 0
const PROMISE = 'an agent that is asked each second costs a busy gateway at most 1 % of its requests a second'

/** What does the agent cost? Three gateways in turn, a second each, one of them with an agent that is asked each second. */
export async function agent({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-agent-cost-'))
  try {
    const turns: Turn[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`agent: round ${round} of ${ROUNDS}`)
      turns.push(...(await measureRound(folder, round, signal)))
    }
    return {
      promises: [costsLittle(PROMISE, turns, ROUNDS)],
      text: turnTable(turns, 'agent'),
      data: { clients: CLIENTS, sliceMs: SLICE_MS, rounds: ROUNDS, turns },
    }
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
  const drivers = {
    plain: (ms: number) => plain.drive(CLIENTS, ms, signal),
    'second plain': (ms: number) => secondPlain.drive(CLIENTS, ms, signal),
    watched: async (ms: number) => {
      using asking = await askEachSecond(folder, { pid: watched.pid, token })
      const slice = await watched.drive(CLIENTS, ms, signal)
      if (asking.answers() < 2) throw new Error('the agent does not answer')
      return slice
    },
  }
  return await takeTurns(drivers, SLICES, round)
}
