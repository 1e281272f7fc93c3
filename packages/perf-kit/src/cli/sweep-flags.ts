import type { Command } from 'commander'
import { PerfKitError } from '../errors/index.ts'
import type { SweepParameter } from '../throughput/index.ts'
import type { RequestFlags } from './load-flags.ts'
import { countOption, durationOption } from './option-values.ts'
import { refuseRepeatFlags } from './repeat-flags.ts'
import { sweepOption } from './sweep-option.ts'

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
 * What other kinds of measurements have.
 *
 * @param words - a URL, a command, both, or none
 * @throws {PerfKitError} `LOAD_INVALID`
 */
export function refuseOfOthers(flags: SweepFlags, words: readonly string[]): void {
  const { repeat, rounds, budget, arrivals, connections, clients, sweep: parameter } = flags
  const { objective, precision, maxDuration, trial, startRate, maxRate, maxTrials } = flags
  if ([objective, precision, maxDuration, trial, startRate, maxRate, maxTrials].some((flag) => flag !== undefined)) {
    throw invalid(
      '--objective, --precision, --max-duration, --max-trials, --trial, --start-rate and --max-rate are of a search for a capacity',
      'Leave them out, or --sweep.',
    )
  }
  if (repeat !== undefined && rounds !== undefined) {
    throw invalid(
      '--repeat and --rounds both say how often each value is measured',
      'Give --repeat to start the target anew for each measurement and compare with the baseline, and --rounds otherwise.',
    )
  }
  refuseRepeatFlags(words[0], flags)
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

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
