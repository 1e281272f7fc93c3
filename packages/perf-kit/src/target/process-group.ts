import { readFileSync } from 'node:fs'

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
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
  } catch {
    return undefined
  }
}
