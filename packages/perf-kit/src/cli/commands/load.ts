import { Command, Option } from 'commander'
import { EXIT, type ExitCode, PerfKitError } from '../../errors/index.ts'
import {
  ARRIVAL_KINDS,
  type ArrivalKind,
  describeLoad,
  LoadGenerator,
  type LoadOptions,
  type Phase,
  type Spikes,
  toLoadRun,
} from '../../load/index.ts'
import { renderLoadTerminal } from '../../report/index.ts'
import type { Run } from '../../run/index.ts'
import { onInterrupt } from '../interrupt.ts'
import { jsonObjectOption, type Ramp, rampOption, spikeOption } from '../level-options.ts'
import { LoadProgress } from '../load-progress.ts'
import { collect, countOption, durationOption } from '../option-values.ts'
import { displayOf, type Streams } from '../terminal-io.ts'

interface LoadFlags {
  readonly clients?: Ramp
  readonly ramp?: Ramp
  readonly rate?: Ramp
  readonly arrivals?: ArrivalKind
  readonly seed?: number
  readonly duration?: number
  readonly warmup?: number
  readonly spike?: Spikes
  readonly timeout?: number
  readonly think?: number
  readonly method?: string
  readonly header?: readonly string[]
  readonly body?: string
  readonly mcp?: boolean
  readonly call?: string
  readonly arguments?: object
  readonly connections?: number
  readonly threads?: number
  readonly allowRemote?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

const DEFAULT_CLIENTS = 50
const DEFAULT_DURATION_NS = 10e9

export function loadCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  return new Command('load')
    .description(
      'Drive load at a target, in a closed loop of clients or an open one of a rate, and tell how it answers.',
    )
    .argument('<url>', 'http or https, on this machine')
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
    .option('--seed <number>', 'of Poisson arrivals', countOption(2 ** 31 - 1))
    .option('-d, --duration <duration>', 'at the last level (default: 10s; after a ramp none)', durationOption)
    .option('--warmup <duration>', 'the first part, which is not counted', durationOption)
    .option('--spike <spikes>', 'so many times as much, how often, for how long: 5x/30s/2s', spikeOption)
    .option('--timeout <duration>', 'of a request (default: 30s)', durationOption)
    .option('--think <duration>', 'a client’s pause between an answer and its next request', durationOption)
    .option('-m, --method <method>', 'default: GET, and POST with a body')
    .option('-H, --header <name: value>', 'may be given several times', collect)
    .option('--body <text>', 'the request’s body')
    .option('--mcp', 'speak MCP: a session on each connection, and pings unless --call says otherwise')
    .option('--call <tool>', 'of MCP: call this tool')
    .option('--arguments <json>', 'of the tool: a JSON object', jsonObjectOption)
    .option('--connections <count>', 'at most so many of a rate (default: 1000)', countOption(20_000))
    .option('--threads <count>', 'of the generator (default: 1)', countOption(64))
    .option('--allow-remote', 'load may leave this machine: only for targets that are yours to load')
    .option('--json', 'print the Run as JSON')
    .option('-q, --quiet', 'no progress')
    .action(async (url: string, flags: LoadFlags) => settle(await load(url, flags, streams)))
}

async function load(url: string, flags: LoadFlags, { stdout, stderr }: Streams): Promise<ExitCode> {
  const generator = new LoadGenerator(toOptions(url, flags))
  const { result } = generator
  const progress = new LoadProgress(stderr)
  using interruption = onInterrupt(() => {
    progress.clear()
    stderr.write('interrupted: showing what is known\n')
  })
  if (flags.quiet !== true) progress.watch(result)
  const startedAt = new Date()
  const startMs = performance.now()
  await generator.run(interruption.signal).finally(() => progress.clear())
  const run = toLoadRun(result, {
    suite: 'load',
    subject: describeLoad(result.plan),
    configuration: 'default',
    startedAt,
    durationNs: (performance.now() - startMs) * 1e6,
    source: { commit: null, dirty: false },
  })
  stdout.write(
    flags.json === true
      ? `${JSON.stringify(run, undefined, 2)}\n`
      : renderLoadTerminal(run, displayOf(stdout, process.env)),
  )
  return interruption.signal.aborted ? EXIT.interrupted : exitCodeFor(run)
}

