import type { Command } from 'commander'
import { readSource } from '../bench/index.ts'
import { EXIT, type ExitCode, PerfKitError } from '../errors/index.ts'
import { describeRequest, planLoad } from '../load/index.ts'
import type { Run } from '../run/index.ts'
import type { TargetProcess } from '../target/index.ts'
import {
  checkedParameter,
  measureScalingPoint,
  type SweepParameter,
  type SweepPoint,
  type SweepStep,
  type SweepValue,
  sweep,
} from '../throughput/index.ts'
import { exitCodeFor } from './exit-code-for.ts'
import { onInterrupt } from './interrupt.ts'
import { withDrivingDefaults } from './load-defaults.ts'
import { type RequestFlags, requestOptions } from './load-flags.ts'
import { LoadProgress } from './load-progress.ts'
import { countOption, durationOption } from './option-values.ts'
import { provisionalUrl, startTarget, urlOf } from './own-target.ts'
import { checkReportPath } from './report-file.ts'
import { type RequestFiles, readRequestFiles } from './request-files.ts'
import { showSweep } from './show-sweep.ts'
import { sweepOption } from './sweep-option.ts'
import { commandAt, flagsAt, placeOf, type SweepPlace, urlAt } from './sweep-places.ts'
import { type SweptTarget, sweptTarget } from './sweep-target.ts'
import { withTargetDefaults, withTargetFiles } from './target-defaults.ts'
import type { Streams } from './terminal-io.ts'

export interface SweepFlags extends RequestFlags {
  readonly sweep?: SweepParameter
  readonly rounds?: number
  readonly clients?: number
  readonly duration?: number
  readonly warmup?: number
  /** of a search for a capacity, which a sweep is none of */
  readonly objective?: unknown
  readonly precision?: unknown
  readonly maxDuration?: unknown
  readonly trial?: unknown
  readonly startRate?: unknown
  readonly maxRate?: unknown
  readonly maxTrials?: unknown
}

const DEFAULT_CLIENTS = 50
const DEFAULT_DURATION_NS = 3e9
const DEFAULT_WARMUP_NS = 1e9
const MOST_ROUNDS = 100
const MOST_CLIENTS = 20_000

/** Options of `perf-kit capacity --sweep`, and the words behind `--`. */
export function addSweepOptions(command: Command): Command {
  return command
    .argument('[command...]', 'behind --: the target’s command, which may have {name} where a value of a sweep goes')
    .option(
      '--sweep <name=values>',
      'measure at each value, and say how it scales: clients=1,2,4,8; a {name} of the target’s command or of what is asked; size=1kB,10kB',
      sweepOption,
    )
    .option('--rounds <count>', 'of a sweep: how often each value is measured (default: 3)', countOption(MOST_ROUNDS))
    .option('-c, --clients <count>', 'of a sweep over something else (default: 50)', countOption(MOST_CLIENTS))
    .option('-d, --duration <duration>', 'of a sweep: of each measurement (default: 3s)', durationOption)
    .option('--warmup <duration>', 'of a sweep: before each, and not counted (default: 1s)', durationOption)
}

/**
 * What a sweep has, where there is none.
 *
 * @param words - behind `--`
 * @throws {PerfKitError} `LOAD_INVALID`
 */
export function refuseOfSweeps({ rounds, clients, duration, warmup }: SweepFlags, words: readonly string[]): void {
  if (words.length === 0 && [rounds, clients, duration, warmup].every((flag) => flag === undefined)) return
  throw invalid(
    '--rounds, --clients, --duration, --warmup and a command behind -- are of a sweep',
    'Say what is swept over: --sweep clients=1,2,4,8.',
  )
}

/**
 * All of `perf-kit capacity --sweep`.
 *
 * @param words - a URL, a command, both, or none
 */
export async function sweepCapacity(
  words: readonly string[],
  given: SweepFlags & { readonly sweep: SweepParameter },
  streams: Streams,
): Promise<ExitCode> {
  refuseOtherFlags(given)
  const parameter = checkedParameter(given.sweep)
  if (given.html !== undefined) await checkReportPath(given.html)
  const target = await sweptTarget(words, given.config)
  const files = await filesOf(target, given)
  const flags = withDefaults(target, given, files)
  const job = { parameter, target, flags, files, place: placeIn(target, flags, parameter) }
  const request = checkedRequest(job)
  const progress = new LoadProgress(streams.stderr)
  const tell = (text: string): void => {
    progress.clear()
    streams.stderr.write(text)
  }
  using interruption = onInterrupt(() => tell('interrupted: showing what is known\n'))
  const run = await measured({ ...job, request, progress, signal: interruption.signal }).finally(() => progress.clear())
  await showSweep(run, given, streams)
  if (interruption.signal.aborted) return EXIT.interrupted
  const exitCode = exitCodeFor(run)
  // Values that could not be measured were asked for.
  return exitCode === EXIT.ok && run.failures.length > 0 ? EXIT.measurement : exitCode
}

interface SweepJob {
  readonly parameter: SweepParameter
  readonly target: SweptTarget
  readonly flags: SweepFlags
  readonly files: RequestFiles
  readonly place: SweepPlace
}

interface SweepDriving extends SweepJob {
  /** what is asked, in words */
  readonly request: string
  readonly progress: LoadProgress
  readonly signal: AbortSignal
}

