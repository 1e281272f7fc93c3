import { Command, Option } from 'commander'
import { EXIT, type ExitCode } from '../../errors/index.ts'
import { explained } from '../../latency/index.ts'
import {
  createLoadEngine,
  describeLoad,
  LOAD_ENGINES,
  type LoadEngine,
  LoadGenerator,
  type LoadOptions,
  startedTargetFacts,
  streamBeginning,
  TargetSeconds,
  toLoadRun,
} from '../../load/index.ts'
import type { Budget, RunNote } from '../../run/index.ts'
import type { TargetProcess } from '../../target/index.ts'
import { exitCodeFor } from '../exit-code-for.ts'
import { onInterrupt } from '../interrupt.ts'
import { rampOption, spikeOption } from '../level-options.ts'
import { type LoadFlags, toOptions } from '../load-flags.ts'
import { LoadProgress } from '../load-progress.ts'
import { durationOption } from '../option-values.ts'
import {
  configuredTarget,
  provisionalUrl,
  startTarget,
  type TargetConfig,
  urlOf,
  withTargetDefaults,
  withTargetRequests,
} from '../own-target.ts'
import { checkReportPath } from '../report-file.ts'
import { type RequestFiles, readRequestFiles } from '../request-files.ts'
import { addRequestOptions } from '../request-options.ts'
import { SecondFile } from '../second-file.ts'
import { showLoad } from '../show-load.ts'
import type { Streams } from '../terminal-io.ts'

export function loadCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('load')
    .description(
      'Drive load at a target, in a closed loop of clients or an open one of a rate, and tell how it answers.',
    )
    .argument(
      '[url]',
      'http or https, on this machine; without one, load.target of the configuration is started and driven',
    )
    .addOption(
      new Option('-c, --clients <level>', 'clients that wait for their answers (default: 50)')
        .argParser(rampOption)
        .conflicts(['rate', 'ramp']),
    )
    .addOption(
      new Option('--ramp <from..to@time>', 'clients that become more or fewer: 1..100@60s')
        .argParser(rampOption)
        .conflicts('rate'),
    )
    .option('--rate <level>', 'requests a second, whatever comes back: 2000, or 100..2000@60s', rampOption)
    .option('-d, --duration <duration>', 'at the last level (default: 10s; after a ramp none)', durationOption)
    .option('--warmup <duration>', 'the first part, which is not counted', durationOption)
    .option('--spike <spikes>', 'so many times as much, how often, for how long: 5x/30s/2s', spikeOption)
    .option('--think <duration>', 'a client’s pause between an answer and its next request', durationOption)
    .addOption(
      new Option('--engine <name>', 'who drives: to check one against another (default: native)').choices([
        ...LOAD_ENGINES,
      ]),
    )
    .option('--stream <file>', 'write each second there as soon as it is whole, a line of JSON each')
  return addRequestOptions(command).action(async (url: string | undefined, flags: LoadFlags) =>
    settle(await load(url, flags, streams)),
  )
}

async function load(url: string | undefined, flags: LoadFlags, streams: Streams): Promise<ExitCode> {
  // A load of an hour should not end with a page that cannot be written.
  if (flags.html !== undefined) await checkReportPath(flags.html)
  const progress = new LoadProgress(streams.stderr)
  using interruption = onInterrupt(() => {
    progress.clear()
    streams.stderr.write('interrupted: showing what is known\n')
  })
  const { signal } = interruption
  const files = await readRequestFiles(flags)
  const stream = streamOf(flags, (message) => {
    progress.clear()
    streams.stderr.write(message)
  })
  const surroundings = { streams, progress, signal, stream }
  if (url !== undefined) return await drive(toOptions(url, flags, files), flags, surroundings)

  return await driveOwn(await configuredTarget(flags.config), flags, files, surroundings)
}

interface Surroundings {
  readonly streams: Streams
  readonly progress: LoadProgress
  readonly signal: AbortSignal
  readonly stream: SecondFile | undefined
  /** a target that was started for this load */
  readonly target?: TargetProcess
  readonly budgets?: readonly Budget[]
}

/** Start what the configuration names, drive it, and end it. */
async function driveOwn(
  target: TargetConfig,
  flags: LoadFlags,
  files: RequestFiles,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const asked = withTargetRequests(target, flags, files)
  const optionsFor = (url: string): LoadOptions => toOptions(url, withTargetDefaults(target, flags), asked)
  // What is wrong with the flags should be said before anything is started.
  engineOf(optionsFor(provisionalUrl(target)), flags, surroundings)
  await using started = await startTarget(target, {
    hasAgent: flags.agent !== false && (flags.engine ?? 'native') === 'native',
    signal: surroundings.signal,
  })
  return await drive(optionsFor(urlOf(target, started)), flags, {
    ...surroundings,
    target: started,
    budgets: target.budgets,
  })
}

async function drive(options: LoadOptions, flags: LoadFlags, surroundings: Surroundings): Promise<ExitCode> {
  const { streams, progress, signal, stream, target, budgets = [] } = surroundings
  const engine = engineOf(options, flags, surroundings)
  const { result } = engine
  const startedAt = new Date()
  await stream?.start(streamBeginning(result.plan, startedAt))
  if (flags.quiet !== true) progress.watch(result)
  const startMs = performance.now()
  const inside = watchInside(engine, target)
  await engine.run(signal).finally(async () => {
    progress.clear()
    await Promise.all([inside?.stop(), stream?.stop(result.isComplete)])
  })
  const subject = describeLoad(result.plan)
  const loadRun = toLoadRun(result, {
    suite: 'load',
    subject,
    configuration: 'default',
    startedAt,
    durationNs: (performance.now() - startMs) * 1e6,
    source: { commit: null, dirty: false },
    budgets: [...budgets, ...(flags.budget ?? [])],
    ...startedTargetFacts(target, inside),
  })
  const explainedRun = explained(loadRun, result, { subject, inside })
  const run = { ...explainedRun, warnings: [...explainedRun.warnings, ...streamNotes(stream)] }
  await showLoad(run, flags, streams)
  return signal.aborted ? EXIT.interrupted : exitCodeFor(run)
}

function engineOf(options: LoadOptions, flags: LoadFlags, { stream }: Surroundings): LoadEngine {
  return createLoadEngine(flags.engine ?? 'native', {
    ...options,
    ...(stream === undefined ? {} : { onSecond: stream.add }),
  })
}

function streamOf({ stream }: LoadFlags, tell: (message: string) => void): SecondFile | undefined {
  if (stream === undefined) return undefined
  return new SecondFile(stream, ({ message }) =>
    tell(`${message}; the load goes on, and its seconds are kept no more\n`),
  )
}

/** A load of hours is not given up because its seconds find no room. */
function streamNotes(stream: SecondFile | undefined): RunNote[] {
  if (stream?.failure === undefined) return []
  const message = `the load’s seconds are in ${stream.path} only up to the time at which that could not be written any more: ${stream.failure.message}`
  return [{ code: 'STREAM_LOST', message }]
}

/** Only our own engine says when it began, which is when a target's seconds begin. */
function watchInside(engine: LoadEngine, target: TargetProcess | undefined): TargetSeconds | undefined {
  if (target?.agent === undefined || !(engine instanceof LoadGenerator)) return undefined
  return TargetSeconds.watch(target.agent, engine)
}
