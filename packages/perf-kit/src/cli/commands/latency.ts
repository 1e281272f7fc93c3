import { Command } from 'commander'
import type { ExitCode } from '../../errors/index.ts'
import { type LatencyLevel, LatencyMeasurer, type LatencyOptions } from '../../latency/index.ts'
import type { Run } from '../../run/index.ts'
import { type Driving, driveTarget, type TargetCommand } from '../drive-target.ts'
import { latencyLevelsOption } from '../latency-levels.ts'
import { type RequestFlags, refuseOfRates, requestOptions } from '../load-flags.ts'
import { durationOption } from '../option-values.ts'
import type { RequestFiles } from '../request-files.ts'
import { addRequestOptions } from '../request-options.ts'
import type { Streams } from '../terminal-io.ts'

interface LatencyFlags extends RequestFlags {
  readonly at?: readonly LatencyLevel[]
  readonly duration?: number
  readonly warmup?: number
}

const LATENCY: TargetCommand<LatencyFlags> = {
  isOwnWork: () => true,
  hasAgent: ({ agent }) => agent !== false,
  check: (url, flags, files) => new LatencyMeasurer(optionsOf(url, flags, files)).times,
  measure,
}

export function latencyCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('latency')
    .description('How long requests take at several loads, and what the slowest of them waited for.')
    .argument(
      '[url]',
      'http or https, on this machine; without one, load.target of the configuration is started and driven',
    )
    .option(
      '--at <levels>',
      'shares of the target’s capacity, which is measured first; or rates (500/s), or clients (10,50,100) (default: 10%,50%,80%)',
      latencyLevelsOption,
    )
    .option('-d, --duration <duration>', 'at each level (default: 10s)', durationOption)
    .option('--warmup <duration>', 'at each level, before it counts (default: 2s)', durationOption)
  return addRequestOptions(command).action(async (url: string | undefined, flags: LatencyFlags) =>
    settle(await driveTarget(LATENCY, url, flags, streams)),
  )
}

function optionsOf(url: string, flags: LatencyFlags, files: RequestFiles): LatencyOptions {
  if (flags.at?.every((level) => 'clients' in level)) {
    refuseOfRates(flags, files, 'Give a rate or a share among the levels (--at 500/s,50%)')
  }
  return {
    ...requestOptions(url, flags, files),
    ...(flags.at === undefined ? {} : { levels: flags.at }),
    ...(flags.duration === undefined ? {} : { durationNs: flags.duration }),
    ...(flags.warmup === undefined ? {} : { warmupNs: flags.warmup }),
    ...(flags.configuration === undefined ? {} : { configuration: flags.configuration }),
  }
}

async function measure(driving: Driving<LatencyFlags>): Promise<Run> {
  const { url, flags, files, budgets, source, progress, signal, target, repetition } = driving
  const measurer = new LatencyMeasurer({
    ...optionsOf(url, flags, files),
    ...(target === undefined ? {} : { target }),
    budgets,
    source,
    tellTimes: repetition !== undefined,
    onProgress: ({ level, index, count, result }) => {
      progress.clear()
      const step = `${index + 1} of ${count}: ${level}`
      if (flags.quiet !== true) progress.watch(result, repetition === undefined ? step : `${repetition}, ${step}`)
    },
  })
  return await measurer.measure(signal).finally(() => progress.clear())
}
