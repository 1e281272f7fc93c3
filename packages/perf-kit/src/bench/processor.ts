import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/**
 * Processors that this process may use, by number; empty where the system does not tell (only Linux does).
 * `Cpus_allowed_list: 0-3,6`
 */
export function allowedProcessors(): readonly number[] {
  let status: string
  try {
    status = readFileSync('/proc/self/status', 'utf8')
  } catch {
    return []
  }
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    if (first === undefined || last === undefined || !Number.isInteger(first)) return []
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}

/**
 * Tie the main thread of a process to one processor (or several), and leave its other threads, which compile and
 * collect, free.
 *
 * @returns whether it worked: `taskset` belongs to util-linux and may be missing
 */
export async function pinMainThread(pid: number, processors: number | readonly number[]): Promise<boolean> {
  try {
    await execFileAsync('taskset', ['-p', '-c', [processors].flat().join(','), String(pid)])
    return true
  } catch {
    return false
  }
}
