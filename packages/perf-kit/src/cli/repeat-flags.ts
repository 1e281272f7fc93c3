import type { Command } from 'commander'
import { PerfKitError } from '../errors/index.ts'
import { countOption } from './option-values.ts'

/** How often a load is measured, and what is done with that. */
export interface RepeatFlags {
  readonly repeat?: number
  readonly accept?: boolean
  readonly reason?: string
  readonly author?: string
  readonly configuration?: string
  readonly strict?: boolean
}

const MOST_REPETITIONS = 1000
/** With four a side, no difference is rarer than 1 in 70 where there is none (Mann–Whitney): that decides nothing. */
const FEWEST_TO_ACCEPT = 5

export function addRepeatOptions(command: Command): Command {
  return command
    .option(
      '--repeat <count>',
      'measure so many times, each with the target started anew, and compare with the baseline (5 or more decide)',
      countOption(MOST_REPETITIONS),
    )
    .option('--accept', 'make the repetitions the new baseline of this environment')
    .option('--reason <text>', 'why they are accepted (default: the last commit’s subject)')
    .option('--author <name>', 'who accepts them (default: git’s user.name)')
    .option('--configuration <name>', 'keep this variant’s baseline apart from the others')
    .option('--strict', 'exit with 4 when the baseline cannot decide')
}

/**
 * @param url - of a target that somebody else has started
 * @throws {PerfKitError} `LOAD_INVALID` for flags that do not go together
 */
export function refuseRepeatFlags(url: string | undefined, { repeat, ...flags }: RepeatFlags): void {
  if (url !== undefined && (repeat !== undefined || flags.accept === true || flags.strict === true)) {
    throw invalid(
      'repetitions are of a target that is started anew for each: one process, measured twice, is one process',
      'Describe how it is started as load.target in perf-kit.config.ts, and leave the URL out.',
    )
  }
  if (flags.accept === true && (repeat ?? 1) < FEWEST_TO_ACCEPT) {
    throw invalid(
      `a baseline of fewer than ${FEWEST_TO_ACCEPT} repetitions could never show a change`,
      `Give --repeat ${FEWEST_TO_ACCEPT} or more with --accept.`,
    )
  }
  if (flags.accept !== true && (flags.reason !== undefined || flags.author !== undefined)) {
    throw invalid('--reason and --author are of what is accepted', 'Give --accept with them.')
  }
  if (flags.strict === true && repeat === undefined) {
    throw invalid('--strict is about comparing, and one measurement compares with nothing', 'Give --repeat 5 with it.')
  }
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
