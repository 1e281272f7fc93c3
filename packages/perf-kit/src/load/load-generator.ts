import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { PerfKitError } from '../errors/index.ts'
import { pointsElsewhere } from '../protocol/index.ts'
import { type ConnectionNeed, connectionNeed, doubtsOfLimits } from './connection-need.ts'
import { type LoadOptions, planLoad, remoteRefusal } from './load-options.ts'
import type { LoadPlan } from './load-plan.ts'
import { LoadResult } from './load-result.ts'
import { readOwnLimits } from './own-limits.ts'
import { PrintedLines } from './printed-lines.ts'
import { SecondMerger } from './second-merger.ts'
import { SilenceWatch } from './silence-watch.ts'
import type { ThreadCommand, ThreadJob, ThreadMessage } from './thread/messages.ts'

/** Long enough for all threads to have been told. */
const LEAD_NS = 50e6
const START_TIMEOUT_MS = 30_000
/** A module of requests may log thousands of users in first. */
const MODULE_TIMEOUT_MS = 300_000
const MS_PER_MIN = 60_000
/** Many times as long as a thread ever is silent: one that is has stopped, or its machine has. */
const SILENCE_MS = 60_000
const STOP_TIMEOUT_MS = 3_000

/** Drives load at a target from threads of its own, so that nothing else this process does is in its way. */
export class LoadGenerator {
  /** When the schedule begins, on the clock of `process.hrtime`, told a moment before; never, if it does not. */
  readonly began: Promise<number>
  readonly #tellBegan: (atNs: number) => void
  readonly #plan: LoadPlan
  readonly #result: LoadResult
  readonly #seconds: SecondMerger | undefined
  readonly #printed: PrintedLines | undefined
  readonly #need: ConnectionNeed
  readonly #threads: Worker[] = []
  /** what is read of what they print, until their end */
  readonly #reading: Promise<void>[] = []
  #isStopped = false
  #ending: Promise<unknown> | undefined

  /** @throws {PerfKitError} as `planLoad` does */
  constructor(options: LoadOptions) {
    const plan = planLoad(options)
    const began = Promise.withResolvers<number>()
    this.began = began.promise
    this.#tellBegan = began.resolve
    this.#plan = plan
    this.#need = connectionNeed(plan, options)
    this.#result = new LoadResult(plan)
    const { onSecond, onPrint } = options
    this.#seconds = onSecond === undefined ? undefined : new SecondMerger(plan, onSecond)
    this.#printed = onPrint === undefined ? undefined : new PrintedLines(onPrint)
  }

  /** What is known so far; complete when `run` has resolved. */
  get result(): LoadResult {
    return this.#result
  }

