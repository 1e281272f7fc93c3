import {
  judgePairRuns,
  type LoadedConfig,
  overallState,
  PAIR_DESIGN,
  type Run,
  runPairs,
  type Snapshots,
  undecidedSubjects,
  type Verdict,
} from '@gw/perf-kit'
import type { ComparisonRecord } from './record.ts'

export interface RoundOptions {
  readonly loaded: LoadedConfig
  readonly snapshots: Snapshots
  /** empty for all benchmarks */
  readonly subjects: readonly string[]
  readonly looks?: readonly number[]
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

export type RoundRecord = Omit<ComparisonRecord, 'slowdownRatio' | 'work' | 'mechanism' | 'sequential'>

const TELL_EVERY_MS = 60_000
const TIME = 'timePerOp'
const NULL_TIME = 'nullTimePerOp'

/** One whole comparison of two checkouts, measured and judged exactly as `bench --against` does. */
export async function runRound(options: RoundOptions): Promise<RoundRecord[]> {
  const { loaded, snapshots, subjects, looks = PAIR_DESIGN.looks, say, signal } = options
  const startMs = performance.now()
  const fewLooks = looks !== PAIR_DESIGN.looks
  let toldMs = startMs
  const { runs, failures } = await runPairs(
    {
      rootDirectory: loaded.rootDirectory,
      config: loaded.config,
      words: subjects,
      timeBudgetNs: Number.POSITIVE_INFINITY,
      configuration: 'calibration',
      looks,
      undecided: fewLooks ? () => new Set() : undecidedSubjects,
      onProgress: ({ doneForks, plannedForks, remainingNs }) => {
        if (remainingNs === undefined || performance.now() - toldMs < TELL_EVERY_MS) return
        toldMs = performance.now()
        say(`  ${doneForks} of ${plannedForks} forks, ${Math.ceil(remainingNs / 60e9)} min left`)
      },
      signal,
    },
    snapshots,
  )
  signal.throwIfAborted()
  for (const { subject, message } of [...failures, ...runs.flatMap((run) => run.failures)]) {
    say(`! ${subject} could not be measured, and counts as no comparison: ${message}`)
  }
  const roundSeconds = (performance.now() - startMs) / 1000
  const together = judgePairRuns(runs).flatMap(({ verdicts }) => verdicts)
  const measured = runs.flatMap((run) => run.metrics.filter(({ name }) => name === TIME).map(({ subject }) => subject))
  if (measured.length === 0) throw new Error('no benchmark could be measured')
  const shared = {
    at: new Date().toISOString(),
    commit: snapshots.baseline.commit,
    environmentId: runs[0]?.environment.id ?? '',
    round: new Date().toISOString(),
    roundSeconds,
    roundBenchmarks: measured.length,
  }
  return measured.map((subject) => ({ ...shared, ...recordOf(subject, runs, together) }))
}

type SubjectRecord = Omit<RoundRecord, 'at' | 'commit' | 'environmentId' | 'round' | 'roundSeconds' | 'roundBenchmarks'>

function recordOf(subject: string, runs: readonly Run[], together: readonly Verdict[]): SubjectRecord {
  const alone = judgePairRuns(runs.map((run) => onlyOf(subject, run))).flatMap(({ verdicts }) => verdicts)
  const timeIn = (verdicts: readonly Verdict[]): Verdict | undefined =>
    verdicts.find((verdict) => verdict.subject === subject && verdict.metric === TIME)
  const time = timeIn(together)
  return {
    subject,
    time: time?.state ?? 'none',
    failsBuild: regressedMetrics(together, subject).length > 0,
    regressed: regressedMetrics(together, subject),
    overall: overallState(together.filter((verdict) => verdict.subject === subject)),
    timeAlone: timeIn(alone)?.state ?? 'none',
    failsBuildAlone: regressedMetrics(alone, subject).length > 0,
    effectRatio: time?.effectRatio ?? Number.NaN,
    ratios: ratiosOf(runs, subject, TIME),
    nullRatios: ratiosOf(runs, subject, NULL_TIME),
  }
}

/** Which metrics of this benchmark, time or another, would fail a build. */
function regressedMetrics(verdicts: readonly Verdict[], subject: string): readonly string[] {
  return verdicts
    .filter((verdict) => verdict.subject === subject && verdict.gates && verdict.state === 'regressed')
    .map(({ metric }) => metric)
}

/** What would be left of a Run if one benchmark alone had been asked for; null pairs judge the machine, and stay. */
function onlyOf(subject: string, run: Run): Run {
  return { ...run, metrics: run.metrics.filter((metric) => metric.subject === subject || metric.name === NULL_TIME) }
}

function ratiosOf(runs: readonly Run[], subject: string, name: string): readonly number[] {
  const metric = runs.flatMap(({ metrics }) => metrics).find((one) => one.subject === subject && one.name === name)
  if (metric?.evidence.kind !== 'pairs') return []
  const { baseline, candidate, ratios } = metric.evidence
  return ratios ?? candidate.map((value, pair) => value / (baseline[pair] ?? Number.NaN))
}