/** @throws {PerfKitError} `LOAD_INVALID` for what other kinds of measurements have */
function refuseOtherFlags(flags: SweepFlags): void {
  const { repeat, accept, strict, budget, arrivals, connections, clients, sweep: parameter } = flags
  const { objective, precision, maxDuration, trial, startRate, maxRate, maxTrials } = flags
  if ([objective, precision, maxDuration, trial, startRate, maxRate, maxTrials].some((flag) => flag !== undefined)) {
    throw invalid(
      '--objective, --precision, --max-duration, --max-trials, --trial, --start-rate and --max-rate are of a search for a capacity',
      'Leave them out, or --sweep.',
    )
  }
  if (repeat !== undefined || accept === true || strict === true) {
    throw invalid(
      '--repeat, --accept and --strict compare loads, and a sweep is held against nothing yet',
      'Leave them out; --rounds says how often each value is measured.',
    )
  }
  if (budget !== undefined) throw invalid('a sweep has no budgets', 'Leave --budget out.')
  if (arrivals !== undefined || connections !== undefined) {
    throw invalid('a sweep drives clients, which --arrivals and --connections are not for', 'Leave them out.')
  }
  const half =
    parameter?.name === 'clients' ? parameter.values.find(({ value }) => !Number.isInteger(value)) : undefined
  if (half !== undefined) throw invalid(`${half.text} is no number of clients`, 'Give whole numbers.')
  if (clients !== undefined && parameter?.name === 'clients') {
    throw invalid('--clients would be one value of what is swept over', 'Put it among those of --sweep clients=….')
  }
}

async function filesOf({ own }: SweptTarget, flags: SweepFlags): Promise<RequestFiles> {
  const files = await readRequestFiles(flags)
  return own === undefined ? files : await withTargetFiles(own, flags, files)
}

function withDefaults<Flags extends SweepFlags>({ own, load }: SweptTarget, given: Flags, files: RequestFiles): Flags {
  const flags = own === undefined ? given : withTargetDefaults(own, given)
  return load === undefined ? flags : withDrivingDefaults(load, flags, { hasRate: false, files })
}

function placeIn({ url, own }: SweptTarget, flags: SweepFlags, parameter: SweepParameter): SweepPlace {
  const things = own === undefined ? {} : { command: own.target.command, parameters: own.target.parameters ?? {} }
  return placeOf(parameter, { url, flags, ...things })
}

/** What is wrong with any value's load is said before anything is started. */
function checkedRequest(job: SweepJob): string {
  const { target, parameter } = job
  const url = target.own === undefined ? (target.url ?? '') : provisionalUrl(target.own.target)
  const plans = parameter.values.map((value) => {
    const { clients, durationNs, ...load } = loadAt(job, url, value)
    return planLoad({ ...load, loop: 'closed', phases: [{ from: clients, to: clients, durationNs }], warmupNs: 0 })
  })
  const [first] = plans
  return first === undefined ? '' : describeRequest(first)
}

function loadAt({ flags, files, place, parameter }: SweepJob, url: string, value: SweepValue) {
  const { name } = parameter
  const filled = place === 'body' ? { ...flags, bodySize: value.value } : flagsAt(flags, name, value)
  return {
    ...requestOptions(urlAt(url, name, value), filled, files),
    clients: place === 'clients' ? value.value : (flags.clients ?? DEFAULT_CLIENTS),
    durationNs: flags.duration ?? DEFAULT_DURATION_NS,
    warmupNs: flags.warmup ?? DEFAULT_WARMUP_NS,
  }
}

async function measured(driving: SweepDriving): Promise<Run> {
  const { parameter, place, target, flags, request, signal } = driving
  const { own } = target
  const source = own === undefined ? undefined : await readSource(own.rootDirectory)
  const clients = flags.clients ?? DEFAULT_CLIENTS
  const facts = {
    parameter,
    subject: `${request} · ${parameter.name} ${parameter.values.map(({ text }) => text).join(', ')}`,
    subjectOf: ({ value, text }: SweepValue) =>
      place === 'clients'
        ? `${request} · ${value} ${value === 1 ? 'client' : 'clients'}`
        : `${request} · ${clients} ${clients === 1 ? 'client' : 'clients'} · ${parameter.name}=${text}`,
    signal,
    ...(source === undefined ? {} : { source }),
    ...(flags.rounds === undefined ? {} : { rounds: flags.rounds }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.configuration === undefined ? {} : { configuration: flags.configuration }),
  }
  if (own === undefined) {
    return await sweep({ ...facts, measure: (step) => measurePoint(driving, step, target.url ?? '') })
  }
  const hasAgent = flags.agent !== false
  if (place === 'command') {
    const measure = async (step: SweepStep): Promise<SweepPoint> => {
      const { parameters } = own.target
      const command = commandAt(own.target.command, {
        name: parameter.name,
        value: step.value,
        ...(parameters === undefined ? {} : { parameters }),
      })
      await using started = await startTarget(
        { ...own, target: { ...own.target, command: [...command] } },
        { hasAgent, signal },
      )
      return await measurePoint(driving, step, urlOf(own.target, started), started)
    }
    return await sweep({ ...facts, measure })
  }
  await using started = await startTarget(own, { hasAgent, signal })
  const url = urlOf(own.target, started)
  return await sweep({
    ...facts,
    measure: (step) => measurePoint(driving, step, url, started),
    isOver: () => started.hasEnded,
  })
}

async function measurePoint(
  driving: SweepDriving,
  step: SweepStep,
  url: string,
  target?: TargetProcess,
): Promise<SweepPoint> {
  const { progress, signal, flags, parameter } = driving
  const { value, index, count } = step
  return await measureScalingPoint({
    ...loadAt(driving, url, value),
    signal,
    ...(target === undefined ? {} : { target }),
    onStart: (result) => {
      progress.clear()
      if (flags.quiet !== true) progress.watch(result, `${index + 1} of ${count}: ${parameter.name} ${value.text}`)
    },
  })
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