  /**
   * The whole schedule, from its beginning to the last answer or timeout. Once: another load is another generator.
   *
   * @throws {PerfKitError} `LOAD_FAILED` when a thread ends by itself or hangs, or a module of requests throws, `LOAD_FILE_INVALID` when
   * it cannot be loaded, `TARGET_REMOTE` when a name leads elsewhere, `LOAD_INVALID` when this machine does not let it have as many connections
   */
  async run(signal?: AbortSignal): Promise<LoadResult> {
    signal?.throwIfAborted()
    if (this.#threads.length > 0) throw failure(0, new Error('it has run already'))
    const { endpoint, allowRemote } = this.#plan
    const onAbort = (): void => void this.stop()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      if (!allowRemote && (await pointsElsewhere(endpoint.hostname))) throw remoteRefusal(endpoint.shownUrl)
      const limits = await readOwnLimits({ port: endpoint.port, mayBeElsewhere: allowRemote })
      this.#result.doubts.push(...doubtsOfLimits(this.#need, limits))
      if (this.#isStopped) return this.#result
      const started = Array.from({ length: this.#plan.threads }, (_, index) => this.#startThread(index))
      await Promise.all(started.map(({ ready }) => ready))
      const atNs = Number(process.hrtime.bigint()) + LEAD_NS
      this.#tellBegan(atNs)
      for (const { thread } of started) thread.postMessage({ type: 'start', atNs } satisfies ThreadCommand)
      await Promise.all(started.map(({ done }) => done))
      return this.#result
    } finally {
      signal?.removeEventListener('abort', onAbort)
      await this.stop()
      await Promise.all(this.#reading)
      // A thread that failed tells no more, and keeps back what others have told.
      this.#tellRest()
    }
  }

  #tellRest(): void {
    try {
      for (let index = 0; index < this.#plan.threads; index++) this.#seconds?.finish(index)
      this.#printed?.end()
    } catch {
      // It has thrown before, and ended the load.
    }
  }

  /** End it now; what has been counted stays. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#ending ??= Promise.all(this.#threads.map((thread) => ended(thread)))
    await this.#ending
  }

  #startThread(index: number) {
    const entry = fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/load-thread'))
    const job: ThreadJob = { plan: this.#plan, index }
    const thread = new Worker(entry, { workerData: job, env: process.env, stdout: true, stderr: true })
    this.#threads.push(thread)
    const ready = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    // Whoever waits for one of them hears of it; nobody may be waiting for the other yet.
    ready.promise.catch(() => undefined)
    done.promise.catch(() => undefined)
    const { variants } = this.#plan
    let isModuleLoading = variants?.kind === 'module'
    const watch = new SilenceWatch(() =>
      fail(
        isModuleLoading && variants?.kind === 'module'
          ? notReady(variants.file)
          : new Error('it does not answer any more'),
      ),
    )
    watch.expectWithin(isModuleLoading ? MODULE_TIMEOUT_MS : START_TIMEOUT_MS)
    const fail = (cause: unknown): void => {
      const error = cause instanceof PerfKitError ? cause : failure(index, cause)
      ready.reject(error)
      done.reject(error)
    }
    for (const stream of [thread.stdout, thread.stderr]) {
      // A module of requests may print; unread, that would pile up.
      if (this.#printed === undefined) stream.resume()
      else this.#reading.push(this.#printed.read(stream).catch(fail))
    }
    // Whoever listens to seconds may throw: that ends the load, and not this process.
    const tellSeconds = (tell: (seconds: SecondMerger) => void): void => {
      try {
        if (this.#seconds !== undefined) tell(this.#seconds)
      } catch (cause) {
        fail(cause)
      }
    }
    thread.on('message', (message: ThreadMessage) => {
      watch.end()
      isModuleLoading = false
      if (message.type === 'ready') ready.resolve()
      else if (message.type === 'delta') {
        this.#result.add(index, message)
        tellSeconds((seconds) => seconds.add(index, message))
      } else if (message.type === 'failed') {
        const { code, message: text, remedy } = message
        fail(new PerfKitError(code, text, { remedy }))
      } else {
        this.#result.finish(index, message)
        tellSeconds((seconds) => seconds.finish(index))
        done.resolve()
      }
      // A thread tells each second what it has counted.
      watch.expectWithin(SILENCE_MS)
    })
    thread.on('error', fail)
    thread.on('exit', () => {
      watch.end()
      if (!this.#isStopped) fail(new Error('it ended before the schedule did'))
      ready.resolve()
      done.resolve()
    })
    return { thread, ready: ready.promise, done: done.promise }
  }
}

/** It ends by itself when it is told to; terminated in the middle of a read, it can take the whole process with it. */
async function ended(thread: Worker): Promise<void> {
  // A thread that has ended has no id.
  if (thread.threadId === -1) return
  const exit = new Promise<void>((resolve) => {
    thread.once('exit', () => resolve())
  })
  thread.postMessage({ type: 'stop' } satisfies ThreadCommand)
  const impatience = setTimeout(() => void thread.terminate(), STOP_TIMEOUT_MS)
  await exit
  clearTimeout(impatience)
}

function notReady(file: string): PerfKitError {
  return new PerfKitError('LOAD_FAILED', `${file} is not ready after ${MODULE_TIMEOUT_MS / MS_PER_MIN} min`, {
    where: file,
    remedy: 'Prepare less in it, or do so before and have it read the result.',
  })
}

function failure(index: number, cause: unknown): PerfKitError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new PerfKitError('LOAD_FAILED', `thread ${index + 1} of the load generator failed: ${reason}`, {
    cause,
    remedy: 'Try fewer connections or a lower rate; if it happens again, report it with the command.',
  })
}
