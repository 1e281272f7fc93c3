import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const START_TIMEOUT_MS = 10_000

/** A target that nobody here wrote, on a processor of its own; ended with the scope that holds it. */
export async function startNginx(processor: number): Promise<{ readonly url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, configuration(folder, port))
  const child = spawn('taskset', ['-c', String(processor), 'nginx', '-p', folder, '-c', file], { stdio: 'ignore' })
  const end = async (): Promise<void> => {
    // Its worker goes with it only if it may end by itself.
    child.kill('SIGQUIT')
    await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))])
    await answers(port, child)
  } catch (cause) {
    await end()
    throw new Error('nginx does not start: install it (Debian: nginx-light), and taskset (util-linux)', { cause })
  }
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: end }
}

/** One worker, no log, and an answer from memory: as fast as a server gets. */
function configuration(folder: string, port: number): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server { listen 127.0.0.1:${port}; location / { return 200 "hello world\\n"; } }
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
  return typeof address === 'object' && address !== null ? address.port : 0
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

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exit
  clearTimeout(impatience)
}
