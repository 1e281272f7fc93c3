import { readFile } from 'node:fs/promises'
import { freemem } from 'node:os'
import { join } from 'node:path'

const CGROUPS = '/sys/fs/cgroup'

/**
 * How much memory a process of this machine may take, in bytes: what is free, within the limit of a container. Node counts copies of
 * files as used memory there, which the system gives up when somebody needs it: of a snapshot that has just been written there may be
 * as much as the container has.
 */
export async function availableMemoryBytes(): Promise<number> {
  const availableBytes = process.availableMemory()
  // Outside of containers it is the same, and copies of files are in it.
  if (availableBytes >= freemem()) return availableBytes
  return Math.min(availableBytes + (await reclaimableBytes()), freemem())
}

/** Copies of files that nobody has used for a while, of this process's control group. */
async function reclaimableBytes(): Promise<number> {
  for (const folder of controlGroups(await textOf('/proc/self/cgroup'))) {
    const bytes = inactiveFileBytes(await textOf(join(folder, 'memory.stat')))
    if (bytes !== undefined) return bytes
  }
  return 0
}

/**
 * Folders in which the system may tell of a group's memory: its own, and the one that a container sees as the root.
 *
 * @param text - `/proc/self/cgroup`, see cgroups(7)
 */
export function controlGroups(text: string): readonly string[] {
  const found = [...text.matchAll(/^\d+:([^:]*):(.*)$/gm)].flatMap(([, controllers = '', path = '']) => {
    const root = controllers === '' ? CGROUPS : join(CGROUPS, 'memory')
    const isOfMemory = controllers === '' || controllers.split(',').includes('memory')
    return isOfMemory ? [join(root, path), root] : []
  })
  return [...new Set(found)]
}

/** @param text - `memory.stat` of either version of control groups */
export function inactiveFileBytes(text: string): number | undefined {
  const own = /^inactive_file (\d+)$/m.exec(text)?.[1]
  // The first version counts groups below it separately.
  const all = /^total_inactive_file (\d+)$/m.exec(text)?.[1] ?? own
  return all === undefined ? undefined : Number(all)
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}
