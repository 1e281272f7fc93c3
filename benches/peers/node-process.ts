import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/** A tool that hangs must not hold the others up. */
const TIMEOUT_MS = 60_000

/** Run a script of ours in a process of its own, and read the JSON that it prints. */
export async function readFromNode(script: string, words: readonly string[], signal: AbortSignal): Promise<unknown> {
  const { stdout } = await execFileAsync(process.execPath, [script, ...words], { signal, timeout: TIMEOUT_MS })
  return JSON.parse(stdout)
}

/** The same for scripts that print one number. */
export async function numberFromNode(script: string, words: readonly string[], signal: AbortSignal): Promise<number> {
  const value = await readFromNode(script, words, signal)
  if (typeof value !== 'number') throw new TypeError(`${script} printed ${JSON.stringify(value)}, which is no number`)
  return value
}
