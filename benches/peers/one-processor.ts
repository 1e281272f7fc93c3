import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/**
 * Run this process, and all that it starts, on one processor until the returned value is disposed of. The processors of
 * a hosted machine can differ by half for seconds, and readings that are compared must not lie on both sides of that.
 *
 * @returns the processor, or undefined where the system has no `taskset`
 */
export async function holdToOneProcessor(): Promise<{
  readonly processor: string | undefined
  [Symbol.asyncDispose](): Promise<void>
}> {
  const allowed = allowedProcessors()
  const last = /(\d+)$/.exec(allowed)?.[1]
  const processor = last !== undefined && (await bind(last)) ? last : undefined
  const release = async () => {
    if (processor !== undefined) await bind(allowed)
  }
  return { processor, [Symbol.asyncDispose]: release }
}

function allowedProcessors(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

/** Processes started later inherit it from the main thread, which starts them. */
async function bind(processors: string): Promise<boolean> {
  try {
    await execFileAsync('taskset', ['-p', '-c', processors, String(process.pid)])
    return true
  } catch {
    return false
  }
}
