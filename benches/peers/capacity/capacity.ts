import { LoadGenerator } from '@gw/perf-kit'
import { DrivenGateway } from '../agent/driven-gateway.ts'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { simulatedBeyondRatio } from './crommelin.ts'
import {
  fixedQueue,
  type KnownTarget,
  QUEUE_BEYOND_RATIO,
  QUEUE_LIMIT_NS,
  QUEUE_SERVICE_NS,
  startKnownTarget,
  tokenBucket,
} from './known-target.ts'
import { searchOnce } from './search-once.ts'
import { appendRecord, readRecords, type SearchRecord } from './search-records.ts'
import { summarise } from './summary.ts'

/** A search takes 40 s to 2 minutes: the hundred of the promise come together over days. */
const DEFAULT_RUNS = 5
const RUNS_PER_PAIR = 10
/** One takes three times as long as a bucket's, which is what the promise can rest on. */
const RUNS_PER_QUEUE = 5
const GATEWAY_PROCESSOR = 0
const WARMING_NS = 3e9
const WARMING_CLIENTS = 50
const CALL = 'backend-1__tool-1'
const SIMULATED = 200_000_000
/** Long waits come in long rows, so that a share of 1 % of so many is off by 2.5 % by chance (measured); in the rate this is 0.5 %. */
const SIMULATED_OFF_RATIO = 0.1

/**
 * Is the capacity true that a search finds, what does it cost, and does it come out again? Searches of `perf-kit capacity` on targets whose
 * capacity follows from what they are, and pairs of them on the reference gateway. Each is appended to docs/data; all that are
 * there are summed up.
 */
export async function capacity({ say, signal, runs = DEFAULT_RUNS }: ExperimentContext): Promise<ExperimentResult> {
  checkTruth()
  for (let run = 1; run <= runs; run++) {
    for (const make of run % RUNS_PER_QUEUE === 1 ? [tokenBucket, fixedQueue] : [tokenBucket]) {
      const record = await searchKnown(make, signal)
      say(`capacity: ${record.kind} ${record.number}, run ${run} of ${runs}: ${told(record)}`)
    }
    if (run % RUNS_PER_PAIR === 1) await searchPair(say, signal)
  }
  const records = await readRecords()
  if (records.length === 0) throw new Error('no search has been recorded yet: make some, with --runs 1 or more')
  return summarise(records)
}

/** What a formula says must be what comes of trying it out. */
function checkTruth(): void {
  const queue = { arrivalsPerSec: fixedQueue(1).truthPerSec, serviceNs: QUEUE_SERVICE_NS }
  const beyondRatio = simulatedBeyondRatio(queue, QUEUE_LIMIT_NS, SIMULATED)
  if (Math.abs(beyondRatio / QUEUE_BEYOND_RATIO - 1) <= SIMULATED_OFF_RATIO) return
  throw new Error(
    `${100 * beyondRatio} % of simulated requests take longer than the limit, and not ${100 * QUEUE_BEYOND_RATIO} %`,
  )
}

async function searchKnown(make: (number: number) => KnownTarget, signal: AbortSignal): Promise<SearchRecord> {
  const { kind } = make(1)
  const number = (await readRecords()).filter((record) => record.kind === kind).length + 1
  const target = make(number)
  await using process = await startKnownTarget(target)
  const about = { kind, number, truthPerSec: target.truthPerSec }
  const record = await searchOnce(about, [process.url, ...target.args], signal)
  await appendRecord(record)
  return record
}

/** Two searches, one after the other, of the same process. */
async function searchPair(say: ExperimentContext['say'], signal: AbortSignal): Promise<void> {
  const numbers = (await readRecords()).filter(({ kind }) => kind === 'gateway').map(({ number }) => number)
  const number = Math.max(0, ...numbers) + 1
  await using gateway = await DrivenGateway.start(GATEWAY_PROCESSOR, {})
  await warm(gateway.url, signal)
  for (const which of ['first', 'second']) {
    const about = { kind: 'gateway', number } as const
    const record = await searchOnce(about, [gateway.url, '--mcp', '--call', CALL], signal)
    await appendRecord(record)
    say(`capacity: gateway, ${which} of pair ${number}: ${told(record)}`)
  }
}

/** A process that has just been started gets faster in its first seconds: the first search would be of a cold one. */
async function warm(url: string, signal: AbortSignal): Promise<void> {
  const generator = new LoadGenerator({
    url,
    mcp: { method: 'tools/call', params: { name: CALL, arguments: {} } },
    loop: 'closed',
    phases: [{ from: WARMING_CLIENTS, to: WARMING_CLIENTS, durationNs: WARMING_NS }],
  })
  await generator.run(signal)
  signal.throwIfAborted()
}

function told({ answer, truthPerSec, trials, seconds, loadAverage }: SearchRecord): string {
  const found = answer.kind === 'interval' ? `${answer.valuePerSec.toFixed(0)}/s` : answer.kind
  const truth = truthPerSec === undefined ? '' : ` where ${truthPerSec.toFixed(0)}/s is true`
  return `${found}${truth}, ${trials.length} trials, ${seconds} s, load ${loadAverage}`
}
