import { PerfKitError } from '../../errors/index.ts'
import { type ClassGrowth, growthOf } from './class-growth.ts'
import { type HeapSummary, summaryOf } from './heap-classes.ts'
import { type HeapString, largestStrings } from './heap-strings.ts'
import { IdSet } from './id-set.ts'
import { checkSameSession, type IdentitySample, sampleIdentities } from './identity-sample.ts'
import { type HeapSnapshot, readSnapshot } from './read-snapshot.ts'
import { type RetainerPath, retainerPaths } from './retainer-paths.ts'
import { checkSnapshotFiles } from './snapshot-file.ts'

export interface HeapDiffOptions {
  /** k: how many requests were made between each snapshot and the next; best a number that nothing else in the program has */
  readonly requests?: number
  /** tell what keeps new objects; the last snapshot is then read whole, which takes about as much memory as it is long */
  readonly withPaths?: boolean
  /** tell the largest new strings, and keys on paths: they may be secrets */
  readonly withStrings?: boolean
}

/** How the classes of a heap have changed. */
export interface HeapDiff {
  readonly requests?: number
  readonly snapshots: readonly Omit<HeapSummary, 'classes'>[]
  /** those that have changed: with a multiple of the requests first, then those that grow at each step, then by bytes */
  readonly classes: readonly ClassGrowth[]
  readonly paths?: readonly RetainerPath[]
  readonly newStrings?: readonly HeapString[]
}

/**
 * Compare two or three heap snapshots of one process, in the order in which they were taken. They are read one after the other,
 * and of each only what is counted is kept.
 *
 * @param files - paths of .heapsnapshot files
 * @throws {PerfKitError} `HEAP_FILE_INVALID`, `HEAP_SNAPSHOT_INVALID`, `HEAP_SNAPSHOT_TOO_LARGE`, `HEAP_SNAPSHOTS_UNRELATED`
 */
export async function diffHeapSnapshots(files: readonly string[], options: HeapDiffOptions = {}): Promise<HeapDiff> {
  const { requests, withPaths = false, withStrings = false } = options
  if (files.length < 2 || files.length > 3) {
    throw new PerfKitError('HEAP_FILE_INVALID', `${files.length} heap snapshots cannot be compared`, {
      remedy: 'Give two or three.',
    })
  }
  const isWhole = withPaths || withStrings
  await checkSnapshotFiles(files, isWhole)
  const summaries: HeapSummary[] = []
  let before: IdentitySample | undefined
  let firstIds: IdSet | undefined
  let last: HeapSnapshot | undefined
  for (const [at, file] of files.entries()) {
    const isLast = at === files.length - 1
    const snapshot = await readSnapshot(file, isLast ? { withEdges: withPaths, withStrings } : {})
    const identities = sampleIdentities(snapshot, before?.stride)
    if (before !== undefined) checkSameSession(before, identities)
    before = identities
    summaries.push(summaryOf(snapshot))
    if (isWhole) firstIds ??= new IdSet(snapshot.nodes)
    if (isWhole && isLast) last = snapshot
  }
  const classes = growthOf(summaries, requests)
  return {
    ...(requests === undefined ? {} : { requests }),
    snapshots: summaries.map(({ classes: _, ...summary }) => summary),
    classes,
    ...(withPaths && last !== undefined && firstIds !== undefined
      ? { paths: retainerPaths(last, classes, firstIds, withStrings) }
      : {}),
    ...(withStrings && last !== undefined ? { newStrings: largestStrings(last, firstIds) } : {}),
  }
}

/** Classes of which each request seems to leave objects behind. */
export function leakingClasses({ classes }: HeapDiff): readonly LeakingClass[] {
  return classes.filter(isLeaking)
}

export type LeakingClass = ClassGrowth & Required<Pick<ClassGrowth, 'leak'>>

function isLeaking(growth: ClassGrowth): growth is LeakingClass {
  return growth.leak !== undefined
}

export interface HeapSummaryOptions {
  /** tell the largest strings: they may be secrets */
  readonly withStrings?: boolean
}

/**
 * Count the objects of one heap snapshot by class.
 *
 * @param file - path of a .heapsnapshot file
 * @throws {PerfKitError} `HEAP_FILE_INVALID`, `HEAP_SNAPSHOT_INVALID`, `HEAP_SNAPSHOT_TOO_LARGE`
 */
export async function summarizeHeapSnapshot(
  file: string,
  { withStrings = false }: HeapSummaryOptions = {},
): Promise<HeapSummary & { readonly strings?: readonly HeapString[] }> {
  await checkSnapshotFiles([file], withStrings)
  const snapshot = await readSnapshot(file, { withStrings })
  return { ...summaryOf(snapshot), ...(withStrings ? { strings: largestStrings(snapshot) } : {}) }
}