function toOptions(url: string, flags: LoadFlags): LoadOptions {
  const level = flags.rate ?? flags.ramp ?? flags.clients ?? { to: DEFAULT_CLIENTS, phase: undefined }
  const closedOnly = flags.think !== undefined && flags.rate !== undefined
  const openOnly = [flags.arrivals, flags.seed, flags.connections].some((flag) => flag !== undefined)
  if (closedOnly || (openOnly && flags.rate === undefined)) {
    throw new PerfKitError(
      'LOAD_INVALID',
      closedOnly ? '--think is for clients, not for a rate' : '--arrivals, --seed and --connections are for a rate',
      { remedy: closedOnly ? 'Leave --think out.' : 'Give a --rate with them.' },
    )
  }
  refuseMixedProtocols(flags)
  return {
    url,
    ...given('mcp', mcpOf(flags)),
    loop: flags.rate === undefined ? 'closed' : 'open',
    phases: phasesOf(level, flags.duration),
    ...given('spikes', flags.spike),
    ...given('arrivals', flags.arrivals),
    ...given('seed', flags.seed),
    ...given('thinkNs', flags.think),
    ...given('warmupNs', flags.warmup),
    ...given('timeoutNs', flags.timeout),
    ...given('method', flags.method),
    headers: headersOf(flags.header ?? []),
    ...given('body', flags.body === undefined ? undefined : new TextEncoder().encode(flags.body)),
    ...given('maxConnections', flags.connections),
    ...given('threads', flags.threads),
    allowRemote: flags.allowRemote === true,
  }
}

function refuseMixedProtocols({ mcp, call, arguments: given, method, body }: LoadFlags): void {
  const needsMcp = mcp !== true && (call !== undefined || given !== undefined)
  const needsHttp = mcp === true && (method !== undefined || body !== undefined)
  if (needsMcp)
    throw new PerfKitError('LOAD_INVALID', '--call and --arguments are for MCP', { remedy: 'Give --mcp with them.' })
  if (needsHttp) {
    throw new PerfKitError('LOAD_INVALID', '--method and --body are for plain HTTP', {
      remedy: 'Leave them out, or --mcp.',
    })
  }
  if (given !== undefined && call === undefined) {
    throw new PerfKitError('LOAD_INVALID', '--arguments are those of a tool', { remedy: 'Name the tool with --call.' })
  }
}

function mcpOf({ mcp, call, arguments: given = {} }: LoadFlags): LoadOptions['mcp'] {
  if (mcp !== true) return undefined
  return call === undefined
    ? { method: 'ping', params: {} }
    : { method: 'tools/call', params: { name: call, arguments: given } }
}

/** Read here and not by commander, which repeats what it cannot read: it may be a token. */
function headersOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const entries = texts.map((text, index) => {
    const [, name, value] = /^([^:]+):\s*(.*)$/s.exec(text) ?? []
    if (name !== undefined && value !== undefined) return [name, value] as const
    throw new PerfKitError('LOAD_INVALID', `header number ${index + 1} has no colon`, {
      remedy: 'Write a header as -H "name: value".',
    })
  })
  return Object.fromEntries(entries)
}

/** An option left out stays out, so that its default is where it is documented. */
function given<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>)
}

function phasesOf({ to, phase }: Ramp, durationNs: number | undefined): readonly Phase[] {
  if (phase === undefined) return [{ from: to, to, durationNs: durationNs ?? DEFAULT_DURATION_NS }]
  return durationNs === undefined ? [phase] : [phase, { from: to, to, durationNs }]
}

/** A target that answered nothing but errors has failed; so has a measurement that is none. */
function exitCodeFor({ metrics, validity }: Run): ExitCode {
  const metricValue = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  if (metrics.some(({ name }) => name === 'responseTime') && metricValue('errorRatio') === 1) return EXIT.regression
  return validity.state === 'invalid' ? EXIT.measurement : EXIT.ok
}
