import { Command } from 'commander'
import { EXIT, type ExitCode } from '../../errors/index.ts'
import { type LatencyLevel, LatencyMeasurer, type LatencyOptions } from '../../latency/index.ts'
import type { Budget } from '../../run/index.ts'
import { exitCodeFor } from '../exit-code-for.ts'
import { onInterrupt } from '../interrupt.ts'
import { latencyLevelsOption } from '../latency-levels.ts'
import { type RequestFlags, refuseOfRates, requestOptions } from '../load-flags.ts'
import { LoadProgress } from '../load-progress.ts'
import { durationOption } from '../option-values.ts'
import {
  configuredTarget,
  provisionalUrl,
  startTarget,
  urlOf,
  withTargetDefaults,
  withTargetRequests,
} from '../own-target.ts'
import { checkReportPath } from '../report-file.ts'
import { type RequestFiles, readRequestFiles } from '../request-files.ts'
import { addRequestOptions } from '../request-options.ts'
import { showLoad } from '../show-load.ts'
import type { Streams } from '../terminal-io.ts'

interface LatencyFlags extends RequestFlags {
  readonly at?: readonly LatencyLevel[]
  readonly duration?: number
  readonly warmup?: number
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
    settle(await latency(url, flags, streams)),
  )
}

async function latency(url: string | undefined, flags: LatencyFlags, streams: Streams): Promise<ExitCode> {
  if (flags.html !== undefined) await checkReportPath(flags.html)
  const progress = new LoadProgress(streams.stderr)
  using interruption = onInterrupt(() => {
    progress.clear()
    streams.stderr.write('interrupted: showing what is known\n')
  })
  const { signal } = interruption
  const files = await readRequestFiles(flags)
  if (url !== undefined)
    return await measure(optionsOf(url, flags, files, flags.budget ?? []), { progress, signal, streams, flags })

  const target = await configuredTarget(flags.config)
  const budgets = [...target.budgets, ...(flags.budget ?? [])]
  const asked = withTargetRequests(target, flags, files)
  const optionsAt = (at: string): LatencyOptions => optionsOf(at, withTargetDefaults(target, flags), asked, budgets)
  // What is wrong with the flags should be said before anything is started.
  new LatencyMeasurer(optionsAt(provisionalUrl(target)))
  await using started = await startTarget(target, { hasAgent: flags.agent !== false, signal })
  const options = { ...optionsAt(urlOf(target, started)), target: started }
  return await measure(options, { progress, signal, streams, flags })
}

function optionsOf(url: string, flags: LatencyFlags, files: RequestFiles, budgets: readonly Budget[]): LatencyOptions {
  if (flags.at?.every((level) => 'clients' in level)) {
    refuseOfRates(flags, files, 'Give a rate or a share among the levels (--at 500/s,50%)')
  }
  return {
    ...requestOptions(url, flags, files),
    ...(flags.at === undefined ? {} : { levels: flags.at }),
    ...(flags.duration === undefined ? {} : { durationNs: flags.duration }),
    ...(flags.warmup === undefined ? {} : { warmupNs: flags.warmup }),
    budgets,
  }
}

interface Surroundings {
  readonly progress: LoadProgress
  readonly signal: AbortSignal
  readonly streams: Streams
  readonly flags: LatencyFlags
}

async function measure(options: LatencyOptions, { progress, signal, streams, flags }: Surroundings): Promise<ExitCode> {
  const measurer = new LatencyMeasurer({
    ...options,
    onProgress: ({ level, index, count, result }) => {
      progress.clear()
      if (flags.quiet !== true) progress.watch(result, `${index + 1} of ${count}: ${level}`)
    },
  })
  const run = await measurer.measure(signal).finally(() => progress.clear())
  await showLoad(run, flags, streams)
  return signal.aborted ? EXIT.interrupted : exitCodeFor(run)
}
