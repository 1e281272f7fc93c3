import { Command, Option } from 'commander'
import { type ExitCode, PerfKitError } from '../../errors/index.ts'
import { explained } from '../../latency/index.ts'
import {
  createLoadEngine,
  describeLoad,
  describeTimes,
  LOAD_ENGINES,
  type LoadEngine,
  LoadGenerator,
  type LoadOptions,
  startedTargetFacts,
  streamBeginning,
  TargetSeconds,
  toLoadRun,
} from '../../load/index.ts'
import type { Run } from '../../run/index.ts'
import type { TargetProcess } from '../../target/index.ts'
import { type Driving, driveTarget, type TargetCommand } from '../drive-target.ts'
import { rampOption, spikeOption } from '../level-options.ts'
import { withLoadDefaults } from '../load-defaults.ts'
import { type LoadFlags, toOptions } from '../load-flags.ts'
import { streamNotes, streamOf } from '../load-stream.ts'
import { durationOption } from '../option-values.ts'
import { printing } from '../printing.ts'
import type { RequestFiles } from '../request-files.ts'
import { addRequestOptions } from '../request-options.ts'
import type { SecondFile } from '../second-file.ts'
import { addSnapshotOption, snapshotNotes } from '../snapshot-option.ts'
import type { Streams } from '../terminal-io.ts'

/** Long enough to see that nobody comes back. */
const AFTER_END_MS = 1_000

const LOAD: TargetCommand<LoadFlags> = {
  isOwnWork: ({ engine = 'native' }) => engine === 'native',
  withDefaults: withLoadDefaults,
  hasAgent: ({ agent, engine = 'native' }) => agent !== false && engine === 'native',
  check: (url, flags, files) => {
    refuseStreamOf(flags)
    const stream = streamOf(flags, () => undefined)
    return describeTimes(engineOf(url, flags, files, { stream }).result.plan)
  },
  measure,
}

/** @param behind - words behind `--`: a command */
export function loadCommand(
  streams: Streams,
  settle: (code: ExitCode) => void,
  behind: readonly string[] = [],
): Command {
  const command = new Command('load')
    .description(
      'Drive load at a target, in a closed loop of clients or an open one of a rate, and tell how it answers.',
    )
    .argument(
      '[url]',
      'http or https, on this machine; without one, load.target of the configuration is started and driven',
    )
    .argument('[command...]', 'behind --: what is started instead, and prints its URL')
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
  return addRequestOptions(addSnapshotOption(command)).action(
    async (url: string | undefined, words: readonly string[], flags: LoadFlags) => {
      const inFront = [...(url === undefined ? [] : [url]), ...words].slice(0, -behind.length || undefined)
      if (inFront.length > 1) {
        command.error(`error: too many arguments for 'load'. Expected 1 argument but got ${inFront.length}.`)
      }
      settle(await driveTarget(LOAD, inFront[0], flags, streams, behind))
    },
  )
}

async function measure(driving: Driving<LoadFlags>): Promise<Run> {
  const { url, flags, files, budgets, source, progress, signal, tell, target, repetition } = driving
  refuseStreamOf(flags)
  const stream = streamOf(flags, tell)
  const engine = engineOf(url, flags, files, { stream, ...printing(flags, tell) })
  const { result } = engine
  const { plan } = result
  const startedAt = new Date()
  await stream?.start(streamBeginning(plan, startedAt))
  if (flags.quiet !== true) progress.watch(result, repetition)
  const startMs = performance.now()
  const inside = watchInside(engine, target)
  const began = beginningOf(engine)
  let endMs = startMs
  await engine.run(untilEnded(engine, target, signal)).finally(async () => {
    // What a target may leave open is waited for, and no part of the load.
    endMs = performance.now()
    progress.clear()
    await Promise.all([inside?.stop(), stream?.stop(result.isComplete)])
  })
  await target?.explainEnd()
  const snapshots = await target?.writtenSnapshots(
    () => tell('the target is writing what lies on its heap, which may take minutes\n'),
    signal,
  )
  const subject = `${describeLoad(plan)}${repetition === undefined ? '' : describeTimes(plan)}`
  const run = toLoadRun(result, {
    suite: 'load',
    subject,
    configuration: flags.configuration ?? 'default',
    startedAt,
    durationNs: (endMs - startMs) * 1e6,
    source,
    budgets,
    ...startedTargetFacts(target, inside),
    ...(began.atNs === undefined ? {} : { beganNs: began.atNs }),
    ...(snapshots === undefined ? {} : { snapshots }),
  })
  const whole = explained(run, result, { subject, inside })
  return {
    ...whole,
    warnings: [...whole.warnings, ...snapshotNotes(snapshots ?? [], target?.hasEnded === true), ...streamNotes(stream)],
  }
}

interface Listening extends Pick<LoadOptions, 'onPrint'> {
  readonly stream: SecondFile | undefined
}

function engineOf(url: string, flags: LoadFlags, files: RequestFiles, { stream, ...others }: Listening): LoadEngine {
  return createLoadEngine(flags.engine ?? 'native', {
    ...toOptions(url, flags, files),
    ...others,
    ...(stream === undefined ? {} : { onSecond: stream.add }),
  })
}

function refuseStreamOf({ stream, repeat }: LoadFlags): void {
  if (stream !== undefined && /^\d+$/.test(stream)) {
    throw new PerfKitError('LOAD_INVALID', `--stream ${stream} would write a file of that name`, {
      remedy: `Write --streams ${stream} for clients that share a connection, or --stream ./${stream} for a file.`,
    })
  }
  if (stream === undefined || repeat === undefined) return
  throw new PerfKitError('LOAD_INVALID', '--stream is of one load, and --repeat makes several', {
    remedy: 'Leave one of them out.',
  })
}

/** Of a target that has ended it is known soon what becomes of requests; other engines tell all at their end, which is not to be taken from them. */
function untilEnded(engine: LoadEngine, target: TargetProcess | undefined, signal: AbortSignal): AbortSignal {
  if (target === undefined || !(engine instanceof LoadGenerator)) return signal
  const over = new AbortController()
  void target.exit.then(() => setTimeout(() => over.abort(), AFTER_END_MS).unref())
  return AbortSignal.any([signal, over.signal])
}

/** Another engine does not tell. */
function beginningOf(engine: LoadEngine): { readonly atNs?: number } {
  const beginning: { atNs?: number } = {}
  if (!(engine instanceof LoadGenerator)) return beginning
  void engine.began.then((atNs) => {
    beginning.atNs = atNs
  })
  return beginning
}

/** Only our own engine says when it began, which is when a target's seconds begin. */
function watchInside(engine: LoadEngine, target: TargetProcess | undefined): TargetSeconds | undefined {
  if (target?.agent === undefined || !(engine instanceof LoadGenerator)) return undefined
  return TargetSeconds.watch(target.agent, engine)
}
