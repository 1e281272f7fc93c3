import { type ChildProcess, spawn } from 'node:child_process'
import { PerfKitError } from '../../errors/index.ts'
import { endProcessGroup, OutputTail } from '../../target/index.ts'

const NS_PER_MS = 1e6
/** The longest that a timer of Node can wait: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** How long an engine that is told to end may take; what it has not told by then is lost. */
const STOP_TIMEOUT_MS = 5_000

export interface EngineCommand {
  readonly engine: string
  /** program and arguments, each a word: no shell reads them */
  readonly words: readonly string[]
  /** to talk to it; without one, it is told to end by SIGINT */
  readonly onMessage?: (message: unknown, engine: EngineProcess) => void
  /** longer than it can need: one that still runs then hangs, and is ended */
  readonly limitNs: number
  readonly signal?: AbortSignal
}

interface EngineExit {
  readonly code: number | null
  readonly by: NodeJS.Signals | null
}

/**
 * An engine in a process of its own: nothing that this process does is in its way, and whatever becomes of it, it can be ended.
 * It leads a process group, so that Ctrl-C in a terminal reaches us alone, and we end it in order.
 */
export class EngineProcess implements AsyncDisposable {
  readonly #command: EngineCommand
  readonly #child: ChildProcess
  readonly #said = new OutputTail()
  readonly #exit: Promise<EngineExit>
  readonly #limit: NodeJS.Timeout
  readonly #onAbort = (): void => this.#askToEnd()
  #impatience: NodeJS.Timeout | undefined
  #hangs = false

  private constructor(command: EngineCommand) {
    const [program = '', ...args] = command.words
    const { onMessage, signal } = command
    this.#command = command
    this.#child = spawn(program, args, {
      stdio: onMessage === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      detached: process.platform !== 'win32',
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#said.add(chunk))
    if (onMessage !== undefined) this.#child.on('message', (message) => onMessage(message, this))
    // `close` comes when its output is here, whole.
    this.#exit = new Promise((resolve) => {
      this.#child.once('close', (code, by) => resolve({ code, by }))
    })
    const onLimit = (): void => {
      this.#hangs = true
      this.#kill()
    }
    this.#limit = setTimeout(onLimit, Math.min(command.limitNs / NS_PER_MS, LONGEST_TIMER_MS))
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** @throws {PerfKitError} `LOAD_FAILED` when it cannot be started; `ENGINE_MISSING` when there is no such program */
  static async start(command: EngineCommand, remedy: string): Promise<EngineProcess> {
    command.signal?.throwIfAborted()
    const started = new EngineProcess(command)
    try {
      await new Promise<void>((resolve, reject) => {
        started.#child.once('spawn', resolve).once('error', reject)
      })
      return started
    } catch (cause) {
      await started[Symbol.asyncDispose]()
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new PerfKitError(
        isMissing ? 'ENGINE_MISSING' : 'LOAD_FAILED',
        isMissing
          ? `there is no ${command.engine} on the PATH`
          : `the engine ${command.engine} cannot be started: ${reason}`,
        { cause, remedy },
      )
    }
  }

  /** @returns what it has written to stdout, whole */
  async output(mostBytes: number): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of this.#child.stdout ?? []) {
      bytes += chunk.length
      if (bytes > mostBytes) throw this.failure(`wrote more than ${mostBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  send(message: object): void {
    // It may have ended meanwhile; that is found out where its end is waited for.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  /**
   * Wait for its end.
   *
   * @throws {PerfKitError} `LOAD_FAILED` when it ends otherwise than with 0, unless it was told to end
   */
  async ended(): Promise<void> {
    const { code, by } = await this.#exit
    if (this.#hangs) throw this.failure('does not come to an end')
    if (code !== 0 && this.#command.signal?.aborted !== true) throw this.failure(`ended with ${by ?? code}`)
  }

  failure(what: string, cause?: unknown): PerfKitError {
    const said = this.#said.text()
    return new PerfKitError(
      'LOAD_FAILED',
      `the engine ${this.#command.engine} ${what}${said === '' ? ', and said nothing' : `; the last it said:\n${said}`}`,
      {
        remedy: `Look at what it said; docs/load.md tells which versions of ${this.#command.engine} are known.`,
        ...(cause === undefined ? {} : { cause }),
      },
    )
  }

  #askToEnd(): void {
    if (this.#command.onMessage === undefined) this.#child.kill('SIGINT')
    else this.send({ type: 'stop' })
    this.#impatience = setTimeout(() => this.#kill(), STOP_TIMEOUT_MS)
  }

  #kill(): void {
    const { exitCode, signalCode, pid } = this.#child
    // Another process may have the number of one that has ended.
    if (exitCode === null && signalCode === null) endProcessGroup(pid)
  }

  /** Nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#command.signal?.removeEventListener('abort', this.#onAbort)
    clearTimeout(this.#limit)
    clearTimeout(this.#impatience)
    if (this.#child.pid === undefined) return
    this.#kill()
    this.#child.stdout?.resume()
    await this.#exit
  }
}
