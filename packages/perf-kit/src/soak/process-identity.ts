import { readFileSync } from 'node:fs'

/** proc(5), after the name, which may hold anything but a last bracket: when it was started, in ticks since the machine was. */
const START_FIELD = 19

/** A process by its number and by when it was started, because numbers come again; by its number alone where the system does not tell. */
export function processIdentity(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return `${pid}@${text.slice(text.lastIndexOf(')') + 2).split(' ')[START_FIELD] ?? ''}`
  } catch {
    return String(pid)
  }
}

/** One of another user's may not be signalled, and is there. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
