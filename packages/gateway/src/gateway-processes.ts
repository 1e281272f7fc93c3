import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { GatewayOptions } from './gateway.ts'
import { GatewayError } from './gateway-error.ts'
import { OPTIONS_VARIABLE, type ProcessMessage, readReady } from './process-messages.ts'

const EXIT_FAILED = 3
const WORKER = fileURLToPath(new URL('./worker-main.ts', import.meta.url))

export interface GatewayProcesses {
  /** The MCP endpoint, which they share. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Starts several gateways at one port, each in a process of its own, with pools, sessions and metrics of its own. This process deals
 * connections to them, and does nothing else. When one of them ends, all do: fewer would not be what was asked for.
 *
 * @throws {GatewayError} `PROCESS_NOT_STARTED`
 */
export async function startGatewayProcesses(count: number, options: GatewayOptions): Promise<GatewayProcesses> {
  cluster.setupPrimary({ exec: WORKER, args: [] })
  const env = { [OPTIONS_VARIABLE]: JSON.stringify(options) }
  const workers = Array.from({ length: count }, () => cluster.fork(env))
  let isClosing = false
  let hasFailed = false
  const close = async (): Promise<void> => {
    isClosing = true
    await Promise.all(workers.map(stop))
  }
  try {
    const ready = await Promise.all(workers.map(readyOf))
    const ports = ready.map(({ privatePort }, index): [number, number] => [workers[index]?.id ?? 0, privatePort])
    for (const worker of workers) worker.send({ type: 'peers', ports } satisfies ProcessMessage)
    for (const worker of workers) {
      worker.once('exit', () => {
        if (isClosing || hasFailed) return
        hasFailed = true
        process.stderr.write(`process ${worker.id} of the gateway has ended by itself, and all others end with it\n`)
        process.exitCode = EXIT_FAILED
        process.kill(process.pid, 'SIGTERM')
      })
    }
    return { url: ready[0]?.url ?? '', close }
  } catch (error) {
    await close()
    throw error
  }
}

async function readyOf(worker: Worker) {
  const over = new AbortController()
  const { signal } = over
  try {
    const first = await Promise.race([
      once(worker, 'message', { signal }).then(([message]) => readReady(message)),
      once(worker, 'exit', { signal }).then(() => undefined),
    ])
    if (first !== undefined) return first
  } finally {
    over.abort()
  }
  const remedy = 'its own message above says why'
  throw new GatewayError({ code: 'PROCESS_NOT_STARTED', problem: `process ${worker.id} did not start`, remedy })
}

async function stop(worker: Worker): Promise<void> {
  if (worker.isDead()) return
  const exited = once(worker, 'exit')
  worker.process.kill('SIGTERM')
  await exited
}
