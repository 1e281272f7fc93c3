import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { didYouMean, PerfKitError } from '../errors/index.ts'
import type { RunSource } from '../run/index.ts'

const execFileAsync = promisify(execFile)

/** `git status` would write what it learnt into the index, and hold the index's lock while its user needs it. */
const LEAVE_INDEX_ALONE = { GIT_OPTIONAL_LOCKS: '0' }

/** Commits that we make only to check them out again; never on a branch, never signed. */
const SNAPSHOT_IDENTITY = {
  GIT_AUTHOR_NAME: 'perf-kit',
  GIT_AUTHOR_EMAIL: 'perf-kit@localhost',
  GIT_COMMITTER_NAME: 'perf-kit',
  GIT_COMMITTER_EMAIL: 'perf-kit@localhost',
}

/**
 * Run git.
 *
 * @returns stdout, trimmed
 * @throws {PerfKitError} `GIT_UNAVAILABLE` when there is no git, or what git said otherwise as `SNAPSHOT_FAILED`
 */
export async function git(
  directory: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  try {
    const { stdout } = await execFileAsync('git', ['-C', directory, ...args], {
      env: { ...process.env, ...LEAVE_INDEX_ALONE, ...SNAPSHOT_IDENTITY, ...options.env },
      maxBuffer: 2 ** 26,
    })
    return stdout.trim()
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string }
    if (code === 'ENOENT') {
      throw new PerfKitError('GIT_UNAVAILABLE', 'git is not installed, or not on the PATH', {
        cause,
        remedy: 'Install git; comparing with another ref needs it.',
      })
    }
    throw new PerfKitError('SNAPSHOT_FAILED', `git ${commandOf(args)} failed: ${stderr?.trim() || String(cause)}`, {
      cause,
      remedy: 'Run the same git command by hand to see what it needs.',
    })
  }
}

/** The command's own name, after git's options. */
function commandOf(args: readonly string[]): string {
  return (args[0] === '-c' ? args[2] : args[0]) ?? ''
}

/** @throws {PerfKitError} `GIT_UNAVAILABLE` when the directory lies in no repository, or in one without a commit */
export async function repositoryRoot(directory: string): Promise<string> {
  try {
    await git(directory, ['rev-parse', '--verify', '--quiet', 'HEAD'])
    return await git(directory, ['rev-parse', '--show-toplevel'])
  } catch (cause) {
    if (cause instanceof PerfKitError && cause.code === 'GIT_UNAVAILABLE') throw cause
    throw new PerfKitError(
      'GIT_UNAVAILABLE',
      `${directory} lies in no git repository with a commit${gitsWords(cause)}`,
      {
        cause,
        remedy: 'Commit first, so that there is something to compare with; or mend what git says.',
      },
    )
  }
}

/** What git itself said; nothing where it was told to be quiet and all that is missing is a commit. */
function gitsWords(error: unknown): string {
  const failure = error instanceof PerfKitError ? error.cause : undefined
  const stderr = failure instanceof Error && 'stderr' in failure ? String(failure.stderr).trim() : ''
  return stderr === '' ? '' : `: ${stderr}`
}

/** @throws {PerfKitError} `GIT_NO_SUCH_REF`, with the nearest branch or tag */
export async function resolveRef(repository: string, ref: string): Promise<string> {
  try {
    return await git(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
  } catch (cause) {
    const names = await git(repository, [
      'for-each-ref',
      '--format=%(refname:short)',
      'refs/heads',
      'refs/tags',
      'refs/remotes',
    ])
    throw new PerfKitError('GIT_NO_SUCH_REF', `git knows no commit "${ref}"${didYouMean(ref, names.split('\n'))}`, {
      cause,
      remedy: 'Name a branch, tag or commit; fetch it first when it is only on the remote.',
    })
  }
}

/** What is checked out now; commit null outside a repository, or where git cannot tell. */
export async function readSource(directory: string): Promise<RunSource> {
  try {
    return await requireSource(directory)
  } catch {
    return { commit: null, dirty: false }
  }
}

/**
 * What is checked out now, where a guess would compare the wrong things.
 *
 * @throws {PerfKitError} as `git`
 */
export async function requireSource(directory: string): Promise<RunSource & { readonly commit: string }> {
  const commit = await git(directory, ['rev-parse', '--verify', 'HEAD'])
  return { commit, dirty: (await git(directory, ['status', '--porcelain'])) !== '' }
}

/**
 * The working tree as a commit, with uncommitted and untracked (but not ignored) files. It touches neither the index
 * nor any branch; git collects the commit some weeks later.
 *
 * @param indexFile - path for a throw-away index
 */
export async function commitWorkingTree(repository: string, indexFile: string): Promise<string> {
  const env = { GIT_INDEX_FILE: indexFile }
  await git(repository, ['read-tree', 'HEAD'], { env })
  await git(repository, ['add', '--all'], { env })
  const tree = await git(repository, ['write-tree'], { env })
  return await git(repository, ['commit-tree', tree, '-p', 'HEAD', '-m', 'working tree'], { env })
}
