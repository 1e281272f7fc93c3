import { execFileSync } from 'node:child_process'
import { userInfo } from 'node:os'
import type { AcceptOptions, BaselineManager } from '../../baseline/index.ts'
import { EXIT, type ExitCode, exitCodeOf, PerfKitError } from '../../errors/index.ts'
import type { Run } from '../../run/index.ts'

export interface AcceptRequest {
  readonly runs: readonly Run[]
  /** suites whose baseline cannot be read, which has been told: nothing is written over it */
  readonly unreadable: ReadonlyMap<string, PerfKitError>
  /** whose git says who accepts, and of which commit */
  readonly rootDirectory: string
  readonly reason: string | undefined
  readonly author: string | undefined
}

/**
 * Store the Runs as baselines, each for itself: one that cannot be stored keeps no other from it.
 *
 * @returns of the first that could not be stored
 * @throws {PerfKitError} `BASELINE_REFUSED` when no Run has anything to store
 */
export async function acceptRuns(
  { runs, unreadable, ...who }: AcceptRequest,
  manager: BaselineManager,
  stderr: NodeJS.WritableStream,
): Promise<ExitCode> {
  const acceptable = runs.filter(({ metrics }) => metrics.length > 0)
  if (acceptable.length === 0) {
    throw new PerfKitError('BASELINE_REFUSED', 'nothing was measured, so there is nothing to accept', {
      remedy: 'Mend the benchmarks first.',
    })
  }
  const options = acceptOptions(who)
  let exitCode: ExitCode = EXIT.ok
  for (const run of acceptable) {
    try {
      const told = unreadable.get(run.suite)
      if (told !== undefined) throw told
      const { file, acceptance } = await manager.accept(run, options)
      const subjects = run.kind === 'bench' ? 'benchmarks' : 'subjects'
      stderr.write(`accepted ${acceptance.subjectCount} ${subjects} of ${run.suite} into ${file}\n`)
    } catch (error) {
      if (!(error instanceof PerfKitError)) throw error
      stderr.write(`perf-kit: ${run.suite} is not accepted: ${error.message}\n  → ${error.remedy}\n`)
      if (exitCode === EXIT.ok) exitCode = exitCodeOf(error.code)
    }
  }
  return exitCode
}

function acceptOptions({
  rootDirectory,
  reason,
  author,
}: Pick<AcceptRequest, 'rootDirectory' | 'reason' | 'author'>): AcceptOptions {
  const subject = gitSays(rootDirectory, ['log', '-1', '--format=%h %s'])
  return {
    by: author ?? (gitSays(rootDirectory, ['config', 'user.name']) || userInfo().username),
    reason: reason ?? (subject === '' ? 'accepted without a word' : `at ${subject}`),
    at: new Date(),
  }
}

/** What git answers, or nothing where there is no git. */
function gitSays(directory: string, args: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}
