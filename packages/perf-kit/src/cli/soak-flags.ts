import { type Command, InvalidArgumentError, Option } from 'commander'
import { PerfKitError } from '../errors/index.ts'
import { rampOption, spikeOption } from './level-options.ts'
import type { LoadFlags } from './load-flags.ts'
import { countOption, durationOption } from './option-values.ts'
import { addRequestOptions } from './request-options.ts'
import { addSnapshotOption, refuseSnapshotOf } from './snapshot-option.ts'

export interface SoakFlags extends LoadFlags {
  readonly url?: string
  readonly pid?: number
  readonly hours?: number
  readonly minutes?: number
  /** of a folder, or true: of the last one */
  readonly resume?: string | true
  readonly record?: string
  readonly failFast?: boolean
  readonly restart?: boolean
}

const NS_PER_SEC = 1e9
const NS_PER_MIN = 60 * NS_PER_SEC
const NS_PER_HOUR = 60 * NS_PER_MIN
const DEFAULT_NS = 10 * NS_PER_MIN
/** A year is a slip of the hand. */
const LONGEST_NS = 31 * 24 * NS_PER_HOUR
const MOST_PIDS = 2 ** 22

export function addSoakOptions(command: Command): Command {
  const lasting = command
    .option('--url <url>', 'a target that somebody else has started, on this machine')
    .option('--pid <number>', 'of --url: its process, whose memory is watched from outside', countOption(MOST_PIDS))
    .addOption(
      new Option('--hours <number>', 'how long: 8, or 0.5').argParser(timesOption).conflicts(['minutes', 'duration']),
    )
    .addOption(new Option('--minutes <number>', 'how long (default: 10)').argParser(timesOption).conflicts('duration'))
    .option('-d, --duration <duration>', 'how long: 90s, 1h30m', durationOption)
    .option('--resume [folder]', 'go on with the last one that did not come to its end, or with the one in that folder')
    .option('--record <folder>', 'where records are kept (default: .perf-kit/soak)')
    .option('--fail-fast', 'end as soon as a leak is certain')
    .option('--restart', 'start a target that has ended once more, and go on')
  const driving = lasting
    .addOption(
      new Option('-c, --clients <count>', 'of --url: clients that wait for their answers (default: 50)')
        .argParser(rampOption)
        .conflicts('rate'),
    )
    .option('--rate <level>', 'of --url: requests a second, whatever comes back', rampOption)
    .option('--spike <spikes>', 'of --url: so many times as much, how often, for how long: 5x/30s/2s', spikeOption)
    .option('--think <duration>', 'of --url: a client’s pause between an answer and its next request', durationOption)
  return addRequestOptions(addSnapshotOption(driving))
}

/** @throws {PerfKitError} `LOAD_INVALID` for flags that do not go together */
export function refuseSoakFlags(names: readonly string[], flags: SoakFlags): void {
  const { url, pid, resume, repeat, accept, strict } = flags
  if (repeat !== undefined || accept === true || strict === true) {
    throw invalid('--repeat, --accept and --strict compare repetitions, and a soak is one', 'Leave them out.')
  }
  if (url !== undefined && names.length > 0) {
    throw invalid('scenarios are of the target of the configuration, and --url is another', 'Leave one of them out.')
  }
  if (url === undefined && pid !== undefined && resume === undefined) {
    throw invalid('--pid says whose memory is watched, and --url whom to ask', 'Give --url with it.')
  }
  refuseSnapshotOf(url, flags)
  if (url !== undefined && flags.restart === true) {
    throw invalid('--restart starts a target once more, and nobody here has started that of --url', 'Leave it out.')
  }
  const levels = [flags.clients, flags.rate, flags.spike, flags.think]
  if (url === undefined && resume === undefined && levels.some((level) => level !== undefined)) {
    throw invalid(
      '--clients, --rate, --spike and --think are of --url: scenarios have their own',
      'Leave them out, or write a scenario.',
    )
  }
  if (resume !== undefined && [...levels, flags.budget].some((each) => each !== undefined)) {
    throw invalid(
      '--resume drives as before, and is judged as before',
      'Leave --clients, --rate, --spike, --think and --budget out.',
    )
  }
  if (resume !== undefined && (names.length > 0 || url !== undefined || lastingOf(flags) !== undefined)) {
    throw invalid('--resume goes on as it was begun', 'Leave names, --url and how long out.')
  }
}

/** @throws {PerfKitError} `LOAD_INVALID` */
export function soakNs(flags: SoakFlags): number {
  const ns = lastingOf(flags) ?? DEFAULT_NS
  if (ns <= LONGEST_NS && ns >= NS_PER_SEC) return ns
  throw invalid(`${ns / NS_PER_SEC} s are no time for a soak`, 'Give a second at least, and a month at most.')
}

function lastingOf({ hours, minutes, duration }: SoakFlags): number | undefined {
  if (hours !== undefined) return hours * NS_PER_HOUR
  return minutes === undefined ? duration : minutes * NS_PER_MIN
}

/** For commander: 8, or 0.5. */
function timesOption(text: string): number {
  const number = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : 0
  if (number > 0) return number
  throw new InvalidArgumentError('Write a number above 0 without a unit, such as 8 or 0.5.')
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
