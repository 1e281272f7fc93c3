import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const START_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 5_000

export interface NginxOptions {
  /** what its one server does, in nginx's words */
  readonly server: string
  /** what stands behind its port, in nginx's words: `http2`, `ssl` */
  readonly listen?: string
  /** it runs on this one only; by default on any */
  readonly processor?: number
}

export interface Nginx extends AsyncDisposable {
  readonly port: number
}

/** There is none on the `PATH`. */
export class NginxMissing extends Error {}

/**
 * A server that nobody here wrote: one worker, and no log. Ended with the scope that holds it.
 *
 * @throws {NginxMissing}
 */
export async function startNginx({ server, listen = '', processor }: NginxOptions): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, configuration(folder, `${port} ${listen}`, server))
  const nginx = ['nginx', '-p', folder, '-c', file, '-e', join(folder, 'error.log')]
  const [program = '', ...args] = processor === undefined ? nginx : ['taskset', '-c', String(processor), ...nginx]
  const child = spawn(program, args, { stdio: 'ignore' })
  const end = async (): Promise<void> => {
    await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))])
    await answers(port, child)
  } catch (cause) {
    await end()
    throw toStartError(cause, child)
  }
  return { port, [Symbol.asyncDispose]: end }
}

function configuration(folder: string, listen: string, server: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server {
    listen 127.0.0.1:${listen};
    ${server}
  }
}
`
}

/** nginx cannot be told to find one itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port is free')
  return address.port
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const limitMs = performance.now() + START_TIMEOUT_MS
  while (performance.now() < limitMs && child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isThere) return
    await sleep(50)
  }
  throw new Error(`nobody listens on port ${port}`)
}

/** What `taskset` ends with when it does not find the program. */
const NOT_FOUND = 127

function toStartError(cause: unknown, { exitCode }: ChildProcess): Error {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  const how = 'install it (Debian: nginx-light), and taskset (util-linux)'
  if (isMissing || exitCode === NOT_FOUND) return new NginxMissing(`nginx is not on the PATH: ${how}`, { cause })
  return new Error('nginx does not start', { cause })
}

/** Its worker goes with it only if it may end by itself. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGQUIT')
  const impatience = setTimeout(() => child.kill('SIGTERM'), STOP_TIMEOUT_MS)
  await exit
  clearTimeout(impatience)
}
