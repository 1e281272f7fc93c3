import { chmod, lstat, mkdir, open, readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

/** A heap snapshot that V8 wrote when a process came near its heap limit. */
export interface LimitSnapshot {
  readonly path: string
  readonly bytes: number
  /** false: it is being written, or the process ended meanwhile */
  readonly isWhole: boolean
}

/** As Node names them: the day, the time, the process, the thread, and a number. */
const NAME = /^Heap\.\d{8}\.\d{6}\.\d+\.\d+\.\d+\.heapsnapshot$/
/** What Node says on stderr when it has written one. */
const WRITTEN = /^Wrote snapshot to (.+\.heapsnapshot)\s*$/gm
const FOR_OWNER_ALONE = 0o600
const FOLDER_FOR_OWNER_ALONE = 0o700
const LAST_BYTES = 16

/**
 * A folder for snapshots of what is on a heap, which may be anybody’s data: made for its owner alone, if it is not there yet.
 *
 * @returns its whole path
 */
export async function snapshotFolder(folder: string): Promise<string> {
  const path = resolve(folder)
  await mkdir(path, { recursive: true, mode: FOLDER_FOR_OWNER_ALONE })
  return path
}

/** What asks a Node for one snapshot at its limit, in its options; quotes are for blanks in the path. */
export function snapshotOptions(folder: string): string {
  const quoted = folder.replaceAll(/["\\]/g, String.raw`\$&`)
  return `--heapsnapshot-near-heap-limit=1 "--diagnostic-dir=${quoted}"`
}

/** Which snapshots there are already: they are of others. */
export async function snapshotsIn(folder: string): Promise<ReadonlySet<string>> {
  const names = await readdir(folder).catch(() => [])
  return new Set(names.filter((name) => NAME.test(name)).map((name) => join(folder, name)))
}

/**
 * Snapshots that a target has left behind: in the folder that it was given, and wherever it says that it wrote one. They can be read by
 * their owner alone, whatever they could before.
 */
export async function leftSnapshots(
  stderrTail: string,
  folder: string | undefined,
  before: ReadonlySet<string>,
): Promise<readonly LimitSnapshot[]> {
  const told = [...stderrTail.matchAll(WRITTEN)]
    .map(([, path = '']) => path)
    .filter((path) => NAME.test(basename(path)))
  const there = folder === undefined ? [] : [...(await snapshotsIn(folder))].filter((path) => !before.has(path))
  const found = await Promise.all([...new Set([...told, ...there])].map(readSnapshot))
  return found.filter((snapshot) => snapshot !== undefined)
}

async function readSnapshot(path: string): Promise<LimitSnapshot | undefined> {
  try {
    // What a target says is looked at before it is believed: it may be a link.
    const found = await lstat(path)
    if (!found.isFile()) return undefined
    await chmod(path, FOR_OWNER_ALONE)
    return { path, bytes: found.size, isWhole: await isWhole(path, found.size) }
  } catch {
    return undefined
  }
}

/** It is one object in JSON, written from its beginning to its end. */
async function isWhole(path: string, bytes: number): Promise<boolean> {
  await using file = await open(path, 'r')
  const from = Math.max(0, bytes - LAST_BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LAST_BYTES), 0, LAST_BYTES, from)
  return buffer.toString('latin1', 0, bytesRead).trimEnd().endsWith('}')
}
