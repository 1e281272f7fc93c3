import { type Command, InvalidArgumentError } from 'commander'
import { parseObjective } from '../config/index.ts'
import { PerfKitError } from '../errors/index.ts'
import type { Budget } from '../run/index.ts'
import type { CapacityOptions } from '../throughput/index.ts'
import { type RequestFlags, requestOptions } from './load-flags.ts'
import { countOption, durationOption } from './option-values.ts'
import type { RequestFiles } from './request-files.ts'

export interface CapacityFlags extends RequestFlags {
  readonly objective?: readonly Budget[]
  readonly precision?: number
  readonly maxDuration?: number
  readonly trial?: number
  readonly startRate?: number
  readonly maxRate?: number
  readonly maxTrials?: number
}

/** The mission's own limits of a call, where nobody says others. */
const DEFAULT_OBJECTIVE = 'p99<200ms,errors<0.1%'

const MOST_TRIALS = 100

export function addCapacityOptions(command: Command): Command {
  return command
    .option(
      '--objective <limits>',
      `what it has to keep to at a rate that counts (default: the budgets of load.target that are limits of percentiles and errors, or else ${DEFAULT_OBJECTIVE})`,
      objectiveOption,
    )
    .option('--precision <share>', 'how narrow the interval has to be (default: 3%)', shareOption)
    .option('--max-duration <duration>', 'of the whole search (default: 2m)', durationOption)
    .option('--trial <duration>', 'of a trial, its warm-up not counted (default: 5s)', durationOption)
    .option('--start-rate <rate>', 'where to begin, such as 100/s (default: found out with 50 clients)', rateOption)
    .option('--max-trials <count>', 'that of the clients included (default: 12)', countOption(MOST_TRIALS))
    .option('--max-rate <rate>', 'no trial asks for more, such as 5000/s', rateOption)
}

/**
 * What the flags of `perf-kit capacity` ask for.
 *
 * @param budgets - of the target, where the configuration has some
 * @throws {PerfKitError} `LOAD_INVALID` for flags that do not go together
 */
export function capacityOptions(
  url: string,
  flags: CapacityFlags,
  files: RequestFiles,
  budgets: readonly Budget[] = [],
): CapacityOptions {
  if (flags.budget !== undefined) {
    throw new PerfKitError(
      'LOAD_INVALID',
      '--budget judges one load, and a capacity is where loads begin to break it',
      {
        remedy: 'Give the limits as --objective.',
      },
    )
  }
  return {
    ...requestOptions(url, flags, files),
    objective: flags.objective ?? objectiveOf(budgets),
    ...(flags.precision === undefined ? {} : { precisionRatio: flags.precision }),
    ...(flags.maxDuration === undefined ? {} : { maxDurationNs: flags.maxDuration }),
    ...(flags.trial === undefined ? {} : { trialNs: flags.trial }),
    ...(flags.startRate === undefined ? {} : { startRatePerSec: flags.startRate }),
    ...(flags.maxRate === undefined ? {} : { maxRatePerSec: flags.maxRate }),
    ...(flags.maxTrials === undefined ? {} : { mostTrials: flags.maxTrials }),
    ...(flags.configuration === undefined ? {} : { configuration: flags.configuration }),
  }
}

function objectiveOf(budgets: readonly Budget[]): readonly Budget[] {
  const limits = budgets.filter(({ metric }) => metric === 'responseTime' || metric === 'errorRatio')
  return limits.length > 0 ? limits : objectiveOption(DEFAULT_OBJECTIVE)
}

/** For commander: `p99<200ms,errors<0.1%`. */
function objectiveOption(text: string): readonly Budget[] {
  const objective = parseObjective(text)
  if ('problem' in objective) throw new InvalidArgumentError(`${objective.problem}.`)
  return objective
}

/** For commander: `3%`. */
function shareOption(text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  if (percent === undefined) throw new InvalidArgumentError('Write a share such as 3%.')
  return Number(percent) / 100
}

/** For commander: `100` or `100/s`. */
function rateOption(text: string): number {
  const [, rate] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text.trim()) ?? []
  if (rate === undefined || Number(rate) === 0) throw new InvalidArgumentError('Write a rate above 0, such as 100/s.')
  return Number(rate)
}
