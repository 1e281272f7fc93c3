import { Command, Option } from 'commander'
import { type LoadedConfig, loadConfig } from '../../config/index.ts'
import { EXIT, type ExitCode, PerfKitError } from '../../errors/index.ts'
import { ARRIVAL_KINDS, describeLoad, LoadGenerator, type LoadOptions, toLoadRun } from '../../load/index.ts'
import { renderLoadTerminal } from '../../report/index.ts'
import type { Run } from '../../run/index.ts'
import { TargetProcess } from '../../target/index.ts'
import { onInterrupt } from '../interrupt.ts'
import { rampOption, spikeOption } from '../level-options.ts'
import { type LoadFlags, toOptions } from '../load-flags.ts'
import { LoadProgress } from '../load-progress.ts'
import { addMcpOptions, mcpOf, mcpSessionOf } from '../mcp-flags.ts'
import { collect, countOption, durationOption } from '../option-values.ts'
import { displayOf, type Streams } from '../terminal-io.ts'

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
    .addOption(new Option('--arrivals <kind>', 'how requests of a rate are spread').choices([...ARRIVAL_KINDS]))
    .option('--seed <number>', 'of Poisson arrivals, and of a mix', countOption(2 ** 31 - 1))
    .option('-d, --duration <duration>', 'at the last level (default: 10s; after a ramp none)', durationOption)
    .option('--warmup <duration>', 'the first part, which is not counted', durationOption)
    .option('--spike <spikes>', 'so many times as much, how often, for how long: 5x/30s/2s', spikeOption)
    .option('--timeout <duration>', 'of a request (default: 30s)', durationOption)
    .option('--think <duration>', 'a client’s pause between an answer and its next request', durationOption)
    .option('-m, --method <method>', 'default: GET, and POST with a body')
    .option('-H, --header <name: value>', 'may be given several times', collect)
    .option('--body <text>', 'the request’s body')
    .option('--connections <count>', 'at most so many of a rate (default: 1000)', countOption(20_000))
    .option('--threads <count>', 'of the generator (default: 1)', countOption(64))
    .option('--allow-remote', 'load may leave this machine: only for targets that are yours to load')
    .option('--config <file>', 'configuration file (default: the nearest perf-kit.config.*)')
    .option('--json', 'print the Run as JSON')
    .option('-q, --quiet', 'no progress')
    .action(async (url: string | undefined, flags: LoadFlags) => settle(await load(url, flags, streams)))
  return addMcpOptions(command)
}

async function load(url: string | undefined, flags: LoadFlags, streams: Streams): Promise<ExitCode> {
  const progress = new LoadProgress(streams.stderr)
  using interruption = onInterrupt(() => {
    progress.clear()
    streams.stderr.write('interrupted: showing what is known\n')
  })
  const { signal } = interruption
  if (url !== undefined) return await drive(toOptions(url, flags), flags, { streams, progress, signal })

  const { target } = (await loadConfig(process.cwd(), flags.config)).config.load
  if (target === undefined) {
    throw new PerfKitError(
      'LOAD_INVALID',
      'there is nothing to drive: no URL, and no load.target in the configuration',
      {
        remedy: 'Give a URL, such as http://127.0.0.1:8080/, or a target in perf-kit.config.ts; see docs/load.md.',
      },
    )
  }
  return await driveOwn(target, flags, { streams, progress, signal })
}

type Target = NonNullable<LoadedConfig['config']['load']['target']>

interface Surroundings {
  readonly streams: Streams
  readonly progress: LoadProgress
  readonly signal: AbortSignal
  /** a target that was started for this load */
  readonly target?: TargetProcess
}

/** Start what the configuration names, drive it, and end it. */
async function driveOwn(target: Target, flags: LoadFlags, surroundings: Surroundings): Promise<ExitCode> {
  const mcp = flags.mcp === undefined && target.mcp !== undefined ? mcpOf({ mcp: true, ...target.mcp }) : undefined
  const mcpSession = mcp === undefined ? undefined : mcpSessionOf(target.mcp ?? {})
  const optionsFor = (url: string): LoadOptions => ({
    ...(mcp === undefined ? {} : { mcp }),
    ...(mcpSession === undefined ? {} : { mcpSession }),
    ...toOptions(url, flags),
  })
  // What is wrong with the flags should be said before anything is started.
  new LoadGenerator(optionsFor(target.url ?? 'http://127.0.0.1/'))
  await using started = await TargetProcess.start({
    command: target.command,
    ready: target.ready,
    readyTimeoutNs: target.readyTimeout,
    stopTimeoutNs: target.stopTimeout,
    signal: surroundings.signal,
  })
  const url = target.url ?? started.url ?? ('http' in target.ready ? target.ready.http : undefined)
  if (url === undefined) {
    throw new PerfKitError('CONFIG_INVALID', 'load.target has no url, and its log line tells none', {
      remedy: 'Put the URL into a group of the pattern, /listening on (\\S+)/, or give load.target.url.',
    })
  }
  return await drive(optionsFor(url), flags, { ...surroundings, target: started })
}

async function drive(options: LoadOptions, flags: LoadFlags, surroundings: Surroundings): Promise<ExitCode> {
  const { streams, progress, signal, target } = surroundings
  const generator = new LoadGenerator(options)
  const { result } = generator
  if (flags.quiet !== true) progress.watch(result)
  const startedAt = new Date()
  const startMs = performance.now()
  await generator.run(signal).finally(() => progress.clear())
  const run = toLoadRun(result, {
    suite: 'load',
    subject: describeLoad(result.plan),
    configuration: 'default',
    startedAt,
    durationNs: (performance.now() - startMs) * 1e6,
    source: { commit: null, dirty: false },
    ...(target?.hasEnded === true ? { targetEnded: target.outputTail } : {}),
  })
  const { stdout } = streams
  stdout.write(
    flags.json === true
      ? `${JSON.stringify(run, undefined, 2)}\n`
      : renderLoadTerminal(run, displayOf(stdout, process.env)),
  )
  return signal.aborted ? EXIT.interrupted : exitCodeFor(run)
}

/** A target that answered nothing but errors has failed; so has a measurement that is none. */
function exitCodeFor({ metrics, validity }: Run): ExitCode {
  const metricValue = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  if (metrics.some(({ name }) => name === 'responseTime') && metricValue('errorRatio') === 1) return EXIT.regression
  return validity.state === 'invalid' ? EXIT.measurement : EXIT.ok
}
