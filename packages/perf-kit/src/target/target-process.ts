import { PerfKitError } from '../errors/index.ts'
import { AgentFolder, refusesAgent } from './agent-folder.ts'
import { drivenPort } from './driven-port.ts'
import type { TargetEnd } from './end-watch.ts'
import type { LimitSnapshot } from './limit-snapshots.ts'
import { LineSearch } from './line-search.ts'
import { endProcessGroup } from './process-group.ts'
import { pollUntilReady, type Readiness } from './readiness.ts'
import { notStarted, type SpawnedTarget, spawnTarget } from './spawn-target.ts'
import { TargetAgent } from './target-agent.ts'
import type { TargetExit } from './target-end.ts'
import type { TargetOptions } from './target-options.ts'

const NS_PER_MS = 1e6

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
  readonly #started: SpawnedTarget
  readonly #stopTimeoutMs: number
  readonly #folder: AgentFolder | undefined

  private constructor({ started, url, folder, stopTimeoutNs }: Ready, agent: TargetAgent | string | undefined) {
    this.#started = started
    this.pid = started.pid
    this.exit = started.end.exit
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
    const { exitCode, signalCode } = this.#started.child
    return exitCode !== null || signalCode !== null
  }

  /** The last of what it wrote, to either stream. */
  get outputTail(): string {
    return this.#started.tail.text()
  }

  /** How it came to its end, if it has, by what is known of it now. */
  get end(): TargetEnd | undefined {
    return this.#started.end.explain(this.agent?.process.oldLimitBytes)
  }

  /** How it came to its end, if it has, when all that it said has come in. */
  async explainEnd(): Promise<TargetEnd | undefined> {
    await this.#started.end.heardOut()
    return this.end
  }

  /** Heap snapshots that V8 has written when the heap came near its limit, because it was asked to, by us or by others. */
  async limitSnapshots(): Promise<readonly LimitSnapshot[]> {
    return await this.#started.end.snapshots()
  }

  /** The same of the process below it that is driven, whose exit somebody else has told. */
  explainChildEnd(exit: TargetExit): TargetEnd {
    return this.#started.end.explainChild(exit, this.agent?.process.oldLimitBytes)
  }

  /**
   * Those snapshots when none is being written any more: V8 takes its time, in which the target hears nothing and must not be killed.
   *
   * @param onWait - told once when there is something to wait for
   */
  async writtenSnapshots(onWait: () => void, signal?: AbortSignal): Promise<readonly LimitSnapshot[]> {
    return await this.#started.end.writtenSnapshots(onWait, signal)
  }

  /** Ask it to end (SIGTERM), wait, then end it and all that is left of what it started. */
  async stop(): Promise<TargetExit> {
    const { child, end } = this.#started
    end.noteStop('asked')
    child.kill('SIGTERM')
    const impatience = setTimeout(() => {
      end.noteStop('killed')
      endProcessGroup(this.pid)
    }, this.#stopTimeoutMs)
    try {
      return await this.exit
    } finally {
      clearTimeout(impatience)
      endProcessGroup(this.pid)
      this.#started.keeper?.release()
      this.agent?.close()
      await this.#folder?.remove()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

interface Ready {
  readonly started: SpawnedTarget
  readonly url: string | undefined
  readonly folder: AgentFolder | undefined
  readonly stopTimeoutNs: number
}

async function startReady(options: TargetOptions, folder: AgentFolder | undefined): Promise<Ready> {
  const { readyTimeoutNs = 30e9, stopTimeoutNs = 10e9 } = options
  options.signal?.throwIfAborted()
  const started = await spawnTarget(options, folder)
  try {
    const url = await readyWithin(started, options, readyTimeoutNs / NS_PER_MS)
    started.end.begin(started.pid)
    return { started, url, folder, stopTimeoutNs }
  } catch (error) {
    endProcessGroup(started.pid)
    await started.end.exit
    started.keeper?.release()
    throw withSnapshots(error, await started.end.snapshots())
  }
}

/** Of one that came to its heap limit before it was ready: nobody else knows where its snapshot is. */
function withSnapshots(error: unknown, snapshots: readonly LimitSnapshot[]): unknown {
  if (!(error instanceof PerfKitError) || snapshots.length === 0) return error
  const paths = snapshots.map(({ path, isWhole }) => (isWhole ? path : `${path} (not whole)`)).join(', ')
  return notStarted(`${error.message}\nwhat lay on its heap is in ${paths}`, error.remedy, error)
}

/** @returns the URL that its log told, if it did */
async function readyWithin(
  started: SpawnedTarget,
  options: TargetOptions,
  timeoutMs: number,
): Promise<string | undefined> {
  const { ready, command, signal } = options
  const over = new AbortController()
  const limit = AbortSignal.timeout(timeoutMs)
  const until = AbortSignal.any([over.signal, limit, ...(signal === undefined ? [] : [signal])])
  const ended = started.end.exit.then(async ({ code, signal: by }) => {
    await started.end.heardOut()
    throw notStarted(
      `${command.join(' ')} ended with ${by ?? code} before it was ready${reason(started)}${said(started)}`,
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

async function isReady(ready: Readiness, { child }: SpawnedTarget, signal: AbortSignal): Promise<string | undefined> {
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

/** Where its last words do not say it better. */
function reason({ end }: SpawnedTarget): string {
  const explained = end.explain()
  const isPlain = explained === undefined || explained.kind === 'exit' || explained.kind === 'exception'
  return isPlain ? '' : `: ${explained.because}`
}

function said({ tail }: SpawnedTarget): string {
  const text = tail.text()
  return text === '' ? ', and said nothing' : `; the last it said:\n${text}`
}
