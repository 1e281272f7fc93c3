import { Command } from 'commander'
import { checkMachine } from '../../bench/index.ts'
import { loadConfig } from '../../config/index.ts'
import { EXIT, type ExitCode } from '../../errors/index.ts'
import { renderMachineCheck } from '../../report/index.ts'
import { onInterrupt } from '../interrupt.ts'
import { ProgressLine } from '../progress-line.ts'
import { displayOf, type Streams } from '../terminal-io.ts'

interface CheckFlags {
  readonly config?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export function checkCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  return new Command('check')
    .description('Is this machine fit to measure, and how small a change can be seen on it?')
    .option('--config <file>', 'configuration file (default: the nearest perf-kit.config.*)')
    .option('--json', 'print the findings as JSON')
    .option('-q, --quiet', 'no progress')
    .action(async (flags: CheckFlags) => settle(await check(flags, streams)))
}

async function check(flags: CheckFlags, { stdout, stderr }: Streams): Promise<ExitCode> {
  const { config } = await loadConfig(process.cwd(), flags.config)
  const progress = new ProgressLine(stderr)
  using interruption = onInterrupt(() => progress.clear())
  const found = await checkMachine({
    config,
    signal: interruption.signal,
    ...(flags.quiet === true ? {} : { onProgress: (state) => progress.show(state) }),
  }).finally(() => progress.clear())
  stdout.write(
    flags.json === true
      ? `${JSON.stringify(found, null, 2)}\n`
      : renderMachineCheck(found, displayOf(stdout, process.env)),
  )
  return EXIT.ok
}
