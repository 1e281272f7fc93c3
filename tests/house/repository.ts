import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const REPOSITORY = resolve(import.meta.dirname, '../..')

export interface Finished {
  readonly exitCode: number | null
  readonly stdout: string
  /** stdout and stderr as they came: what to show when it failed */
  readonly output: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Run a command to its end, without a shell and without input. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? REPOSITORY,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const exitCode = await new Promise<number | null>((onExit, onError) => {
    child.once('error', onError)
    child.once('close', onExit)
  })
  return { exitCode, stdout, output }
}

/** Run a command-line tool that the repository has installed. */
export async function runTool(name: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return await run(join(REPOSITORY, 'node_modules/.bin', name), args, options)
}

export class TemporaryFolder implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** @param files - content by path below the folder */
  static async create(files: Readonly<Record<string, string>> = {}): Promise<TemporaryFolder> {
    const folder = new TemporaryFolder(await mkdtemp(join(tmpdir(), 'perf-kit-house-')))
    await Promise.all(Object.entries(files).map(([path, content]) => folder.write(path, content)))
    return folder
  }

  async write(path: string, content: string): Promise<void> {
    const file = join(this.path, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
