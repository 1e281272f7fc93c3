import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ReferenceServer extends AsyncDisposable {
  readonly url: string
  health(): Promise<Record<string, unknown>>
}

/** The gateway or a backend of it. */
export async function referenceServer(
  script: 'main' | 'backend-main',
  ...args: readonly string[]
): Promise<ReferenceServer> {
  return await startServer(new URL(`../../../gateway/src/${script}.ts`, import.meta.url), ['--port', '0', ...args])
}

/** A server in a process of its own, which ends with the scope that holds it; it must say where it listens. */
export async function startServer(script: URL, args: readonly string[]): Promise<ReferenceServer> {
  const path = fileURLToPath(script)
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listening on (\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    child.stdout.resume()
    return {
      url,
      health: async () => {
        const value: unknown = await (await fetch(new URL('/health', url))).json()
        return typeof value === 'object' && value !== null ? { ...value } : {}
      },
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGTERM')
        await exit
      },
    }
  }
  throw new Error(`${path} did not start`)
}
