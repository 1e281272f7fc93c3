import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { type BenchReport, benchReportSchema } from '../../src/report/report-document.ts'
import type { TemporaryProject } from '../bench/temporary-project.ts'

export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Both, in one line: how a terminal wraps it is not what these tests are about. */
  readonly shown: string
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv
  /** below the project's root */
  readonly cwd?: string
}

/** Whoever was interrupted ends soon, also on a busy machine. */
const LAST_MOMENT_MS = 20_000

/** The command line as a user starts it, in a process of its own. */
export class PerfKitProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''

  constructor(project: TemporaryProject, args: readonly string[], { env, cwd }: StartOptions = {}) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      cwd: project.path(cwd ?? '.'),
      env: { ...userEnvironment(), TMPDIR: project.temporaryFiles, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a shell gives it to what it runs in the foreground.
      detached: true,
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = new Promise((onEnd, onError) => {
      this.child.once('error', onError)
      this.child.once('close', (exitCode, signal) => {
        const shown = `${this.#stdout}\n${this.#stderr}`.replaceAll(/\s+/g, ' ')
        onEnd({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr, shown })
      })
    })
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('it has not started')
    return this.child.pid
  }

  /** Ctrl-C: a terminal signals the whole group in its foreground, git and other tools included. */
  pressCtrlC(): void {
    process.kill(-this.pid, 'SIGINT')
  }

  /** How it ends after an interruption; one that does not is killed, so that the test fails and can clean up. */
  async endedSoon(): Promise<Ended> {
    const lastMoment = setTimeout(() => process.kill(-this.pid, 'SIGKILL'), LAST_MOMENT_MS)
    return await this.ended.finally(() => clearTimeout(lastMoment))
  }

  /** What it has written to stderr so far. */
  get stderr(): string {
    return this.#stderr
  }
}

/** Run the command line to its end. */
export async function perfKit(
  project: TemporaryProject,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Ended> {
  return await new PerfKitProcess(project, args, options).ended
}

/** The environment without what a test runner, a CI system or a terminal of ours would add, but for what Node keeps of compiled files. */
export function userEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  return { PATH, HOME, NODE_COMPILE_CACHE, LANG: 'C.UTF-8' }
}

/** A report as `--json` prints it; throws when it is none. */
export function reportOf({ stdout }: Ended): BenchReport {
  return benchReportSchema().parse(JSON.parse(stdout))
}

/** Subjects that have a time in a report. */
export function measuredSubjects({ runs }: BenchReport): string[] {
  return runs.flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'timePerOp').map(({ subject }) => subject))
}
