import { type ChildProcess, spawn } from 'node:child_process'
import { PerfKitError } from '../errors/index.ts'
import { AgentFolder, refusesAgent } from './agent-folder.ts'
import { drivenPort } from './driven-port.ts'
import { LineSearch } from './line-search.ts'
import { OutputTail } from './output-tail.ts'
import { endProcessGroup } from './process-group.ts'
import { pollUntilReady, type Readiness } from './readiness.ts'
import { TargetAgent } from './target-agent.ts'

const NS_PER_MS = 1e6

export interface TargetOptions {
  /** program and arguments, each a word: no shell reads them */
  readonly command: readonly string[]
  readonly cwd?: string
  /** besides the environment of this process */
  readonly env?: Readonly<Record<string, string>>
  readonly ready: Readiness
  /** default 30 s */
  readonly readyTimeoutNs?: number
  /** how long it may take to end by itself; default 10 s */
  readonly stopTimeoutNs?: number
  readonly signal?: AbortSignal
  /** look inside, if it is a Node that lets us: at the process that listens on the port */
  readonly agent?: boolean | { readonly port: number }
}

export interface TargetExit {
  readonly code: number | null
  /** `SIGKILL` */
  readonly signal: string | null
}

/**
 * A process that is measured, from its start to its end, with all that it starts itself. It leads a process group of its own,
 * so that Ctrl-C in a terminal reaches us alone, and we end it in order.
 */
export class TargetProcess {
  /** what its log said in the pattern's first group, if it has one */
  readonly url: string | undefined
  readonly pid: number
  /** Resolves when it has ended, whoever ended it. */
  readonly exit: Promise<TargetExit>
  /** what looks inside, if that was wished and can be done */
  readonly agent: TargetAgent | undefined
  /** why nothing does, although it was wished */
  readonly withoutAgent: string | undefined
  readonly #child: ChildProcess
  readonly #tail: OutputTail
  readonly #stopTimeoutMs: number
  readonly #folder: AgentFolder | undefined

  private constructor({ started, url, folder, stopTimeoutNs }: Ready, agent: TargetAgent | string | undefined) {
    this.#child = started.child
    this.#tail = started.tail
    this.pid = started.pid
    this.exit = started.exit
    this.url = url
    this.agent = typeof agent === 'string' ? undefined : agent
    this.withoutAgent = typeof agent === 'string' ? agent : undefined
    this.#folder = folder
    this.#stopTimeoutMs = stopTimeoutNs / NS_PER_MS
  }

