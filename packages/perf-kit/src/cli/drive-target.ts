import { readSource } from '../bench/index.ts'
import { EXIT, type ExitCode } from '../errors/index.ts'
import { repeatRuns } from '../load/index.ts'
import type { Budget, Run } from '../run/index.ts'
import type { TargetProcess } from '../target/index.ts'
import { exitCodeFor } from './exit-code-for.ts'
import { onInterrupt } from './interrupt.ts'
import type { RequestFlags } from './load-flags.ts'
import { LoadProgress } from './load-progress.ts'
import { withOtherPrograms } from './other-programs.ts'
import {
  type ConfiguredTarget,
  commandedTarget,
  configuredTarget,
  type LoadConfig,
  provisionalUrl,
  startTarget,
  urlOf,
} from './own-target.ts'
import { refuseRepeatFlags } from './repeat-flags.ts'
import { checkReportPath } from './report-file.ts'
import { type RequestFiles, readRequestFiles } from './request-files.ts'
import { showLoad } from './show-load.ts'
import { refuseSnapshotOf } from './snapshot-option.ts'
import { StoredLoads } from './stored-loads.ts'
import { commandTarget } from './sweep-target.ts'
import { withTargetDefaults, withTargetFiles } from './target-defaults.ts'
import type { Streams } from './terminal-io.ts'

/** What commands that drive a target do each in their own way. */
export interface TargetCommand<Flags extends RequestFlags> {
  /** whether all load comes from this process */
  readonly isOwnWork: (flags: Flags) => boolean
  /** What of the configuration it drives a target by that is started, where flags leave it open. */
  readonly withDefaults: (load: LoadConfig, flags: Flags, files: RequestFiles) => Flags
  /** look inside a target that is started */
  readonly hasAgent: (flags: Flags) => boolean
  /**
   * What is wrong with the flags is said before anything is started.
   *
   * @returns how long it is driven, as the subjects of repetitions tell it
   */
  readonly check: (url: string, flags: Flags, files: RequestFiles) => string
  /** Drive it once. */
  readonly measure: (driving: Driving<Flags>) => Promise<Run>
}

export interface Driving<Flags extends RequestFlags> extends Surroundings {
  readonly url: string
  readonly flags: Flags
  /** what stood in those that flags, or the configuration, name */
  readonly files: RequestFiles
  readonly budgets: readonly Budget[]
  /** the code that is measured */
  readonly source: Run['source']
  /** a target that was started for it */
  readonly target?: TargetProcess
  /** which of several it is, in words */
  readonly repetition?: string
}

interface Surroundings {
  readonly progress: LoadProgress
  readonly signal: AbortSignal
  /** for people, beside the progress */
  readonly tell: (message: string) => void
}

/** Of a URL nobody knows which code answers there. */
const UNKNOWN_SOURCE: Run['source'] = { commit: null, dirty: false }

/**
 * All of such a command: drive a URL, or a target of our own once or several times, and say what came of it.
 *
 * @param words - of the command that starts it, where that is not the configuration's
 */
export async function driveTarget<Flags extends RequestFlags>(
  command: TargetCommand<Flags>,
  url: string | undefined,
  flags: Flags,
  streams: Streams,
  words: readonly string[] = [],
): Promise<ExitCode> {
  const driven = words.length === 0 ? url : undefined
  refuseRepeatFlags(driven, flags)
  refuseSnapshotOf(driven, flags)
  // A load of an hour should not end with a page that cannot be written.
  if (flags.html !== undefined) await checkReportPath(flags.html)
  const progress = new LoadProgress(streams.stderr)
  const tell = (message: string): void => {
    progress.clear()
    streams.stderr.write(message)
  }
  using interruption = onInterrupt(() => tell('interrupted: showing what is known\n'))
  const surroundings = { progress, signal: interruption.signal, tell }
  const files = await readRequestFiles(flags)
  if (driven === undefined) {
    const configured =
      words.length === 0
        ? await configuredTarget(flags.config)
        : await commandedTarget(commandTarget(words, url), flags.config)
    return await driveOwn(command, configured, { flags, files }, streams, surroundings)
  }
  const { budget: budgets = [] } = flags
  const run = await command.measure({ ...surroundings, url: driven, flags, files, budgets, source: UNKNOWN_SOURCE })
  await showLoad(run, flags, streams)
  return interruption.signal.aborted ? EXIT.interrupted : exitCodeFor(run)
}

/** Start it, drive it, and end it; as often as it is wished. */
async function driveOwn<Flags extends RequestFlags>(
  command: TargetCommand<Flags>,
  configured: ConfiguredTarget,
  given: { readonly flags: Flags; readonly files: RequestFiles },
  streams: Streams,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { signal } = surroundings
  const { target, load, baselines, rootDirectory } = configured
  const files = await withTargetFiles(configured, given.flags, given.files)
  const flags = command.withDefaults(load, withTargetDefaults(configured, given.flags), files)
  const times = command.check(provisionalUrl(target), flags, files)
  const source = await readSource(rootDirectory)
  const budgets = [...target.budgets, ...(flags.budget ?? [])]
  const once = async (repetition?: string): Promise<Run> => {
    const { snapshotAtLimit } = flags
    await using started = await startTarget(configured, { hasAgent: command.hasAgent(flags), snapshotAtLimit, signal })
    const url = urlOf(target, started)
    const driving = { ...surroundings, url, flags, files, budgets, source, target: started }
    if (repetition === undefined) return await command.measure(driving)
    const measure = (): Promise<Run> => command.measure({ ...driving, repetition })
    // Another engine is a process of its own, which would be taken for one of them.
    return command.isOwnWork(flags) ? await withOtherPrograms(started.pid, measure) : await measure()
  }
  const stored = new StoredLoads({ rootDirectory, baselines, flags, streams })
  const { repeat: count } = flags
  if (count === undefined) {
    const run = await once()
    await showLoad(run, flags, streams)
    await stored.hint(run, times)
    return signal.aborted ? EXIT.interrupted : exitCodeFor(run)
  }
  const run = await repeatRuns((index) => once(`repetition ${index + 1} of ${count}`), { count, signal })
  const exitCode = await stored.judge(run, { mayAccept: !signal.aborted })
  return signal.aborted ? EXIT.interrupted : exitCode
}
