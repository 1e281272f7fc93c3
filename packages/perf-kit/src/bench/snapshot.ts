import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { endProcessGroup } from '../target/index.ts'
import { commitWorkingTree, git, repositoryRoot, requireSource, resolveRef } from './git.ts'

const PREFIX = 'perf-kit-'

/**
 * Sides of a comparison. `twin` is the baseline a second time, in a folder of its own: null pairs run it against
 * `baseline`, so that whatever differs between two checkouts of the same code shows itself as bias.
 */
const SIDES = ['candidate', 'baseline', 'twin'] as const
export type SideName = (typeof SIDES)[number]

export interface Snapshots {
  /** for each side, the folder that corresponds to the project's root */
  readonly roots: Readonly<Record<SideName, string>>
  readonly candidate: { readonly commit: string | null; readonly dirty: boolean }
  readonly baseline: { readonly commit: string; readonly dirty: false; readonly ref: string }
  /** Removes the checkouts; to be called whatever happens. */
  dispose(): Promise<void>
}

export interface SnapshotOptions {
  readonly rootDirectory: string
  readonly ref: string
  /** commands that make a checkout ready to run; found from the lock file when undefined */
  readonly prepare: readonly (readonly string[])[] | undefined
  readonly onStep?: (step: string) => void
  readonly signal?: AbortSignal
}

/**
 * Check out both sides into sibling git worktrees with paths of equal length, and install each.
 *
 * The candidate is a frozen copy of the working tree too, uncommitted changes included: measured in place it would
 * differ from the other side in its path and in how it was installed, and an edit during the run would enter it.
 *
 * @throws {PerfKitError} `GIT_UNAVAILABLE`, `GIT_NO_SUCH_REF`, `SNAPSHOT_FAILED`, or `PREPARE_FAILED` naming the side
 */
export async function takeSnapshots(options: SnapshotOptions): Promise<Snapshots> {
  const repository = await repositoryRoot(options.rootDirectory)
  const insideRepository = relative(repository, await realpath(options.rootDirectory))
  const baselineCommit = await resolveRef(repository, options.ref)
  await removeAbandoned(repository)

  const parent = await mkdtemp(join(await realpath(tmpdir()), `${PREFIX}${process.pid}-`))
  const worktrees = Object.fromEntries(SIDES.map((side, index) => [side, join(parent, `side-${index}`)])) as Record<
    SideName,
    string
  >
  const dispose = async (): Promise<void> => {
    for (const path of Object.values(worktrees)) await removeWorktree(repository, path)
    await rm(parent, { recursive: true, force: true })
  }
  try {
    options.onStep?.(`checking out ${options.ref}`)
    const source = await requireSource(repository)
    const candidateCommit = source.dirty ? await commitWorkingTree(repository, join(parent, 'index')) : source.commit
    for (const side of SIDES) {
      const commit = side === 'candidate' ? candidateCommit : baselineCommit
      options.signal?.throwIfAborted()
      // Hooks are made for a person's checkouts: one that installs or asks would run three times here.
      await git(repository, [
        '-c',
        'core.hooksPath=/dev/null',
        'worktree',
        'add',
        '--detach',
        '--force',
        worktrees[side],
        commit,
      ])
    }
    for (const side of SIDES) {
      options.onStep?.(`installing ${side === 'candidate' ? 'this side' : options.ref}`)
      await prepareCheckout(worktrees[side], side === 'candidate' ? 'the working tree' : `"${options.ref}"`, options)
    }
    return {
      roots: {
        candidate: join(worktrees.candidate, insideRepository),
        baseline: join(worktrees.baseline, insideRepository),
        twin: join(worktrees.twin, insideRepository),
      },
      candidate: source,
      baseline: { commit: baselineCommit, dirty: false, ref: options.ref },
      dispose,
    }
  } catch (error) {
    await dispose()
    // A terminal's Ctrl-C reaches git too: what looks like its failure is our interruption.
    options.signal?.throwIfAborted()
    throw error
  }
}

async function removeWorktree(repository: string, path: string): Promise<void> {
  try {
    await git(repository, ['worktree', 'remove', '--force', path])
  } catch {
    // Half made or already gone: remove what is there, and let git forget the rest.
    await rm(path, { recursive: true, force: true })
    await git(repository, ['worktree', 'prune']).catch(() => undefined)
  }
}

/** Worktrees of a process that was killed before it could clean up. */
async function removeAbandoned(repository: string): Promise<void> {
  const listing = await git(repository, ['worktree', 'list', '--porcelain'])
  for (const path of [...listing.matchAll(/^worktree (.+)$/gm)].map((match) => match[1] ?? '')) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(basename(dirname(path)))?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    await removeWorktree(repository, path)
    await rm(dirname(path), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What each package manager calls "exactly what the lock file says". */
const INSTALL_BY_LOCKFILE: readonly (readonly [lockFile: string, command: readonly string[]])[] = [
  ['pnpm-lock.yaml', ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline']],
  ['package-lock.json', ['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund']],
  ['yarn.lock', ['yarn', 'install', '--immutable']],
  ['bun.lock', ['bun', 'install', '--frozen-lockfile']],
]

async function prepareCheckout(directory: string, label: string, options: SnapshotOptions): Promise<void> {
  const found = INSTALL_BY_LOCKFILE.find(([lockFile]) => existsSync(join(directory, lockFile)))
  const commands = options.prepare ?? (found === undefined ? [] : [found[1]])
  for (const command of commands) await runCommand(command, directory, label, options.signal)
}

const OUTPUT_TAIL_CHARACTERS = 1500

async function runCommand(
  command: readonly string[],
  cwd: string,
  label: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // An abort that came earlier never reaches a listener, and the command would run to its end.
  signal?.throwIfAborted()
  const [program = '', ...args] = command
  await new Promise<void>((resolve, reject) => {
    // A group of its own: a package manager starts processes, and an abort must end them all.
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, CI: 'true' },
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_TAIL_CHARACTERS)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const onAbort = (): void => endProcessGroup(child.pid)
    signal?.addEventListener('abort', onAbort, { once: true })
    const fail = (message: string, cause?: unknown): void =>
      reject(
        new PerfKitError('PREPARE_FAILED', message, {
          cause,
          remedy: `Make \`${command.join(' ')}\` work in a fresh checkout of ${label}, or set \`bench.prepare\` in the config.`,
        }),
      )
    child.once('error', (cause) => fail(`${label} cannot be prepared: \`${program}\` cannot be started`, cause))
    child.once('close', (code) => {
      signal?.removeEventListener('abort', onAbort)
      if (signal?.aborted === true) return reject(signal.reason)
      if (code === 0) return resolve()
      fail(`${label} cannot be prepared: \`${command.join(' ')}\` ended with code ${code}:\n${output.trim()}`)
    })
  })
}
