import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4096

/** End a process that leads its own group, and all that it started; gone already is fine. */
export function endProcessGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // ended by itself
  }
}

/** Resident memory; Linux only, elsewhere the heap limit alone guards. */
export function residentBytes(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
  } catch {
    return undefined
  }
}
