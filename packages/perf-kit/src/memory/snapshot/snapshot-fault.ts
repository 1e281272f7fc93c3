import { PerfKitError } from '../../errors/index.ts'

const TAKE_ANOTHER = 'Take the snapshot again, and give it when its process says that it has been written.'

/** What is wrong with what is read, said by those who do not know the file. */
export class SnapshotFault extends Error {
  override readonly name = 'SnapshotFault'
}

/** A file that is a heap snapshot, but damaged, or of a format that nobody here knows. */
export function damagedSnapshot(file: string, { message }: SnapshotFault, atByte: number): PerfKitError {
  return new PerfKitError('HEAP_SNAPSHOT_INVALID', `${file} is no whole heap snapshot: ${message}, at byte ${atByte}`, {
    where: file,
    remedy: TAKE_ANOTHER,
  })
}

/** @param problem - what it is instead: `is empty` */
export function noSnapshot(file: string, problem: string): PerfKitError {
  return new PerfKitError('HEAP_SNAPSHOT_INVALID', `${file} ${problem}`, {
    where: file,
    remedy: 'Give a file that v8.writeHeapSnapshot(), --heapsnapshot-signal or DevTools has written.',
  })
}

/** @param needed - what reading it may take, in bytes */
export function tooLarge(file: string, neededBytes: number, availableBytes: number, cause?: unknown): PerfKitError {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
  return new PerfKitError(
    'HEAP_SNAPSHOT_TOO_LARGE',
    `${file} may take ${gigabytes(neededBytes)} of memory to read, of which ${gigabytes(availableBytes)} are free`,
    { where: file, cause, remedy: 'End what uses memory here, or read it on a machine that has more.' },
  )
}
