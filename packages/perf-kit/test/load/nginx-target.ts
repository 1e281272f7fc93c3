import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'vitest'
import { deadPort } from './scripted-target.ts'

const INSTALL = 'this test drives nginx, and it is not on the PATH: install it (Debian: nginx-light)'
const START_TIMEOUT_MS = 10_000

export interface NginxOptions {
  /** without one it speaks HTTP/2 in cleartext */
  readonly certificate?: 'good'
  /** what its one server does, in nginx's words */
  readonly server: string
}

/** A server that nobody here wrote; a test is skipped, and says why, where there is none. */
export async function nginxTarget(
  { certificate, server }: NginxOptions,
  { skip }: Pick<TestContext, 'skip'>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-nginx-'))
  const port = await deadPort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, configuration(folder, port, certificate, server))
  const child = spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  const end = async (): Promise<void> => {
    await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
  const failed = once(child, 'error')
  if ((await Promise.race([once(child, 'spawn').then(() => undefined), failed])) !== undefined) {
    await rm(folder, { recursive: true, force: true })
    skip(INSTALL)
  }
  await listens(port, child)
  return { url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`, [Symbol.asyncDispose]: end }
}

/** One worker, no log. */
function configuration(folder: string, port: number, certificate: 'good' | undefined, server: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const certificates = join(import.meta.dirname, 'certificates')
  const tls = `ssl_certificate ${certificates}/${certificate}.pem; ssl_certificate_key ${certificates}/key.pem;`
  return `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ${certificate === undefined ? '' : 'ssl'} http2;
    ${certificate === undefined ? '' : tls}
    ${server}
  }
}
`
}

async function listens(port: number, child: ChildProcess): Promise<void> {
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
  await ended(child)
  throw new Error(`nginx does not listen on port ${port}`)
}

/** Its worker goes with it only if it may end by itself. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGQUIT')
  const impatience = setTimeout(() => child.kill('SIGTERM'), 5_000)
  await exit
  clearTimeout(impatience)
}
