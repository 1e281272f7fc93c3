import { Command } from 'commander'
import type { ExitCode } from '../../errors/index.ts'
import { capacitySentence } from '../../report/index.ts'
import type { Run } from '../../run/index.ts'
import { ThroughputTester } from '../../throughput/index.ts'
import { addCapacityOptions, type CapacityFlags, capacityOptions } from '../capacity-flags.ts'
import { trialLine, trialTitle } from '../capacity-progress.ts'
import { sweepCapacity } from '../capacity-sweep.ts'
import { type Driving, driveTarget, type TargetCommand } from '../drive-target.ts'
import { CAPACITY_BELOW } from '../exit-code-for.ts'
import { withDrivingDefaults } from '../load-defaults.ts'
import { printing } from '../printing.ts'
import { addRequestOptions } from '../request-options.ts'
import { addSweepOptions, refuseOfSweeps, type SweepFlags } from '../sweep-flags.ts'
import type { Streams } from '../terminal-io.ts'

const CAPACITY: TargetCommand<CapacityFlags> = {
  isOwnWork: () => true,
  withDefaults: (load, flags, files) => withDrivingDefaults(load, flags, { hasRate: true, files }),
  hasAgent: ({ agent }) => agent !== false,
  check: (url, flags, files) => {
    new ThroughputTester(capacityOptions(url, flags, files))
    // How long trials last is no property of a capacity, and in no subject.
    return ''
  },
  measure,
}

export function capacityCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('capacity')
    .description(
      'How much a target can do: the highest rate at which it keeps to an objective, with every trial; or how it scales, and what limits it.',
    )
    .argument(
      '[url]',
      'http or https, on this machine; without one, load.target of the configuration is started and driven',
    )
  return addRequestOptions(addSweepOptions(addCapacityOptions(command))).action(
    async (url: string | undefined, words: readonly string[], { sweep, ...flags }: CapacityFlags & SweepFlags) => {
      if (sweep !== undefined) {
        settle(await sweepCapacity(url === undefined ? words : [url, ...words], { ...flags, sweep }, streams))
        return
      }
      refuseOfSweeps(flags, words)
      settle(await driveTarget(CAPACITY, url, flags, streams))
    },
  )
}

async function measure(driving: Driving<CapacityFlags>): Promise<Run> {
  const { url, flags, files, budgets, source, progress, signal, target, tell, repetition } = driving
  const isQuiet = flags.quiet === true
  const tester = new ThroughputTester({
    ...capacityOptions(url, flags, files, budgets),
    ...printing(flags, tell),
    ...(target === undefined ? {} : { target }),
    source,
    onProgress: (step) => {
      progress.clear()
      if (!isQuiet) progress.watch(step.result, trialTitle(step, repetition))
    },
    onTrial: (trial) => {
      if (!isQuiet) tell(trialLine(trial))
    },
  })
  const run = await tester.capacity(signal).finally(() => progress.clear())
  if (repetition === undefined) return run
  // Of several searches each has trials of its own; what they found is compared.
  const { capacity: _, ...pooled } = run
  const message = capacitySentence(run) ?? ''
  const code = run.capacity?.answer.kind === 'below' ? CAPACITY_BELOW : 'CAPACITY'
  return { ...pooled, warnings: [...run.warnings, { code, message }] }
}
