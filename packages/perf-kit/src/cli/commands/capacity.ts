import { Command } from 'commander'
import { type ExitCode, PerfKitError } from '../../errors/index.ts'
import { addSweepOptions, refuseOfSweeps, type SweepFlags, sweepCapacity } from '../capacity-sweep.ts'
import { addRequestOptions } from '../request-options.ts'
import type { Streams } from '../terminal-io.ts'

export function capacityCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('capacity')
    .description('How throughput grows with clients, or with a parameter of the target, and what limits it.')
    .argument(
      '[url]',
      'http or https, on this machine; without one, load.target of the configuration is started and driven',
    )
  return addRequestOptions(addSweepOptions(command)).action(
    async (url: string | undefined, words: readonly string[], { sweep, ...flags }: SweepFlags) => {
      if (sweep === undefined) {
        refuseOfSweeps(flags, words)
        throw new PerfKitError('LOAD_INVALID', 'there is nothing to sweep over', {
          remedy: 'Give --sweep clients=1,2,4,8,16,32.',
        })
      }
      settle(await sweepCapacity(url === undefined ? words : [url, ...words], { ...flags, sweep }, streams))
    },
  )
}
