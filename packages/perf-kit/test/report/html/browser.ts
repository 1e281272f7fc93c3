import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
/** A machine that runs tests may be busy; a browser that says nothing for so long will not speak again. */
const PATIENCE_MS = 60_000

/**
 * Where a browser is.
 *
 * @returns `undefined` where there is none
 * @throws {Error} when `PERF_KIT_TEST_BROWSER` says that there has to be one: CI must not pass for lack of it
 */
export function findBrowser(env: NodeJS.ProcessEnv): string | undefined {
  const required = env['PERF_KIT_TEST_BROWSER']
  const names = required === undefined ? NAMES : [required]
  const found = names
    .flatMap((name) => (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find(isExecutable)
  if (found === undefined && required !== undefined) throw new Error(`there is no ${required} on the PATH`)
  return found
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

type Parameters = Readonly<Record<string, unknown>>
type Listener = (method: string, parameters: Parameters, sessionId: string | undefined) => void

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Parameters
  readonly result?: Parameters
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

/** A browser without a window, spoken to over a pipe (https://chromedevtools.github.io/devtools-protocol/). */
export class Browser implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #profile: string
  readonly #input: Writable
  readonly #waiting = new Map<number, PromiseWithResolvers<Parameters>>()
  readonly #listeners = new Set<Listener>()
  #nextId = 1

  private constructor(child: ChildProcess, profile: string, input: Writable, output: Readable) {
    this.#child = child
    this.#profile = profile
    this.#input = input
    let text = ''
    output.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      const messages = text.split('\0')
      text = messages.pop() ?? ''
      for (const message of messages) this.#hear(JSON.parse(message))
    })
    child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser has ended'))
    })
  }

  static async start(path: string): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'perf-kit-browser-'))
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--hide-scrollbars',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
    ]
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true })
    const [, , , input, output] = child.stdio
    if (!isWritable(input) || !isReadable(output)) throw new Error('the browser has no pipe')
    return new Browser(child, profile, input, output)
  }

  listen(listener: Listener): void {
    this.#listeners.add(listener)
  }

  async send(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    const id = this.#nextId++
    const answer = Promise.withResolvers<Parameters>()
    this.#waiting.set(id, answer)
    this.#input.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`)
    const giveUp = setTimeout(() => answer.reject(new Error(`no answer to ${method}`)), PATIENCE_MS)
    return await answer.promise.finally(() => {
      clearTimeout(giveUp)
      this.#waiting.delete(id)
    })
  }

  /** The processes that the browser started are in its group, and end with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const ended = once(this.#child, 'exit')
      process.kill(-pid, 'SIGKILL')
      await ended
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  #hear({ id, method, params, result, error, sessionId }: Message): void {
    if (id !== undefined) {
      const answer = this.#waiting.get(id)
      if (error === undefined) answer?.resolve(result ?? {})
      else answer?.reject(new Error(error.message))
    } else if (method !== undefined) {
      for (const listener of this.#listeners) listener(method, params ?? {}, sessionId)
    }
  }
}

function isWritable(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'write' in stream
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'read' in stream
}
