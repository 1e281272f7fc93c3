import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { PerfKitError } from '../errors/index.ts'
import { type ForkJob, type ForkMessage, RESULT_FD } from './fork/job.ts'

/**
 * Flags of every measured process. `--expose-gc` for the allocation pass; the young generation starts at its full
 * size, as in a server that has been up for a while, and not at a size that depends on what start-up allocated.
 */
export const FORK_NODE_FLAGS: readonly string[] = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16']

const OUTPUT_TAIL_BYTES = 4096
const MEMORY_CHECK_MS = 250

export interface ForkOptions {
  readonly timeoutNs: number
  readonly memoryLimitBytes: number
  /** V8 seeds and the like: the same on both sides of a pair */
  readonly extraFlags?: readonly string[]
  readonly extraEnv?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly signal?: AbortSignal
}

export interface ForkResult {
  readonly messages: readonly ForkMessage[]
  /** whether the benchmark wrote to stdout or stderr while it was measured */
  readonly printed: boolean
}

/**
 * Run one job in a process of its own and wait for its end.
 *
 * The process leads its own group, so that a terminal's Ctrl-C reaches only us and we end it with all its children.
 *
 * @throws {PerfKitError} `FORK_TIMEOUT`, `FORK_OUT_OF_MEMORY`, `FORK_EXITED` or `INTERRUPTED`; the messages it sent
 * before are lost with it, because a measurement that did not end is none
 */
export async function runFork(job: ForkJob, options: ForkOptions): Promise<ForkResult> {
  options.signal?.throwIfAborted()
  const child = spawn(
    process.execPath,
    [
      ...FORK_NODE_FLAGS,
      `--max-old-space-size=${Math.ceil(options.memoryLimitBytes / 2 ** 20)}`,
      ...(options.extraFlags ?? []),
      fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/bench-fork')),
      JSON.stringify(job),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, ...options.extraEnv, NODE_OPTIONS: '', NODE_DISABLE_COLORS: '1', NO_COLOR: '1' },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
  )
  const output = new OutputTail()
  child.stdout?.on('data', (chunk: Buffer) => output.add(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.add(chunk))

  const messages: ForkMessage[] = []
  let garbage = false
  const results = child.stdio[RESULT_FD] as Readable
  const lines = createInterface({ input: results })
  lines.on('line', (line) => {
    try {
      messages.push(JSON.parse(line) as ForkMessage)
    } catch {
      garbage = true
    }
  })

  let ended: 'timeout' | 'memory' | 'interrupted' | undefined
  const end = (reason: typeof ended): void => {
    ended ??= reason
    killGroup(child.pid)
  }
  const timeout = setTimeout(end, options.timeoutNs / 1e6, 'timeout')
  const memoryCheck = setInterval(() => {
    if ((residentBytes(child.pid) ?? 0) > options.memoryLimitBytes) end('memory')
  }, MEMORY_CHECK_MS)
  const onAbort = (): void => end('interrupted')
  options.signal?.addEventListener('abort', onAbort, { once: true })

  try {
    const { code, signal } = await exitOf(child, lines)
    if (ended === undefined && !garbage && messages.at(-1)?.type === 'done') return { messages, printed: output.bytes > 0 }
    throw explainEnd({ ended, code, signal, output: output.text(), options })
  } finally {
    clearTimeout(timeout)
    clearInterval(memoryCheck)
    options.signal?.removeEventListener('abort', onAbort)
    killGroup(child.pid)
  }
}

type Child = ReturnType<typeof spawn>

/** The exit, once the result pipe has been read to its end too. */
async function exitOf(
  child: Child,
  lines: ReturnType<typeof createInterface>,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  const drained = new Promise<void>((resolve) => lines.once('close', resolve))
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      resolve({ code, signal })
      // A grandchild may hold the pipes open: end it, or the wait for the pipe's end would never return.
      killGroup(child.pid)
    })
  })
  const exit = await exited
  await drained
  return exit
}

interface EndOfFork {
  readonly ended: 'timeout' | 'memory' | 'interrupted' | undefined
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly options: ForkOptions
}

function explainEnd({ ended, code, signal, output, options }: EndOfFork): PerfKitError {
  const said = output === '' ? '' : `; its last words:\n${output}`
  if (ended === 'interrupted') {
    return new PerfKitError('INTERRUPTED', 'interrupted', { remedy: 'Start it again to measure the rest.' })
  }
  if (ended === 'timeout') {
    return new PerfKitError('FORK_TIMEOUT', `did not end within ${options.timeoutNs / 1e9} s${said}`, {
      remedy: 'Check that its promises resolve; if it is only slow, raise `bench.forkTimeout` in the config.',
    })
  }
  if (ended === 'memory' || /heap out of memory/i.test(output)) {
    const limit = `${Math.round(options.memoryLimitBytes / 2 ** 20)} MiB`
    return new PerfKitError('FORK_OUT_OF_MEMORY', `needs more than its ${limit} of memory`, {
      remedy: 'Check that it keeps nothing from call to call; if it must be large, raise `bench.memoryLimit`.',
    })
  }
  if (code === 13) {
    return new PerfKitError('FORK_TIMEOUT', 'waits for a promise that nothing can resolve any more', {
      remedy: 'Resolve every promise that setup, fn or teardown returns.',
    })
  }
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`
  return new PerfKitError('FORK_EXITED', `its process ended with ${how} before it had measured${said}`, {
    remedy:
      signal === null
        ? 'A benchmark must not call process.exit, and must not leave errors uncaught.'
        : 'Something outside ended it; look at the system log (the kernel kills the largest process when memory ends).',
  })
}

/** End a process and all that it started; gone already is fine. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // ended by itself
  }
}

/** Linux only; elsewhere the heap limit alone guards. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return pages * 4096
  } catch {
    return undefined
  }
}

class OutputTail {
  bytes = 0
  #tail = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-OUTPUT_TAIL_BYTES)
  }

  text(): string {
    return this.#tail.toString('utf8').trim()
  }
}
