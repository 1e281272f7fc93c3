import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { GatewayError } from './gateway-error.ts'

const MAIN = fileURLToPath(new URL('./backend-main.ts', import.meta.url))
const STOP_TIMEOUT_MS = 2000

export interface BackendProcess {
  readonly name: string
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a backend as a process of its own. It holds the other end of a pipe to this process, so it ends with it however
 * that happens, SIGKILL included.
 *
 * @param args - flags of `backend-main.ts`
 * @throws {GatewayError} `BACKEND_NOT_STARTED`
 */
export async function spawnBackend(name: string, args: readonly string[]): Promise<BackendProcess> {
  const argv = [MAIN, '--name', name, '--stop-with', 'stdin', ...args]
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  const { stdout } = child
  const ready = (async () => {
    for await (const line of createInterface({ input: stdout })) {
      const url = /listening on (\S+)/.exec(line)?.[1]
      if (url !== undefined) return url
    }
    return undefined
  })()
  const url = await Promise.race([ready, once(child, 'exit').then(() => undefined)])
  if (url === undefined) {
    const remedy = `run it by itself to see why: node ${argv.join(' ')}`
    throw new GatewayError({ code: 'BACKEND_NOT_STARTED', problem: `backend ${name} did not start`, remedy })
  }
  stdout.resume()
  return { name, url, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exited
  clearTimeout(timer)
}
