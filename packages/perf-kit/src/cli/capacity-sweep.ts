import { EXIT, type ExitCode } from '../errors/index.ts'
import type { Run } from '../run/index.ts'
import { checkedParameter, type SweepParameter } from '../throughput/index.ts'
import { exitCodeFor } from './exit-code-for.ts'
import { onInterrupt } from './interrupt.ts'
import { withDrivingDefaults } from './load-defaults.ts'
import { LoadProgress } from './load-progress.ts'
import { checkReportPath } from './report-file.ts'
import { type RequestFiles, readRequestFiles } from './request-files.ts'
import { showLoad } from './show-load.ts'
import { StoredLoads } from './stored-loads.ts'
import { refuseOfOthers, type SweepFlags } from './sweep-flags.ts'
import { checkedRequest, measureSweep } from './sweep-measuring.ts'
import { placeOf, type SweepPlace } from './sweep-places.ts'
import { type SweptTarget, sweptTarget } from './sweep-target.ts'
import { withTargetDefaults, withTargetFiles } from './target-defaults.ts'
import type { Streams } from './terminal-io.ts'

type GivenFlags = SweepFlags & { readonly sweep: SweepParameter }

/**
 * All of `perf-kit capacity --sweep`.
 *
 * @param words - a URL, a command, both, or none
 */
export async function sweepCapacity(words: readonly string[], given: GivenFlags, streams: Streams): Promise<ExitCode> {
  refuseOfOthers(given, words)
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
  const { signal } = interruption
  const run = await measureSweep({ ...job, request, progress, signal }).finally(() => progress.clear())
  const exitCode = await shown(run, given, { target, streams, signal })
  if (signal.aborted) return EXIT.interrupted
  // Values that could not be measured were asked for.
  return exitCode === EXIT.ok && run.failures.length > 0 ? EXIT.measurement : exitCode
}

/** With what its baseline says of it, where it was repeated. */
async function shown(
  run: Run,
  flags: GivenFlags,
  {
    target,
    streams,
    signal,
  }: { readonly target: SweptTarget; readonly streams: Streams; readonly signal: AbortSignal },
): Promise<ExitCode> {
  const { own, baselines } = target
  const stored =
    own === undefined || baselines === undefined
      ? undefined
      : new StoredLoads({ rootDirectory: own.rootDirectory, baselines, flags, streams })
  if (flags.repeat !== undefined && stored !== undefined) return await stored.judge(run, { mayAccept: !signal.aborted })
  await showLoad(run, flags, streams)
  await stored?.hint(run, '')
  return exitCodeFor(run)
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
