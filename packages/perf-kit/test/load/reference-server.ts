import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ReferenceServer extends AsyncDisposable {
  readonly url: string
  health(): Promise<Record<string, unknown>>
}

/** The gateway or a backend of it, in a process of its own, which ends with the scope that holds it. */
export async function referenceServer(
  script: 'main' | 'backend-main',
  ...args: readonly string[]
): Promise<ReferenceServer> {
  const path = fileURLToPath(new URL(`../../../gateway/src/${script}.ts`, import.meta.url))
  const child = spawn(process.execPath, [path, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
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
  throw new Error(`${script} did not start`)
}
