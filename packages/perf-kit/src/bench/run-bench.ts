import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nowNs } from '../clock/index.ts'
import { PerfKitError } from '../errors/index.ts'
import type { Run, RunFailure, RunNote } from '../run/index.ts'
import { type BenchRunFacts, type SuiteContent, toBenchRun } from './bench-run.ts'
import { caseWarnings, forkMetrics, pairMetrics } from './case-metrics.ts'
import type { BenchCase, Discovery } from './discover.ts'
import { readSource } from './git.ts'
import { type ListRequest, listBenchmarks } from './list-benchmarks.ts'
import { type MeasuredCase, measureForks } from './measure-forks.ts'
import { measurePairs, type PairedCase } from './measure-pairs.ts'
import { type ProgressListener, ProgressTracker } from './progress.ts'
import { settingsOf } from './settings.ts'
import { type Snapshots, takeSnapshots } from './snapshot.ts'

export interface BenchRequest extends ListRequest {
  /** stop starting forks after this long; Infinity when not bounded */
  readonly timeBudgetNs: number
  /** the variant's name in baselines */
  readonly configuration: string
  readonly onProgress?: ProgressListener
}

export interface AgainstRequest extends BenchRequest {
  readonly ref: string
  /** pairs after which to look, ascending */
  readonly looks: readonly number[]
  /** Which subjects the Runs so far leave undecided. Judging is not this room's business: the caller passes it in. */
  readonly undecided: (runs: readonly Run[]) => ReadonlySet<string>
}

export interface BenchOutcome {
  /** one a suite, ordered by name */
  readonly runs: readonly Run[]
  /** problems that belong to no suite: a file that cannot be read */
  readonly failures: readonly RunFailure[]
  readonly interrupted: boolean
}

/** Measure each selected benchmark in forks of its own. */
export async function runBench(request: BenchRequest): Promise<BenchOutcome> {
  const startedAt = new Date()
  const startNs = nowNs()
  const progress = new ProgressTracker(request.onProgress)
  progress.begin('finding benchmarks')
  const { cases, failures } = await listBenchmarks(request)
  const outcome = await measureForks({
    ...contextOf(request),
    rootDirectory: request.rootDirectory,
    cases,
    forks: request.config.bench.forks,
    timeBudgetNs: request.timeBudgetNs,
    progress,
    random: Math.random,
  })
  const incomplete = [
    ...(outcome.interrupted ? ['interrupted before all forks had run'] : []),
    ...(outcome.measured.some(({ forks }) => forks.length < request.config.bench.forks) && !outcome.interrupted
      ? ['the time budget ended before all forks had run']
      : []),
  ]
  const facts: BenchRunFacts = {
    configuration: request.configuration,
    startedAt,
    durationNs: nowNs() - startNs,
    source: await readSource(request.rootDirectory),
    against: undefined,
    incomplete,
  }
  return toOutcome(cases, outcome, failures, facts, forkMetrics)
}

