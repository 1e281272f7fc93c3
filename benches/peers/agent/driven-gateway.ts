import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LoadGenerator } from '@gw/perf-kit'

const GATEWAY = fileURLToPath(new URL('../../../packages/gateway/src/main.ts', import.meta.url))
/** of the system's clock of processes: 100 a second on every Linux that Node runs on */
const NS_PER_TICK = 10e6
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 10_000

export interface Slice {
  readonly perSec: number
  readonly cpuPerRequestNs: number
}

/** The reference gateway on a processor of its own; ended with the scope that holds it. */
export class DrivenGateway implements AsyncDisposable {
  readonly pid: number
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, pid: number, url: string) {
    this.#child = child
    this.pid = pid
    this.url = url
  }

  static async start(processor: number, env: Readonly<Record<string, string>>): Promise<DrivenGateway> {
    const words = ['-c', String(processor), process.execPath, GATEWAY, '--port', '0', '--backends', '1']
    const child = spawn('taskset', words, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const signal = AbortSignal.timeout(START_TIMEOUT_MS)
    const [line] = await once(createInterface(child.stdout), 'line', { signal })
    const url = /listening on (\S+)/.exec(String(line))?.[1]
    // taskset becomes the program that it starts.
    if (url === undefined || child.pid === undefined) throw new Error(`the gateway said: ${line}`)
    return new DrivenGateway(child, child.pid, url)
  }

  /** Pings from so many clients as fast as they come, for a while. Nothing but the gateway works for them. */
  async drive(clients: number, ms: number, signal: AbortSignal): Promise<Slice> {
    const generator = new LoadGenerator({
      url: this.url,
      mcp: { method: 'ping', params: {} },
      loop: 'closed',
      phases: [{ from: clients, to: clients, durationNs: ms * 1e6 }],
    })
    const beforeNs = await this.#cpuNs()
    const result = await generator.run(signal)
    const cpuNs = (await this.#cpuNs()) - beforeNs
    signal.throwIfAborted()
    if (result.failed > 0 || !result.isComplete) throw new Error(`${result.failed} requests failed`)
    return { perSec: result.goodputPerSec, cpuPerRequestNs: cpuNs / result.finished }
  }

  async #cpuNs(): Promise<number> {
    const text = await readFile(`/proc/${this.pid}/stat`, 'utf8')
    // The name in brackets may hold spaces; user and system time are the 14th and 15th words.
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(words[11]) + Number(words[12])) * NS_PER_TICK
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exit
    clearTimeout(impatience)
  }
}
