import { join } from 'node:path'
import { BaselineManager, type Comparison, overallState } from '../baseline/index.ts'
import { EXIT, type ExitCode, PerfKitError } from '../errors/index.ts'
import type { Run } from '../run/index.ts'
import { acceptRuns } from './commands/accept-runs.ts'
import { exitCodeFor } from './exit-code-for.ts'
import type { ConfiguredTarget } from './own-target.ts'
import type { RepeatFlags } from './repeat-flags.ts'
import { type ShowFlags, showLoad } from './show-load.ts'
import type { Streams } from './terminal-io.ts'

export interface StoredLoadsOptions extends Pick<ConfiguredTarget, 'rootDirectory' | 'baselines'> {
  readonly flags: RepeatFlags & ShowFlags
  readonly streams: Streams
}

/** The accepted numbers of a project's loads, and what a command does with them. */
export class StoredLoads {
  readonly #options: StoredLoadsOptions
  readonly #manager: BaselineManager

  constructor(options: StoredLoadsOptions) {
    this.#options = options
    this.#manager = new BaselineManager({ directory: join(options.rootDirectory, options.baselines.directory) })
  }

  /**
   * Show repetitions with what the baseline says of them, and make them the baseline when that is wished.
   *
   * @throws {PerfKitError} when the baseline cannot be read: what was measured has been shown then
   */
  async judge(run: Run, { mayAccept }: { readonly mayAccept: boolean }): Promise<ExitCode> {
    const { flags, streams, rootDirectory, baselines } = this.#options
    // The store holds other loads too, which nobody has asked for now.
    const compared = await this.#manager
      .compare(run, { thresholds: baselines.thresholds, complete: false })
      .catch((error: unknown) => asPerfKitError(error))
    if (compared instanceof PerfKitError) {
      await showLoad(run, flags, streams)
      throw compared
    }
    await showLoad(run, flags, streams, compared)
    if (flags.accept !== true || !mayAccept) return judgedExitCode(run, compared, flags.strict === true)
    const { reason, author } = flags
    const accepting = { runs: [run], unreadable: new Map<string, PerfKitError>(), rootDirectory, reason, author }
    const exitCode = await acceptRuns(accepting, this.#manager, streams.stderr)
    const ownExitCode = exitCodeFor(run)
    return ownExitCode === EXIT.ok ? exitCode : ownExitCode
  }

  /**
   * One line for whoever has measured once what has a baseline.
   *
   * @param times - how long it was driven, as subjects of repetitions tell it
   */
  async hint(run: Run, times: string): Promise<void> {
    const { flags, streams } = this.#options
    if (flags.quiet === true) return
    // A baseline that cannot be read is told to whoever compares with it.
    const stored = await this.#manager.load(run.suite, run.environment.id, run.configuration).catch(() => undefined)
    const subjects = new Set(run.metrics.map(({ subject }) => `${subject}${times}`))
    const metric = stored?.metrics.find(({ subject }) => subjects.has(subject))
    const acceptance = stored?.acceptances.find(({ id }) => id === metric?.acceptance)
    if (acceptance === undefined) return
    const count = metric?.evidence.kind === 'repetitions' ? metric.evidence.values.length : undefined
    const day = acceptance.at.slice(0, 10)
    streams.stderr.write(`there is a baseline of this load, of ${day}: --repeat ${count ?? 5} compares with it\n`)
  }
}

/** Regressions before all else: a build must not be "only" doubtful when something got slower. */
function judgedExitCode(run: Run, { verdicts, against, gating }: Comparison, isStrict: boolean): ExitCode {
  const overall = overallState(verdicts)
  if (overall === 'regressed') return EXIT.regression
  const exitCode = exitCodeFor(run)
  if (exitCode !== EXIT.ok || !isStrict) return exitCode
  // Advice decides nothing, whatever it says: a suspect Run's, or beside other programs.
  const isAdvice = against.kind === 'baseline' && !gating
  return overall === 'inconclusive' || isAdvice ? EXIT.inconclusive : EXIT.ok
}

function asPerfKitError(error: unknown): PerfKitError {
  if (error instanceof PerfKitError) return error
  throw error
}