  /**
   * Start it, and wait until it can be asked. If it cannot, nothing of it is left.
   *
   * @throws {PerfKitError} `TARGET_NOT_STARTED` when there is no such program, when it ends or is not ready in time;
   * `INTERRUPTED` when the signal says so
   */
  static async start(options: TargetOptions): Promise<TargetProcess> {
    const { agent = false } = options
    const without = async (reason?: string) => new TargetProcess(await startReady(options, undefined), reason)
    if (agent === false) return await without()
    if (process.platform === 'win32') return await without('it is not supported on Windows')
    const folder = await AgentFolder.create().catch(() => undefined)
    if (folder === undefined) return await without('no folder could be made for its socket')
    try {
      const ready = await startReady(options, folder)
      const port = typeof agent === 'object' ? agent.port : drivenPort(ready.url, options.ready)
      const found = TargetAgent.find(folder, { port, startedPid: ready.started.pid })
      // The target runs: whatever is wrong with the agent is no reason to let go of it.
      return new TargetProcess(ready, await found.catch((error: unknown) => `it cannot be asked: ${String(error)}`))
    } catch (error) {
      await folder.remove()
      if (!refusesAgent(error)) throw error
      return await without('it does not start with one')
    }
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The last of what it wrote, to either stream. */
  get outputTail(): string {
    return this.#tail.text()
  }

  /** Ask it to end (SIGTERM), wait, then end it and all that is left of what it started. */
  async stop(): Promise<TargetExit> {
    this.#child.kill('SIGTERM')
    const impatience = setTimeout(() => endProcessGroup(this.pid), this.#stopTimeoutMs)
    try {
      return await this.exit
    } finally {
      clearTimeout(impatience)
      endProcessGroup(this.pid)
      this.agent?.close()
      await this.#folder?.remove()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

interface Ready {
  readonly started: Started
  readonly url: string | undefined
  readonly folder: AgentFolder | undefined
  readonly stopTimeoutNs: number
}

async function startReady(options: TargetOptions, folder: AgentFolder | undefined): Promise<Ready> {
  const { readyTimeoutNs = 30e9, stopTimeoutNs = 10e9 } = options
  options.signal?.throwIfAborted()
  const started = await spawned(options, folder)
  try {
    const url = await readyWithin(started, options, readyTimeoutNs / NS_PER_MS)
    return { started, url, folder, stopTimeoutNs }
  } catch (error) {
    endProcessGroup(started.pid)
    await started.exit
    throw error
  }
}

interface Started {
  readonly child: ChildProcess
  readonly pid: number
  readonly tail: OutputTail
  readonly exit: Promise<TargetExit>
}

async function spawned({ command, cwd, env }: TargetOptions, folder: AgentFolder | undefined): Promise<Started> {
  const [program = '', ...args] = command
  const outerEnv = { ...process.env, ...env }
  const tail = new OutputTail()
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    env: { ...outerEnv, ...folder?.environment(outerEnv['NODE_OPTIONS']) },
    ...(cwd === undefined ? {} : { cwd }),
  })
  child.stdout.on('data', (chunk: Buffer) => tail.add(chunk))
  child.stderr.on('data', (chunk: Buffer) => tail.add(chunk))
  const exit = new Promise<TargetExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => {
      reject(notStarted(`${program} cannot be started: ${cause.message}`, 'Is it installed, and on the PATH?', cause))
    })
  })
  return { child, pid: child.pid ?? 0, tail, exit }
}

/** @returns the URL that its log told, if it did */
async function readyWithin(started: Started, options: TargetOptions, timeoutMs: number): Promise<string | undefined> {
  const { ready, command, signal } = options
  const over = new AbortController()
  const limit = AbortSignal.timeout(timeoutMs)
  const until = AbortSignal.any([over.signal, limit, ...(signal === undefined ? [] : [signal])])
  const ended = started.exit.then(({ code, signal: by }) => {
    throw notStarted(
      `${command.join(' ')} ended with ${by ?? code} before it was ready${said(started)}`,
      'Start it by hand to see why.',
    )
  })
  const interrupted = new Promise<never>((_, reject) => {
    until.addEventListener('abort', () => reject(until.reason), { once: true })
  })
  try {
    return await Promise.race([ended, interrupted, isReady(ready, started, until)])
  } catch (error) {
    signal?.throwIfAborted()
    if (!limit.aborted || error instanceof PerfKitError) throw error
    const seconds = (timeoutMs / 1000).toLocaleString('en-US')
    throw notStarted(
      `${command.join(' ')} was not ready within ${seconds} s${said(started)}`,
      'Check its readiness condition, or give it more time.',
      error,
    )
  } finally {
    over.abort()
    ended.catch(() => undefined)
    interrupted.catch(() => undefined)
  }
}

async function isReady(ready: Readiness, { child }: Started, signal: AbortSignal): Promise<string | undefined> {
  if (!('log' in ready)) {
    await pollUntilReady(ready, signal)
    return undefined
  }
  return await new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      const search = new LineSearch(ready.log, (match) => resolve(match[1]))
      stream?.on('data', search.add)
      signal.addEventListener('abort', () => stream?.off('data', search.add), { once: true })
    }
  })
}

function said({ tail }: Started): string {
  const text = tail.text()
  return text === '' ? ', and said nothing' : `; the last it said:\n${text}`
}

function notStarted(message: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError('TARGET_NOT_STARTED', message, { remedy, ...(cause === undefined ? {} : { cause }) })
}
