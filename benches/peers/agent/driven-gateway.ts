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

/** Words that start it on a processor of its own; it then says where it listens. */
export function gatewayCommand(processor: number): readonly string[] {
  return ['taskset', '-c', String(processor), process.execPath, GATEWAY, '--port', '0', '--backends', '1']
}

/** Pings from so many clients as fast as they come, for a while. */
export async function driveGateway(
  { url, pid }: { readonly url: string; readonly pid: number },
  clients: number,
  ms: number,
  signal: AbortSignal,
): Promise<Slice> {
  const generator = new LoadGenerator({
    url,
    mcp: { method: 'ping', params: {} },
    loop: 'closed',
    phases: [{ from: clients, to: clients, durationNs: ms * 1e6 }],
  })
  const beforeNs = await cpuNsOf(pid)
  const result = await generator.run(signal)
  const cpuNs = (await cpuNsOf(pid)) - beforeNs
  signal.throwIfAborted()
  if (result.failed > 0 || !result.isComplete) throw new Error(`${result.failed} requests failed`)
  return { perSec: result.goodputPerSec, cpuPerRequestNs: cpuNs / result.finished }
}

async function cpuNsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold spaces; user and system time are the 14th and 15th words.
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(words[11]) + Number(words[12])) * NS_PER_TICK
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
    const [program = '', ...words] = gatewayCommand(processor)
    const child = spawn(program, words, {
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
    return await driveGateway(this, clients, ms, signal)
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
