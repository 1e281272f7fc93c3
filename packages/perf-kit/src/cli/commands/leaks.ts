import { Command, Option } from 'commander'
import { EXIT, type ExitCode } from '../../errors/index.ts'
import { describeLoad, LoadGenerator } from '../../load/index.ts'
import { type HuntOptions, type HuntStep, huntLeaks } from '../../memory/index.ts'
import { type LeakHuntReport, renderLeakHunt } from '../../report/index.ts'
import { huntedCommand } from '../hunted-target.ts'
import { onInterrupt } from '../interrupt.ts'
import { huntingOptions, type LeaksFlags } from '../leaks-flags.ts'
import { rampOption } from '../level-options.ts'
import { LoadProgress } from '../load-progress.ts'
import { durationOption, sizeOption } from '../option-values.ts'
import { printing } from '../printing.ts'
import { addAskingOptions } from '../request-options.ts'
import { displayOf, type Streams } from '../terminal-io.ts'

const SCHEMA_VERSION = 1
const DEFAULT_WATCH_NS = 60e9

const STEPS: Readonly<Record<HuntStep, string>> = {
  watch: 'what grows',
  allocations: 'what is allocated',
  survivors: 'who allocates what stays',
  snapshots: 'what stays, and what keeps it',
}

export function leaksCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('leaks')
    .description(
      'Whether a target leaks, by how much a request, which code has allocated it and what keeps it: starts it, drives it, watches it.',
    )
    .argument(
      '[command...]',
      'behind --, what starts the target: -- node server.js; before it the URL that is driven, unless the target prints it; without a command, load.target of the configuration is started',
    )
    .addOption(
      new Option('-c, --clients <count>', 'clients that wait for their answers (default: 10, each 100 times a second)')
        .argParser(rampOption)
        .conflicts('rate'),
    )
    .option('--rate <count>', 'requests a second, whatever comes back', rampOption)
    .option('--think <duration>', 'a client’s pause between an answer and its next request', durationOption)
    .option('-d, --duration <duration>', 'it is watched for so long before it is judged (default: 60s)', durationOption)
    .option(
      '--longest <duration>',
      'where that does not tell, it is watched anew for as long as would, up to this (default: 5m)',
      durationOption,
    )
    .option('--warmup <duration>', 'the first part of that, whose requests are not counted', durationOption)
    .option('--no-snapshots', 'take no heap snapshots, for which the target stands still for seconds')
    .addOption(
      new Option('--snapshot-memory <size>', 'more than this they must not take (default: what is free)')
        .argParser(sizeOption)
        .conflicts('snapshots'),
    )
    .addOption(
      new Option(
        '--keep-snapshots <folder>',
        'keep them there; all strings of the heap are in them, secrets too',
      ).conflicts('snapshots'),
    )
    .addOption(
      new Option(
        '--show-strings',
        'show the largest new strings of the heap: there may be secrets among them',
      ).conflicts('snapshots'),
    )
  return addAskingOptions(command)
    .option('--config <file>', 'configuration file (default: the nearest perf-kit.config.*)')
    .option('--json', 'print what was found as JSON')
    .option('-q, --quiet', 'no progress')
    .action(async (words: readonly string[], flags: LeaksFlags) => settle(await hunt(words, flags, streams)))
}

async function hunt(words: readonly string[], given: LeaksFlags, { stdout, stderr }: Streams): Promise<ExitCode> {
  const progress = new LoadProgress(stderr)
  const tell = (message: string): void => {
    progress.clear()
    stderr.write(message)
  }
  using interruption = onInterrupt(() => tell('interrupted: showing what is known\n'))
  const { signal } = interruption
  const command = await huntedCommand(words, given)
  const { flags, files } = command
  const watch = { step: 'watch', durationNs: flags.duration ?? DEFAULT_WATCH_NS } as const
  // What is wrong with the flags is said before anything is started.
  new LoadGenerator(huntingOptions(command.provisionalUrl, flags, files, watch))
  await using target = await command.start(signal)
  const url = command.urlOf(target)
  let subject = ''
  const load: HuntOptions['load'] = (wish) => {
    const generator = new LoadGenerator({ ...huntingOptions(url, flags, files, wish), ...printing(flags, tell) })
    if (wish.step === 'watch') subject = describeLoad(generator.result.plan)
    progress.clear()
    if (flags.quiet !== true) progress.watch(generator.result, STEPS[wish.step])
    return generator
  }
  const found = await huntLeaks(target, { load, ...huntOf(flags) }, signal).finally(() => progress.clear())
  const report = { subject, ...found }
  stdout.write(
    flags.json === true
      ? `${JSON.stringify({ schema: 'perf-kit/leaks', schemaVersion: SCHEMA_VERSION, ...report }, undefined, 2)}\n`
      : renderLeakHunt(report, { ...displayOf(stdout, process.env), directory: process.cwd() }),
  )
  return signal.aborted ? EXIT.interrupted : exitCodeOf(report)
}

function huntOf(flags: LeaksFlags): Omit<HuntOptions, 'load'> {
  const { duration, longest, snapshots, snapshotMemory, keepSnapshots, showStrings } = flags
  return {
    ...(duration === undefined ? {} : { watchNs: duration }),
    ...(longest === undefined ? {} : { longestNs: longest }),
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(snapshotMemory === undefined ? {} : { memoryBytes: snapshotMemory }),
    ...(keepSnapshots === undefined ? {} : { keepIn: keepSnapshots }),
    ...(showStrings === undefined ? {} : { withStrings: showStrings }),
  }
}

/** One that has ended, or answers nothing but errors, was not seen at work; a leak that was seen is one all the same. */
function exitCodeOf({ state, watched, targetEnded }: LeakHuntReport): ExitCode {
  if (state === 'leaking') return EXIT.regression
  if (targetEnded || watched.requests === watched.failed) return EXIT.measurement
  return state === 'steady' ? EXIT.ok : EXIT.inconclusive
}
