import {
  type BenchCase,
  type LoadedConfig,
  listBenchmarks,
  loadConfig,
  runBench,
  type Snapshots,
  takeSnapshots,
} from '@gw/perf-kit'
import { appendRecords, type ComparisonRecord, readRecords } from './record.ts'
import { type RoundRecord, runRound } from './round.ts'
import { measureSequentially } from './sequential-forks.ts'
import { Slowdown, type SlowdownWork } from './slowdown.ts'
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
  { ratio, comparisons }: NonNullable<CalibrationOptions['slowdown']>,
): Promise<void> {
  const { say, signal } = options
  let tuner: SlowdownTuner | undefined
  for (;;) {
    const done = await countRecords(options, ratio)
    if (done >= comparisons) return
    say(`${done} of ${comparisons} comparisons with a slowdown`)
    const snapshots = await snapshotHead(loaded, options)
    try {
      const slowdown = await Slowdown.into(snapshots.roots)
      tuner ??=
        SlowdownTuner.goOn(ratio, await recordedHere(options, ratio, snapshots)) ??
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
  return (await readRecords(dataFile)).filter((record) => record.slowdownRatio === slowdownRatio).length
}

/** Of the same code only: as much work costs something else in other code. */
async function recordedHere({ dataFile }: CalibrationOptions, slowdownRatio: number, { baseline }: Snapshots) {
  const records = await readRecords(dataFile)
  return records.filter((record) => record.slowdownRatio === slowdownRatio && record.commit === baseline.commit)
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
  const complete: ComparisonRecord[] = []
  for (const roundRecord of records) {
    const benchCase = cases.find(({ subject }) => subject === roundRecord.subject)
    const others =
      benchCase === undefined ? {} : { sequential: await measureSequentially(benchCase, snapshots, signal) }
    const turns = work[roundRecord.subject]
    const slowed = turns === undefined ? {} : { work: turns }
    complete.push({ ...roundRecord, slowdownRatio: ratio, ...slowed, ...others })
  }
  await appendRecords(dataFile, complete)
  const regressed = complete.filter(({ time }) => time === 'regressed').length
  say(`${complete.length} comparisons, ${regressed} called regressed`)
}
