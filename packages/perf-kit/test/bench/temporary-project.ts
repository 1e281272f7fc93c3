import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { processesOf } from './running-processes.ts'

const PACKAGE = resolve(import.meta.dirname, '../..')

/** Settings that make a run short; nothing is asserted about its numbers but large ratios. */
export const SHORT_SETTINGS = {
  warmup: '5ms',
  measure: '10ms',
  tail: '2ms',
  forks: 1,
  // Ends what hangs: a busy machine may take seconds to start a process.
  forkTimeout: '30s',
  memoryLimit: '256MiB',
  prepare: [],
}

/** Text by path, below the project's root. */
export type ProjectFiles = Readonly<Record<string, string>>

/** A benchmark that does little and works. */
export const WORKING_BENCH = `export default { name: 'works', fn: (_, iteration) => Math.sqrt(iteration) + 1 }\n`

/**
 * A user's project in a folder of its own, with what such a project finds around it: an installed perf-kit in a
 * `node_modules` above, and a folder for temporary files, so that whatever we leave behind is found.
 */
export class TemporaryProject implements AsyncDisposable {
  /** Where everything lies: the project, its dependencies and its temporary files. */
  readonly home: string
  /** The project's root. */
  readonly directory: string
  readonly temporaryFiles: string

  private constructor(home: string) {
    this.home = home
    this.directory = join(home, 'project')
    this.temporaryFiles = join(home, 'tmp')
  }

  /** @param files - a config with short settings is added when there is none */
  static async create(files: ProjectFiles): Promise<TemporaryProject> {
    const project = new TemporaryProject(await mkdtemp(join(await realpath(tmpdir()), 'kit-test-')))
    await mkdir(join(project.home, 'node_modules/@gw'), { recursive: true })
    await symlink(PACKAGE, join(project.home, 'node_modules/@gw/perf-kit'))
    await mkdir(project.temporaryFiles)
    await project.write({ 'package.json': '{ "type": "module" }', 'perf-kit.config.ts': shortConfig(), ...files })
    return project
  }

  /** The same in a git repository whose first commit, on `main`, holds the files. */
  static async createRepository(files: ProjectFiles): Promise<TemporaryProject> {
    const project = await TemporaryProject.create(files)
    await project.git('init', '--quiet', '--initial-branch=main')
    await project.commit('First commit')
    return project
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  async read(name: string): Promise<string> {
    return await readFile(this.path(name), 'utf8')
  }

  async write(files: ProjectFiles): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true })
      await writeFile(this.path(name), text)
    }
  }

  async writeBytes(name: string, content: string | Uint8Array): Promise<void> {
    await writeFile(this.path(name), content)
  }

  /** Makes a file look older than git knows it, with the same text: whoever asks for the status may note it down. */
  async age(name: string): Promise<void> {
    await utimes(this.path(name), 0, 0)
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name))
  }

  /** Everything that git knows of the project, down to the bytes of its index. */
  async gitState(): Promise<object> {
    const index = (await readFile(this.path('.git/index'))).toString('base64')
    const status = await this.git('--no-optional-locks', 'status', '--porcelain=v2', '--branch', '--ignored')
    return { index, status, stashes: await this.git('stash', 'list'), branches: await this.git('branch', '--all') }
  }

  async makeExecutable(name: string): Promise<void> {
    await chmod(this.path(name), 0o755)
  }

  async git(...args: readonly string[]): Promise<string> {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
    const { stdout } = await promisify(execFile)('git', ['-C', this.directory, ...identity, ...args])
    return stdout
  }

  async commit(subject: string): Promise<void> {
    await this.git('add', '--all')
    await this.git('commit', '--quiet', '--allow-empty', '-m', subject)
  }

  /** Ends the test: nothing of ours may be left, whatever happened in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.expectNothingLeft()
    } finally {
      for (const { pid } of await processesOf(this.home)) endProcess(pid)
      await rm(this.home, { recursive: true, force: true })
    }
  }

  async expectNothingLeft(): Promise<void> {
    expect(await processesOf(this.home), 'processes left behind').toEqual([])
    expect(await readdir(this.temporaryFiles), 'temporary files left behind').toEqual([])
    expect(await this.worktrees(), 'git worktrees left behind').toEqual([])
  }

  /** Checkouts beside the project's own. */
  async worktrees(): Promise<string[]> {
    const listing = await this.git('worktree', 'list', '--porcelain').catch(() => '')
    return [...listing.matchAll(/^worktree (.+)$/gm)]
      .map(([, path]) => path ?? '')
      .filter((path) => path !== this.directory)
  }
}

/** A config file with short settings and these changes. */
export function shortConfig(bench: Readonly<Record<string, unknown>> = {}): string {
  const config = { bench: { ...SHORT_SETTINGS, ...bench } }
  return [
    `import { defineConfig } from '@gw/perf-kit/config'`,
    `export default defineConfig(${JSON.stringify(config, null, 2)})`,
    '',
  ].join('\n')
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ended by itself
  }
}
