import {
  type BenchCase,
  type LoadedConfig,
  listBenchmarks,
  loadConfig,
  runBench,
  type Snapshots,
  takeSnapshots,
} from '@gw/perf-kit'
import { gatewayTree, refuseDifferences } from './clean-tree.ts'
import { appendRecords, asRecorded, type ComparisonRecord, dayOf, readRecords, type SequentialForks } from './record.ts'
import { type RoundRecord, runRound } from './round.ts'
import { measureSequentially } from './sequential-forks.ts'
import { SLOWDOWN_MECHANISM, Slowdown, type SlowdownWork } from './slowdown.ts'
import { SLOWDOWN_PLACES } from './subjects.ts'
import { renderSummary } from './summary.ts'
import { SlowdownTuner, tuneSlowdown } from './tune-slowdown.ts'

export interface CalibrationOptions {
  /** comparisons of the same code wanted in all; 0 for none */
  readonly sameCode: number
  readonly slowdown: { readonly ratio: number; readonly comparisons: number } | undefined
  /** also run the methods that we are compared with, on the subjects that a slowdown can be put into */
  readonly withSequential: boolean
  readonly dataFile: string
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

const SLOWED_SUBJECTS = SLOWDOWN_PLACES.map(({ subject }) => subject)

/** @returns tables of all that has been recorded, as Markdown */
export async function runCalibration(options: CalibrationOptions): Promise<string> {
  const loaded = await loadConfig(process.cwd())
  if (options.sameCode > 0 || options.slowdown !== undefined) await refuseDifferences(loaded.rootDirectory)
  await recordSameCode(loaded, options)
  if (options.slowdown !== undefined) await recordSlowdown(loaded, options, options.slowdown)
  return renderSummary(await readRecords(options.dataFile))
}

/** Whole runs of all benchmarks, each with checkouts of its own as every `bench --against` has. */
async function recordSameCode(loaded: LoadedConfig, options: CalibrationOptions): Promise<void> {
  const { sameCode, say, signal } = options
  for (;;) {
    const done = await countRecords(options, 0)
    if (done >= sameCode) return
    say(`${done} of ${sameCode} comparisons of the same code`)
    const snapshots = await snapshotHead(loaded, options)
    try {
      const records = await runRound({ loaded, snapshots, subjects: [], say, signal })
      await record(records, { ratio: 0, work: {} }, snapshots, loaded, options)
    } finally {
      await snapshots.dispose()
    }
  }
}

/** Runs of the subjects that work was put into, all of them slower in the candidate. */
async function recordSlowdown(
  loaded: LoadedConfig,
  options: CalibrationOptions,
  { ratio: asked, comparisons }: NonNullable<CalibrationOptions['slowdown']>,
): Promise<void> {
  const { say, signal } = options
  const ratio = asRecorded(asked)
  let tuner: SlowdownTuner | undefined
  for (;;) {
    const done = await countRecords(options, ratio)
    if (done >= comparisons) return
    say(`${done} of ${comparisons} comparisons with a slowdown`)
    const snapshots = await snapshotHead(loaded, options)
    try {
      const slowdown = await Slowdown.into(snapshots.roots)
      tuner ??=
        SlowdownTuner.goOn(ratio, await recordedHere(loaded, options, ratio, snapshots)) ??
        new SlowdownTuner(
          ratio,
          await tuneSlowdown(slowdown, ratio, await timesWithout(loaded, options), { loaded, snapshots, say, signal }),
        )
      const { work } = tuner
      await slowdown.set(work)
      const records = await runRound({ loaded, snapshots, subjects: SLOWED_SUBJECTS, say, signal })
      await record(records, { ratio, work }, snapshots, loaded, options)
      tuner.learn(records)
    } finally {
      await snapshots.dispose()
    }
  }
}

async function countRecords({ dataFile }: CalibrationOptions, slowdownRatio: number): Promise<number> {
  return (await readRecords(dataFile)).filter((record) => isOfThisWay(record, slowdownRatio)).length
}

/** Of the same code and of today only: as much work costs something else in other code, and on a machine that is another one tomorrow. */
async function recordedHere(
  { rootDirectory }: LoadedConfig,
  { dataFile }: CalibrationOptions,
  slowdownRatio: number,
  { baseline }: Snapshots,
) {
  const records = (await readRecords(dataFile)).filter((record) => isOfThisWay(record, slowdownRatio))
  const slowed = await gatewayTree(rootDirectory, baseline.commit)
  const commits = [...new Set(records.map(({ commit }) => commit))]
  const trees = new Map(
    await Promise.all(commits.map(async (commit) => [commit, await gatewayTree(rootDirectory, commit)] as const)),
  )
  const today = dayOf(new Date().toISOString())
  return records.filter(({ commit, at }) => trees.get(commit) === slowed && dayOf(at) === today)
}

function isOfThisWay({ slowdownRatio, mechanism }: ComparisonRecord, wantedRatio: number): boolean {
  return slowdownRatio === wantedRatio && (wantedRatio === 0 || mechanism === SLOWDOWN_MECHANISM)
}

async function snapshotHead({ rootDirectory, config }: LoadedConfig, { signal }: CalibrationOptions) {
  return await takeSnapshots({ rootDirectory, ref: 'HEAD', prepare: config.bench.prepare, signal })
}

async function timesWithout({ rootDirectory, config }: LoadedConfig, { signal }: CalibrationOptions) {
  const { runs } = await runBench({
    rootDirectory,
    config: { ...config, bench: { ...config.bench, forks: 1 } },
    words: SLOWED_SUBJECTS,
    timeBudgetNs: Number.POSITIVE_INFINITY,
    configuration: 'calibration',
    signal,
  })
  const times = runs.flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'timePerOp'))
  return Object.fromEntries(times.map(({ subject, value }) => [subject, value]))
}

async function record(
  records: readonly RoundRecord[],
  { ratio, work }: { readonly ratio: number; readonly work: SlowdownWork },
  snapshots: Snapshots,
  { config }: LoadedConfig,
  { withSequential, dataFile, say, signal }: CalibrationOptions,
): Promise<void> {
  const { cases } = withSequential
    ? await listBenchmarks({ rootDirectory: snapshots.roots.candidate, config, words: SLOWED_SUBJECTS, signal })
    : { cases: [] as readonly BenchCase[] }
  for (const roundRecord of records) {
    const turns = work[roundRecord.subject]
    const slowed = turns === undefined ? {} : { work: turns, mechanism: SLOWDOWN_MECHANISM }
    const own: ComparisonRecord = { ...roundRecord, slowdownRatio: ratio, ...slowed }
    const benchCase = cases.find(({ subject }) => subject === roundRecord.subject)
    const sequential = benchCase === undefined ? undefined : await besides(benchCase, snapshots, { say, signal })
    // One by one: the other methods take minutes, and what ours has measured must not be lost to what ends them.
    await appendRecords(dataFile, [sequential === undefined ? own : { ...own, sequential }])
  }
  signal.throwIfAborted()
  const regressed = records.filter(({ time }) => time === 'regressed').length
  say(`${records.length} comparisons, ${regressed} called regressed`)
}

/** The other methods on the same two sides; `undefined` when they could not be run, which is no reason to lose ours. */
async function besides(
  benchCase: BenchCase,
  snapshots: Snapshots,
  { say, signal }: Pick<CalibrationOptions, 'say' | 'signal'>,
): Promise<SequentialForks | undefined> {
  try {
    return await measureSequentially(benchCase, snapshots, signal)
  } catch (error) {
    if (!signal.aborted) say(`! ${benchCase.subject}: the other methods failed: ${String(error)}`)
    return undefined
  }
}
