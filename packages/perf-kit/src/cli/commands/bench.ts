import { join } from 'node:path'
import { Command, Option } from 'commander'
import { BaselineManager, type Comparison, judgePairRuns, undecidedSubjects } from '../../baseline/index.ts'
import { type BenchOutcome, type BenchRequest, listBenchmarks, runAgainst, runBench } from '../../bench/index.ts'
import { type LoadedConfig, loadConfig } from '../../config/index.ts'
import { EXIT, type ExitCode, exitCodeOf, PerfKitError } from '../../errors/index.ts'
import { type BenchReport, makeReport, renderJson, renderMarkdown, renderTerminal } from '../../report/index.ts'
import type { Run, RunFailure } from '../../run/index.ts'
import { PAIR_DESIGN } from '../../stats/index.ts'
import { onInterrupt } from '../interrupt.ts'
import { collect, countOption, durationOption } from '../option-values.ts'
import { ProgressLine } from '../progress-line.ts'
import { displayOf, type Streams } from '../terminal-io.ts'
import { acceptRuns } from './accept-runs.ts'

interface BenchFlags {
  readonly filter?: readonly string[]
  readonly against?: string
  readonly accept?: boolean
  readonly reason?: string
  readonly author?: string
  readonly forks?: number
  readonly timeBudget?: number
  readonly engine?: 'tinybench' | 'mitata'
  readonly configuration?: string
  readonly config?: string
  readonly list?: boolean
  readonly json?: boolean
  readonly markdown?: boolean
  readonly quiet?: boolean
  readonly strict?: boolean
}

const MOST_FORKS = 1000

export function benchCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  return new Command('bench')
    .description('Measure the component benchmarks, and judge them by the stored baseline or by another git ref.')
    .argument('[words...]', 'only benchmarks whose name or file contains one of these words')
    .option('-f, --filter <word>', 'the same as an argument; may be given several times', collect)
    .addOption(
      new Option(
        '--against <ref>',
        'measure this and another git ref in interleaved pairs: the verdict that gates',
      ).conflicts(['accept', 'forks']),
    )
    .option('--accept', 'make the result the new baseline of this environment')
    .option('--reason <text>', 'why it is accepted (default: the last commit’s subject)')
    .option('--author <name>', 'who accepts it (default: git’s user.name)')
    .option('--forks <count>', 'processes a benchmark', countOption(MOST_FORKS))
    .option('--time-budget <duration>', 'start nothing new after this time, e.g. 60s', durationOption)
    .addOption(new Option('--engine <name>', 'what times the batches').choices(['tinybench', 'mitata']))
    .option('--configuration <name>', 'keep this variant’s baseline apart from the others')
    .option('--config <file>', 'configuration file (default: the nearest perf-kit.config.*)')
    .option('--list', 'show the names and measure nothing')
    .option('--json', 'print the whole result as JSON')
    .addOption(new Option('--markdown', 'print a Markdown table').conflicts('json'))
    .option('--strict', 'exit with 4 when a stored baseline cannot decide, as --against always does')
    .option('-q, --quiet', 'no progress')
    .action(async (words: readonly string[], flags: BenchFlags) => settle(await bench(words, flags, streams)))
}

async function bench(words: readonly string[], flags: BenchFlags, streams: Streams): Promise<ExitCode> {
  const loaded = await loadConfig(process.cwd(), flags.config)
  const progress = new ProgressLine(streams.stderr)
  using interruption = onInterrupt(() => {
    progress.clear()
    streams.stderr.write('interrupted: ending processes, and showing what is known\n')
  })
  const request = toRequest(loaded, words, flags, {
    signal: interruption.signal,
    ...(flags.quiet === true ? {} : { onProgress: (state) => progress.show(state) }),
  })
  if (flags.list === true) return await list(request, streams)

  const outcome = await measure(request, flags.against).finally(() => progress.clear())
  const manager = new BaselineManager({ directory: join(loaded.rootDirectory, loaded.config.baselines.directory) })
  const { comparisons, unreadable }: StoredJudgement =
    flags.against === undefined
      ? await compareWithStored(outcome.runs, manager, request)
      : { comparisons: judgePairRuns(outcome.runs), unreadable: new Map() }
  const failures = [...outcome.failures, ...[...unreadable].map(([suite, error]) => toFailure(suite, error))]
  const report = makeReport({ runs: outcome.runs, comparisons, failures })
  streams.stdout.write(render(report, flags, streams))
  if (flags.accept === true && !outcome.interrupted) {
    const { reason, author } = flags
    const { rootDirectory } = request
    const accepting = { runs: outcome.runs, unreadable, rootDirectory, reason, author }
    const exitCode = await acceptRuns(accepting, manager, streams.stderr)
    return exitCode === EXIT.ok && hasFailed(outcome) ? EXIT.measurement : exitCode
  }
  return exitCodeFor(outcome, report, unreadable, flags)
}

