import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Run a line of code in a process of its own, from start to end.
 *
 * @param cwd - where its imports are looked up
 * @returns wall time, ns
 */
export async function timeWholeProcess(code: string, cwd: string, signal: AbortSignal): Promise<number> {
  const startNs = process.hrtime.bigint()
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd,
    signal,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const [exitCode] = await once(child, 'exit')
  const durationNs = Number(process.hrtime.bigint() - startNs)
  if (exitCode !== 0) throw new Error(`node -e ${JSON.stringify(code)} ended with ${exitCode} in ${cwd}`)
  return durationNs
}