/** Measure each selected benchmark in interleaved pairs against another git ref. */
export async function runAgainst(request: AgainstRequest): Promise<BenchOutcome> {
  const { rootDirectory, ref, config, onProgress, signal } = request
  const progress = new ProgressTracker(onProgress)
  const snapshots = await takeSnapshots({
    rootDirectory,
    ref,
    prepare: config.bench.prepare,
    onStep: (step) => progress.begin(step),
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    return await runPairs(request, snapshots, progress)
  } finally {
    await snapshots.dispose()
  }
}

/** The same on checkouts made before: for several comparisons of the same two sides. */
export async function runPairs(
  request: Omit<AgainstRequest, 'ref'>,
  snapshots: Snapshots,
  progress = new ProgressTracker(request.onProgress),
): Promise<BenchOutcome> {
  const startedAt = new Date()
  const startNs = nowNs()
  progress.begin('finding benchmarks')
  const { cases, counterparts, failures, notes } = await casesOnBothSides(request, snapshots)
  const factsAt = (incomplete: readonly string[]): BenchRunFacts => ({
    configuration: request.configuration,
    startedAt,
    durationNs: nowNs() - startNs,
    source: snapshots.candidate,
    against: snapshots.baseline,
    incomplete,
  })
  const outcome = await measurePairs({
    ...contextOf(request),
    roots: snapshots.roots,
    cases,
    counterparts,
    looks: request.looks,
    undecided: (measured) =>
      request.undecided(toOutcome(cases, { measured, failures: [] }, [], factsAt([]), pairMetrics).runs),
    timeBudgetNs: request.timeBudgetNs,
    progress,
    random: Math.random,
  })
  const facts = factsAt(outcome.interrupted ? ['interrupted before the evidence was complete'] : [])
  return toOutcome(cases, outcome, failures, facts, pairMetrics, [...notes, ...outcome.cutShort.map(outOfTime)])
}

function outOfTime(subject: string): RunNote {
  return {
    code: 'OUT_OF_TIME',
    subject,
    message: 'the time budget ended before the evidence was complete: give it more',
  }
}

function contextOf({ config, signal }: BenchRequest) {
  return { settings: settingsOf(config), ...(signal === undefined ? {} : { signal }) }
}

interface BothSides extends Discovery {
  readonly counterparts: ReadonlyMap<string, BenchCase>
  readonly notes: readonly RunNote[]
}

/** Cases that both sides have; what only one side has, or has in another version, becomes a note. */
async function casesOnBothSides(
  request: Omit<AgainstRequest, 'ref'>,
  { roots, baseline: { ref } }: Snapshots,
): Promise<BothSides> {
  const here = await listBenchmarks({ ...request, rootDirectory: roots.candidate })
  const there = await listOtherSide({ ...request, rootDirectory: roots.baseline, words: [] })
  const counterparts = new Map(there.cases.map((benchCase) => [benchCase.subject, benchCase]))
  const notes: RunNote[] = []
  const cases: BenchCase[] = []
  for (const benchCase of here.cases) {
    const { subject, file } = benchCase
    const counterpart = counterparts.get(subject)
    if (counterpart === undefined) {
      const broken = there.failures.find((failure) => failure.subject === file || failure.subject === subject)
      const reason = broken === undefined ? `${ref} has no such benchmark` : `on ${ref} it ${broken.message}`
      notes.push({ code: 'BENCH_ADDED', subject, message: `is new: ${reason}, so there is nothing to compare` })
      continue
    }
    cases.push(benchCase)
    if (!(await sameContent(join(roots.candidate, file), join(roots.baseline, counterpart.file)))) {
      notes.push({
        code: 'BENCH_CHANGED',
        subject,
        message: `its bench file differs from ${ref}'s: the verdict is about both changes together`,
      })
    }
  }
  return { cases, counterparts, failures: here.failures, notes }
}

/** A ref from before the first benchmark is no mistake: all of this side's are new then. */
async function listOtherSide(request: ListRequest): Promise<Discovery> {
  try {
    return await listBenchmarks(request)
  } catch (error) {
    if (error instanceof PerfKitError && error.code === 'NO_SUCH_BENCHMARK') return { cases: [], failures: [] }
    throw error
  }
}

async function sameContent(left: string, right: string): Promise<boolean> {
  const [leftText, rightText] = await Promise.all([readFile(left), readFile(right).catch(() => undefined)])
  return rightText !== undefined && leftText.equals(rightText)
}

/** Sort what was measured into one Run a suite. */
function toOutcome<Measured extends MeasuredCase | PairedCase>(
  cases: readonly BenchCase[],
  outcome: {
    readonly measured: readonly Measured[]
    readonly failures: readonly RunFailure[]
    readonly interrupted?: boolean
  },
  otherFailures: readonly RunFailure[],
  facts: BenchRunFacts,
  metricsOf: (measured: Measured) => SuiteContent['metrics'],
  notes: readonly RunNote[] = [],
): BenchOutcome {
  const suiteOf = (subject: string | undefined): string | undefined => subject?.split('/', 1)[0]
  const measurable = new Set(cases.map(({ suite }) => suite))
  const noted = notes.flatMap(({ subject }) => suiteOf(subject) ?? [])
  const suites = [...new Set([...measurable, ...noted])].sort()
  const runs = suites.map((suite) => {
    const measured = outcome.measured.filter(({ benchCase }) => benchCase.suite === suite)
    return toBenchRun(
      {
        suite,
        onlyNew: !measurable.has(suite),
        metrics: measured.flatMap(metricsOf),
        warnings: [...measured.flatMap(caseWarnings), ...notes.filter(({ subject }) => suiteOf(subject) === suite)],
        failures: outcome.failures.filter(({ subject }) => suiteOf(subject) === suite),
      },
      facts,
    )
  })
  return { runs, failures: otherFailures, interrupted: outcome.interrupted ?? false }
}
