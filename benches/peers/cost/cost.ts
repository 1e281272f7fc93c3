import { fileURLToPath } from 'node:url'
import {
  type AgainstRequest,
  judgePairRuns,
  type LoadedConfig,
  listBenchmarks,
  loadConfig,
  median,
  PAIR_DESIGN,
  runPairs,
  type Snapshots,
  takeSnapshots,
  undecidedSubjects,
} from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { cloneCommitted } from './clean-clone.ts'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const SAMPLE = 11
const LIMIT_SECONDS = 40

interface Decision {
  readonly subject: string
  readonly verdict: string
  readonly pairs: number
  /** from finding the benchmark to its verdict, without checking out and installing */
  readonly seconds: number
}

/**
 * What does a verdict cost when nothing has changed? HEAD against HEAD, as `bench --against` does it, one benchmark at a
 * time: a sample of all benchmarks, evenly over their names.
 */
export async function cost(context: ExperimentContext): Promise<ExperimentResult> {
  const { signal } = context
  await using clone = await cloneCommitted(REPOSITORY, signal)
  const { config } = await loadConfig(REPOSITORY)
  const { cases } = await listBenchmarks({ rootDirectory: REPOSITORY, config, words: [], signal })
  const subjects = evenly(
    cases.map(({ subject }) => subject),
    SAMPLE,
  )

  const startMs = performance.now()
  const snapshots = await takeSnapshots({
    rootDirectory: clone.path,
    ref: 'HEAD',
    prepare: config.bench.prepare,
    onStep: (step) => context.say(`cost: ${step}`),
    signal,
  })
  const setUpSeconds = secondsSince(startMs)
  try {
    const decisions: Decision[] = []
    for (const subject of subjects) {
      context.say(`cost: ${decisions.length + 1} of ${subjects.length}, ${subject}`)
      decisions.push(await decide(subject, { config, rootDirectory: clone.path, file: undefined }, snapshots, signal))
    }
    return toResult(decisions, setUpSeconds, cases.length)
  } finally {
    await snapshots.dispose()
  }
}

async function decide(
  subject: string,
  { config, rootDirectory }: LoadedConfig,
  snapshots: Snapshots,
  signal: AbortSignal,
): Promise<Decision> {
  const startMs = performance.now()
  const request: Omit<AgainstRequest, 'ref'> = {
    rootDirectory,
    config,
    words: [subject],
    timeBudgetNs: Number.POSITIVE_INFINITY,
    configuration: 'default',
    looks: PAIR_DESIGN.looks,
    undecided: undecidedSubjects,
    signal,
  }
  const { runs, failures } = await runPairs(request, snapshots)
  signal.throwIfAborted()
  const [failure] = [...failures, ...runs.flatMap((run) => run.failures)]
  if (failure !== undefined) throw new Error(`${failure.subject} could not be measured: ${failure.message}`)
  const seconds = secondsSince(startMs)
  const isTime = (entry: { readonly subject: string; readonly metric: string }) =>
    entry.subject === subject && entry.metric === 'timePerOp'
  const verdict = judgePairRuns(runs)
    .flatMap(({ verdicts }) => verdicts)
    .find(isTime)
  return {
    subject,
    verdict: verdict?.state ?? 'none',
    pairs: verdict?.sampleCounts.candidate ?? 0,
    seconds,
  }
}

function toResult(decisions: readonly Decision[], setUpSeconds: number, benchmarks: number): ExperimentResult {
  // What no verdict came of was not decided in any time.
  const decided = decisions.map(({ seconds, verdict }) => (verdict === 'inconclusive' ? Infinity : seconds))
  const attributed = decided.map((seconds) => seconds + setUpSeconds / benchmarks)
  const alone = decided.map((seconds) => seconds + setUpSeconds)
  return {
    promises: [
      {
        promise: 'half of all benchmarks are decided in 40 s each or less when nothing has changed, checkout included',
        figure: `${median(attributed).toFixed(1)} s in a run of all, ${median(alone).toFixed(1)} s alone`,
        spread: `alone ${Math.min(...alone).toFixed(1)} to ${Math.max(...alone).toFixed(1)} s over ${decisions.length} benchmarks`,
        kept: median(attributed) <= LIMIT_SECONDS && median(alone) <= LIMIT_SECONDS,
      },
    ],
    text: `checking out and installing both sides: ${setUpSeconds.toFixed(1)} s, for 1 or for all ${benchmarks}\n${renderTable(
      ['benchmark', 'verdict', 'pairs', 'seconds'],
      decisions.map(({ subject, verdict, pairs, seconds }) => [subject, verdict, String(pairs), seconds.toFixed(1)]),
    )}`,
    data: { benchmarks, setUpSeconds, decisions },
  }
}

/** So many of them, from the first to the last, at equal distances. */
function evenly(all: readonly string[], count: number): readonly string[] {
  if (all.length <= count) return all
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] ?? '')
}

function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000
}
