import { readdir, readFile, readlink } from 'node:fs/promises'

export interface RunningProcess {
  readonly pid: number
  /** the arguments, separated by NUL */
  readonly commandLine: string
}

/** Processes that work below a folder, or whose command line names it. */
export async function processesOf(folder: string): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => processOf(folder, pid)))
  return found.flat()
}

/** A process that has ended has neither, also when nobody has taken note of its end yet. */
async function processOf(folder: string, pid: number): Promise<RunningProcess[]> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => '')
  return commandLine.includes(folder) || `${workingFolder}/`.startsWith(`${folder}/`) ? [{ pid, commandLine }] : []
}
