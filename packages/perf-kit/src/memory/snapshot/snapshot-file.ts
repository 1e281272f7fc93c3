import { type FileHandle, open, stat } from 'node:fs/promises'
import { PerfKitError } from '../../errors/index.ts'
import { availableMemoryBytes } from './available-memory.ts'
import { noSnapshot, tooLarge } from './snapshot-fault.ts'

/**
 * Of what a file is long, so much memory reading it may take: for classes it is about a quarter (13 bytes an object, which has 30 and more in the
 * file); with all strings and edges, and a path to each object, about as much as the file is long.
 */
const NEEDED_RATIO = 0.5
const NEEDED_WHOLE_RATIO = 1.2

/**
 * Look at files before any of them is read: reading takes seconds each.
 *
 * @param isLastWhole - whether edges or strings of the last one will be kept
 * @throws {PerfKitError} `HEAP_FILE_INVALID` for what is no file, or twice the same; `HEAP_SNAPSHOT_INVALID` for an empty one;
 * `HEAP_SNAPSHOT_TOO_LARGE`
 */
export async function checkSnapshotFiles(paths: readonly string[], isLastWhole: boolean): Promise<void> {
  const availableBytes = await availableMemoryBytes()
  const seen = new Map<string, string>()
  for (const [at, path] of paths.entries()) {
    const { sizeBytes, identity } = await checkFile(path)
    const other = seen.get(identity)
    if (other !== undefined) {
      const message = other === path ? `${path} is given twice` : `${path} is the same file as ${other}`
      throw unusable(path, message, 'Give snapshots that were taken at different moments.')
    }
    seen.set(identity, path)
    const isWhole = isLastWhole && at === paths.length - 1
    const neededBytes = sizeBytes * (isWhole ? NEEDED_WHOLE_RATIO : NEEDED_RATIO)
    if (neededBytes > availableBytes) throw tooLarge(path, neededBytes, availableBytes)
  }
}

/** @throws {PerfKitError} `HEAP_FILE_INVALID` */
export async function openSnapshot(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

export function unreadable(path: string, cause: unknown): PerfKitError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT') return unusable(path, `${path} is not there`, 'Name a file that exists.', cause)
  const detail = String(code ?? cause)
  return unusable(path, `${path} cannot be read (${detail})`, 'Name a file that you may read.', cause)
}

async function checkFile(path: string): Promise<{ readonly sizeBytes: number; readonly identity: string }> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (found.isDirectory()) throw unusable(path, `${path} is a folder`, 'Name a file.')
  if (!found.isFile()) {
    throw unusable(path, `${path} is no plain file`, 'Write what it gives into a file, and name that.')
  }
  if (found.size === 0) throw noSnapshot(path, 'is empty')
  return { sizeBytes: found.size, identity: `${found.dev}:${found.ino}` }
}

function unusable(where: string, message: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError('HEAP_FILE_INVALID', message, { where, remedy, cause })
}
