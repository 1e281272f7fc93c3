import { fileURLToPath } from 'node:url'
import {
  type AgainstRequest,
  judgePairRuns,
  type LoadedConfig,
  listBenchmarks,
  loadConfig,
  overallState,
  PAIR_DESIGN,
  type Run,
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
    // Of what is measured: the working tree may have others.
    const { cases } = await listBenchmarks({ rootDirectory: snapshots.roots.candidate, config, words: [], signal })
    const subjects = evenly(
      cases.map(({ subject }) => subject),
      SAMPLE,
    )
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
  // All that can fail a build, as the command line sees it: time may be settled long before what is allocated is.
  return {
    subject,
    verdict: overallState(judgePairRuns(runs).flatMap(({ verdicts }) => verdicts)),
    pairs: pairsOf(runs),
    seconds,
  }
}

function pairsOf(runs: readonly Run[]): number {
  const evidence = runs.flatMap(({ metrics }) => metrics).find(({ name }) => name === 'timePerOp')?.evidence
  return evidence?.kind === 'pairs' ? evidence.candidate.length : 0
}

function toResult(decisions: readonly Decision[], setUpSeconds: number, benchmarks: number): ExperimentResult {
  // What no verdict came of was not decided in any time.
  const decided = decisions.map(({ seconds, verdict }) =>
    verdict === 'inconclusive' || verdict === 'unjudged' ? Number.POSITIVE_INFINITY : seconds,
  )
  const attributed = decided.map((seconds) => seconds + setUpSeconds / benchmarks)
  const alone = decided.map((seconds) => seconds + setUpSeconds)
  return {
    promises: [
      {
        promise: 'half of all benchmarks are decided in 40 s each or less when nothing has changed, checkout included',
        figure: `${middle(attributed).toFixed(1)} s in a run of all, ${middle(alone).toFixed(1)} s alone`,
        spread: `alone ${spreadOf(alone)} of ${decisions.length} benchmarks`,
        kept: middle(attributed) <= LIMIT_SECONDS && middle(alone) <= LIMIT_SECONDS,
      },
    ],
    text: `checking out and installing both sides: ${setUpSeconds.toFixed(1)} s, for 1 or for all ${benchmarks}\n${renderTable(
      ['benchmark', 'verdict', 'pairs', 'seconds'],
      decisions.map(({ subject, verdict, pairs, seconds }) => [subject, verdict, String(pairs), seconds.toFixed(1)]),
    )}`,
    data: { benchmarks, setUpSeconds, decisions },
  }
}

/** How long those took that were decided, and how many were not. */
function spreadOf(seconds: readonly number[]): string {
  const decided = seconds.filter(Number.isFinite)
  const range = `${Math.min(...decided).toFixed(1)} to ${Math.max(...decided).toFixed(1)} s`
  const undecided = seconds.length - decided.length
  return undecided === 0 ? range : `${range}, and ${undecided} undecided`
}

/** The median of an odd number, of which some may be infinite. */
function middle(seconds: readonly number[]): number {
  return seconds.toSorted((left, right) => left - right)[seconds.length >> 1] ?? Number.NaN
}

/** So many of them at equal distances, from the first on. */
function evenly(all: readonly string[], count: number): readonly string[] {
  if (all.length <= count) return all
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] ?? '')
}

function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000
}
