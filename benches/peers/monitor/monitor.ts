import { MemoryMonitor, type StartedProcess, startTarget } from '@gw/perf-kit'
import { driveGateway, gatewayCommand } from '../agent/driven-gateway.ts'
import { costsLittle, type Driver, numberFrom, SLICE_MS, type Turn, takeTurns, turnTable } from '../agent/turns.ts'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'

const ROUNDS = numberFrom('PERF_KIT_MONITOR_ROUNDS', 8)
const SLICES = numberFrom('PERF_KIT_MONITOR_SLICES', 12)
const CLIENTS = 20
const GATEWAY_PROCESSOR = 0
const PROMISE = 'a monitor of its memory costs a busy gateway at most 1 % of its requests a second, its agent included'

/**
 * What does it cost to be watched? Three gateways in turn, a second each, one of them with an agent that a `MemoryMonitor` asks at the beginning, after a second and
 * at the end: three times as often as it does over a longer time.
 */
export async function monitor({ say, signal }: ExperimentContext): Promise<ExperimentResult> {
  const turns: Turn[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    say(`monitor: round ${round} of ${ROUNDS}`)
    turns.push(...(await measureRound(round, signal)))
  }
  return {
    promises: [costsLittle(PROMISE, turns, ROUNDS)],
    text: turnTable(turns, 'monitor'),
    data: { clients: CLIENTS, sliceMs: SLICE_MS, rounds: ROUNDS, turns },
  }
}

/** Gateways of their own each round: two processes that do the same differ by what their compiler came to. */
async function measureRound(round: number, signal: AbortSignal): Promise<readonly Turn[]> {
  await using started = new AsyncDisposableStack()
  const start = async (agent: boolean): Promise<StartedProcess> => {
    const ready = { log: /listening on (\S+)/ }
    const target = await startTarget({ command: gatewayCommand(GATEWAY_PROCESSOR), ready, agent, signal })
    started.defer(async () => void (await target.stop()))
    return target
  }
  const [plain, watched, secondPlain] = [await start(false), await start(true), await start(false)]
  const drivers = {
    plain: driverOf(plain, signal),
    'second plain': driverOf(secondPlain, signal),
    watched: async (ms: number) => {
      let seen = 0
      const watching = MemoryMonitor.of(watched, {
        onSample: ({ inside }) => {
          if (inside !== null) seen++
        },
      }).start()
      const slice = await driverOf(watched, signal)(ms)
      await watching.stop()
      if (seen < 2) throw new Error(`nothing is seen inside: ${watched.withoutAgent ?? watching.doubts.join('; ')}`)
      return slice
    },
  }
  return await takeTurns(drivers, SLICES, round)
}

function driverOf({ url = '', pid }: StartedProcess, signal: AbortSignal): Driver {
  return (ms) => driveGateway({ url, pid }, CLIENTS, ms, signal)
}
