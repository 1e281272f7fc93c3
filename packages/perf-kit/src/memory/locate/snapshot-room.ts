import { statfs } from 'node:fs/promises'
import { availableMemoryBytes } from '../snapshot/available-memory.ts'

/**
 * Of the heap that is used, so much memory writing a snapshot of it may take: measured with 50 MB of small objects. Reading it takes less, afterwards.
 */
const MEMORY_RATIO = 10
/** A snapshot is longer than the heap that it is of; three of them are kept at a time. */
const DISK_RATIO = 3 * 3

/** What there is to take snapshots with. */
export interface SnapshotRoom {
  /** on the disks that they are written to */
  readonly folders: readonly string[]
  /** more than this they must not take of memory; default what is free */
  readonly memoryBytes?: number
}

/** @returns why snapshots of a heap of that size had better not be taken, if so */
export async function roomProblem(
  heapUsedBytes: number,
  { folders, memoryBytes = Number.POSITIVE_INFINITY }: SnapshotRoom,
): Promise<string | undefined> {
  const freeBytes = await availableMemoryBytes()
  const allowedBytes = Math.min(memoryBytes, freeBytes)
  const needed = heapUsedBytes * MEMORY_RATIO
  if (needed > allowedBytes) {
    const there = memoryBytes < freeBytes ? 'may be taken' : 'are free'
    return `a heap of ${megabytes(heapUsedBytes)} may take ${megabytes(needed)} of memory to write down, of which ${megabytes(allowedBytes)} ${there}`
  }
  const onDisk = heapUsedBytes * DISK_RATIO
  for (const folder of folders) {
    const { bavail, bsize } = await statfs(folder)
    if (onDisk > bavail * bsize) {
      return `three snapshots may take ${megabytes(onDisk)} of ${folder}, which has ${megabytes(bavail * bsize)} left`
    }
  }
  return undefined
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`
}