function toRequest(
  { config, rootDirectory }: LoadedConfig,
  words: readonly string[],
  flags: BenchFlags,
  hooks: Pick<BenchRequest, 'signal' | 'onProgress'>,
): BenchRequest {
  const engine = flags.engine ?? config.bench.engine
  return {
    rootDirectory,
    config: { ...config, bench: { ...config.bench, engine, forks: flags.forks ?? config.bench.forks } },
    words: [...words, ...(flags.filter ?? [])],
    timeBudgetNs: flags.timeBudget ?? Number.POSITIVE_INFINITY,
    configuration: configurationName(flags.configuration, engine),
    ...hooks,
  }
}

/** Two engines count in different ways: their numbers are never compared with each other. */
function configurationName(name: string | undefined, engine: string): string {
  if (engine === 'tinybench') return name ?? 'default'
  return name === undefined ? engine : `${name}-${engine}`
}

async function list(request: BenchRequest, { stdout, stderr }: Streams): Promise<ExitCode> {
  const { cases, failures } = await listBenchmarks(request)
  stdout.write(cases.map(({ subject }) => `${subject}\n`).join(''))
  for (const { subject, message, remedy } of failures) stderr.write(`${subject}: ${message}\n  → ${remedy}\n`)
  return failures.length > 0 ? EXIT.measurement : EXIT.ok
}

async function measure(request: BenchRequest, ref: string | undefined): Promise<BenchOutcome> {
  if (ref === undefined) return await runBench(request)
  return await runAgainst({ ...request, ref, looks: PAIR_DESIGN.looks, undecided: undecidedSubjects })
}

interface StoredJudgement {
  readonly comparisons: readonly Comparison[]
  /** by suite: what was measured is shown all the same */
  readonly unreadable: ReadonlyMap<string, PerfKitError>
}

async function compareWithStored(
  runs: readonly Run[],
  manager: BaselineManager,
  { config, words }: BenchRequest,
): Promise<StoredJudgement> {
  const options = { thresholds: config.baselines.thresholds, complete: words.length === 0 }
  const outcomes = await manager.compareAll(runs, options)
  const comparisons: Comparison[] = []
  const unreadable = new Map<string, PerfKitError>()
  for (const [index, { suite }] of runs.entries()) {
    const outcome = outcomes[index]
    if (outcome instanceof PerfKitError) unreadable.set(suite, outcome)
    else if (outcome !== undefined) comparisons.push(outcome)
  }
  return { comparisons, unreadable }
}

function toFailure(suite: string, { code, message, remedy }: PerfKitError): RunFailure {
  return { subject: suite, code, message, remedy }
}

function render(report: BenchReport, flags: BenchFlags, { stdout }: Streams): string {
  if (flags.json === true) return renderJson(report)
  if (flags.markdown === true) return renderMarkdown(report)
  return renderTerminal(report, displayOf(stdout, process.env))
}

/** Regressions before failures: a build must not be green, nor "only" broken, when something got slower. */
function exitCodeFor(
  outcome: BenchOutcome,
  report: BenchReport,
  unreadable: StoredJudgement['unreadable'],
  flags: BenchFlags,
): ExitCode {
  if (outcome.interrupted) return EXIT.interrupted
  if (report.overall === 'regressed') return EXIT.regression
  if (hasFailed(outcome) || outcome.runs.some(({ validity }) => validity.state === 'invalid')) return EXIT.measurement
  for (const { code } of unreadable.values()) return exitCodeOf(code)
  const mustDecide = flags.against !== undefined || flags.strict === true
  // A doubtful Run gates nothing, whatever its verdicts say: that is no decision either.
  const doubtful =
    report.overall === 'unjudged' && outcome.runs.some((run) => run.validity.state === 'suspect' && !isAllNew(run))
  return mustDecide && (report.overall === 'inconclusive' || doubtful) ? EXIT.inconclusive : EXIT.ok
}

/** The first benchmarks of a suite have nothing to be held against: that is no doubt about them. */
function isAllNew({ metrics, failures, warnings }: Run): boolean {
  if (metrics.length > 0 || failures.length > 0 || warnings.length === 0) return false
  return warnings.every(({ code }) => code === 'BENCH_ADDED')
}

function hasFailed({ failures, runs }: BenchOutcome): boolean {
  return failures.length > 0 || runs.some((run) => run.failures.length > 0)
}
