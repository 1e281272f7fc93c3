import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const CLI = join(PACKAGE, 'src/cli/main.ts')

/** Short forks: these tests ask what is said and left behind, not how long something takes. */
const QUICK_CONFIG = `export default {
  bench: {
    warmup: '5ms', measure: '10ms', tail: '2ms', forks: 2, forkTimeout: '3s', memoryLimit: '128MiB', prepare: [],
  },
}
`

export const GOOD_BENCH = bench("name: 'good', fn: (_state, iteration) => JSON.stringify({ iteration })")

/** The text of a bench file with one benchmark of these properties. */
export function bench(properties: string): string {
  return `export default { ${properties} }\n`
}

export interface CommandResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** both, as a person at a terminal sees them */
  readonly shown: string
}

/** A project in a folder of its own, with the command line under test; removed with everything in it. */
export class TemporaryProject {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  static async create(files: Readonly<Record<string, string>>): Promise<TemporaryProject> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'perf-kit-project-')))
    const project = new TemporaryProject(directory)
    await project.write({ 'package.json': '{ "type": "module" }', 'perf-kit.config.ts': QUICK_CONFIG, ...files })
    await mkdir(join(directory, 'node_modules/@gw'), { recursive: true })
    await symlink(PACKAGE, join(directory, 'node_modules/@gw/perf-kit'))
    return project
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.directory, path)), { recursive: true })
      await writeFile(join(this.directory, path), text)
    }
  }

  /** Run `perf-kit` here; `onStart` gets its pid. */
  async perfKit(args: readonly string[], onStart?: (pid: number) => void): Promise<CommandResult> {
    return await run(process.execPath, [CLI, ...args], this.directory, onStart)
  }

  async git(...args: readonly string[]): Promise<string> {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost']
    const { exitCode, stdout, stderr } = await run('git', [...identity, ...args], this.directory)
    if (exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }

  /** Start a repository and commit everything but what is installed. */
  async commitAll(): Promise<void> {
    await this.write({ '.gitignore': 'node_modules\n' })
    await this.git('init', '--quiet', '--initial-branch=main')
    await this.git('add', '--all')
    await this.git('commit', '--quiet', '--message', 'everything')
  }

  /** Measured processes of this project that still run; Linux. */
  async forksLeft(): Promise<string[]> {
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const commands = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    return commands.filter((command) => command.includes('fork/main.ts') && command.includes(this.directory))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  onStart?: (pid: number) => void,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (exitCode) => {
      // Wrapping is the terminal's business: tests look for words, not for lines.
      resolve({ exitCode, stdout, stderr, shown: `${stdout}\n${stderr}`.replaceAll(/\s+/g, ' ') })
    })
    if (child.pid !== undefined) onStart?.(child.pid)
  })
}
