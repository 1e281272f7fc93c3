import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { endProcessGroup, OutputTail, residentBytes } from '../target/index.ts'
import { type ForkJob, type ForkMessage, RESULT_FD, TURN_FD } from './fork/job.ts'
import { explainForkEnd, type ForkEnd } from './fork-end.ts'

/**
 * Flags of every measured process. `--expose-gc` for the allocation pass; the young generation starts at its full
 * size, as in a server that has been up for a while, and not at a size that depends on what start-up allocated.
 */
export const FORK_NODE_FLAGS: readonly string[] = [
  '--expose-gc',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
]

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
 * One measured process, from its start to its end.
 *
 * It leads a process group of its own, so that a terminal's Ctrl-C reaches only us, and we end it with all it started.
 */
export class ForkProcess {
  /**
   * Settles when the process has ended and its messages are read; rejects with `FORK_TIMEOUT`, `FORK_OUT_OF_MEMORY`,
   * `FORK_EXITED` or `INTERRUPTED`. What it sent before is lost then: a measurement that did not end is none.
   */
  readonly finished: Promise<ForkResult>
  readonly #child: ChildProcess
  readonly #messages: ForkMessage[] = []
  readonly #output = new OutputTail()
  #garbled = false
  #endedFor: ForkEnd['endedFor']
  #onYield: (() => void) | undefined
  #yielded = false
  #hasEnded = false
  readonly #clock: TurnClock

  constructor(job: ForkJob, options: ForkOptions) {
    options.signal?.throwIfAborted()
    this.#child = startNode(job, options)
    this.#clock = new TurnClock(options.timeoutNs / 1e6, () => this.#end('timeout'))
    this.#clock.run()
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#output.add(chunk))
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#output.add(chunk))
    this.finished = this.#supervise(options)
    // The caller may look at it late; a failure must not count as unhandled until then.
    this.finished.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get ended(): boolean {
    return this.#hasEnded
  }

  /** Let it run one slice; resolves when it gives the turn back, or has ended. */
  async takeTurn(): Promise<void> {
    await this.ready()
    if (this.#hasEnded) return
    this.#yielded = false
    this.#clock.run()
    const turns = this.#child.stdio[TURN_FD] as Writable
    turns.write('t')
    await this.ready()
  }

  /** Resolves when it waits for a turn, or has ended. */
  async ready(): Promise<void> {
    if (this.#yielded) return
    await new Promise<void>((resolve) => {
      this.#onYield = resolve
    })
  }

  stop(): void {
    if (this.#hasEnded) return
    this.#end('interrupted')
  }

  #end(reason: ForkEnd['endedFor']): void {
    this.#endedFor ??= reason
    endProcessGroup(this.#child.pid)
  }

  #receive(line: string): void {
    const message = readMessage(line)
    if (message === undefined) this.#garbled = true
    else if (message.type === 'yield') this.#wakeWaiter()
    else this.#messages.push(message)
  }

  #wakeWaiter(): void {
    this.#clock.pause()
    this.#yielded = true
    this.#onYield?.()
    this.#onYield = undefined
  }

  async #supervise(options: ForkOptions): Promise<ForkResult> {
    const { pid } = this.#child
    const memoryCheck = setInterval(() => {
      if ((residentBytes(pid) ?? 0) > options.memoryLimitBytes) this.#end('memory')
    }, MEMORY_CHECK_MS)
    const onAbort = (): void => this.#end('interrupted')
    options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const lines = createInterface({ input: this.#child.stdio[RESULT_FD] as Readable })
      lines.on('line', (line) => this.#receive(line))
      // A process that ends takes the other end of this pipe with it.
      this.#child.stdio[TURN_FD]?.on('error', () => undefined)
      const exit = await exitOf(this.#child, lines)
      const complete = this.#messages.at(-1)?.type === 'done' && !this.#garbled
      if (this.#endedFor === undefined && complete) return { messages: this.#messages, printed: this.#output.bytes > 0 }
      const end = { ...exit, endedFor: this.#endedFor, output: this.#output.text(), garbled: this.#garbled }
      throw explainForkEnd(end, options)
    } finally {
      this.#clock.pause()
      clearInterval(memoryCheck)
      options.signal?.removeEventListener('abort', onAbort)
      endProcessGroup(pid)
      this.#hasEnded = true
      this.#wakeWaiter()
    }
  }
}

/** Run a job that takes no turns. */
export async function runFork(job: ForkJob, options: ForkOptions): Promise<ForkResult> {
  return await new ForkProcess(job, options).finished
}

function startNode(job: ForkJob, options: ForkOptions): ChildProcess {
  return spawn(
    process.execPath,
    [
      ...FORK_NODE_FLAGS,
      `--max-old-space-size=${Math.ceil(options.memoryLimitBytes / 2 ** 20)}`,
      ...(options.extraFlags ?? []),
      fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/bench-fork')),
      JSON.stringify(job),
      String(process.pid),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, ...options.extraEnv, NODE_OPTIONS: '' },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
  )
}

/** A benchmark may write to any file descriptor: what is no message of ours must not pass for one. */
function readMessage(line: string): ForkMessage | undefined {
  try {
    const message: unknown = JSON.parse(line)
    const isOurs = typeof message === 'object' && message !== null && 'type' in message
    return isOurs ? (message as ForkMessage) : undefined
  } catch {
    return undefined
  }
}

/** The exit, once the result pipe has been read to its end too. */
async function exitOf(child: ChildProcess, lines: Interface): Promise<Pick<ForkEnd, 'code' | 'signal'>> {
  const drained = new Promise<void>((resolve) => lines.once('close', resolve))
  const exit = await new Promise<Pick<ForkEnd, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  // A grandchild may hold the pipes open: end it, or the wait for the pipe's end would never return.
  endProcessGroup(child.pid)
  await drained
  return exit
}

/** Runs while a process has the turn: the other side's time is not its own, and must not end it. */
class TurnClock {
  readonly #onEnd: () => void
  #leftMs: number
  #startedMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(limitMs: number, onEnd: () => void) {
    this.#leftMs = limitMs
    this.#onEnd = onEnd
  }

  run(): void {
    this.pause()
    this.#startedMs = performance.now()
    this.#timer = setTimeout(this.#onEnd, this.#leftMs)
  }

  pause(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#leftMs -= performance.now() - this.#startedMs
  }
}
