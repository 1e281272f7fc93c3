import { PerfKitError } from '../../errors/index.ts'
import { classKey, classNameOf } from './heap-classes.ts'
import type { HeapSnapshot } from './read-snapshot.ts'

/** Objects that are looked at again in the next snapshot. */
const SAMPLED = 50_000
/** V8 counts up by 2, and gives objects of the heap odd numbers (`HeapObjectsMap`). */
const ID_STEP = 2
/** What has neither a text nor a size of its own that changes: they stay what they are. */
const LASTING_TYPES: ReadonlySet<string> = new Set(['object', 'closure'])
/**
 * Of objects that have the same id in both, so many have to be of the same class. Measured with Node 24: all of 10 516 between snapshots of one
 * session, 81 % between two processes that had done the same, 35 % when an inspector had left in between.
 */
const LEAST_SAME_RATIO = 0.95
const LEAST_COMMON = 20

/** Which classes some objects have, by their ids: those whose id is a multiple, so that every snapshot looks at the same ones. */
export interface IdentitySample {
  readonly file: string
  /** of ids that are looked at, each how many-th */
  readonly stride: number
  readonly classes: ReadonlyMap<number, string>
  /** the highest id there is: V8 only counts up */
  readonly lastId: number
}

/** @param stride - as of the snapshot before */
export function sampleIdentities(snapshot: HeapSnapshot, stride = strideFor(snapshot)): IdentitySample {
  const { nodes, layout, file } = snapshot
  const lasting = layout.nodeTypes.map((type) => LASTING_TYPES.has(type))
  const classes = new Map<number, string>()
  // So that ids of one class have one text.
  const keys = new Map<string, string>()
  let lastId = 0
  for (let index = 0; index < nodes.count; index++) {
    const id = nodes.ids[index] ?? 0
    if (id % ID_STEP === 0) continue
    if (id > lastId) lastId = id
    if (lasting[nodes.types[index] ?? 0] !== true || ((id - 1) / ID_STEP) % stride !== 0) continue
    const type = layout.nodeTypes[nodes.types[index] ?? 0] ?? ''
    const key = classKey({ type, name: classNameOf(snapshot, index) })
    const known = keys.get(key)
    if (known === undefined) keys.set(key, key)
    classes.set(id, known ?? key)
  }
  return { file, stride, classes, lastId }
}

/**
 * Whether two snapshots are of one process and one session of its profiler, in the order in which they were taken: then what has the same id is
 * the same object. Otherwise ids begin anew, and what is compared is chance: tools that do not look find nothing, and say nothing.
 *
 * @throws {PerfKitError} `HEAP_SNAPSHOTS_UNRELATED`
 */
export function checkSameSession(before: IdentitySample, after: IdentitySample): void {
  let common = 0
  let same = 0
  for (const [id, key] of after.classes) {
    const earlier = before.classes.get(id)
    if (earlier === undefined) continue
    common++
    if (earlier === key) same++
  }
  if (common < Math.min(LEAST_COMMON, before.classes.size) || same < LEAST_SAME_RATIO * common) {
    throw new PerfKitError(
      'HEAP_SNAPSHOTS_UNRELATED',
      `${before.file} and ${after.file} are of different processes, or were taken by different sessions of the profiler: of ${common} objects that have the same id in both, ${same} are of the same class`,
      {
        where: after.file,
        remedy:
          'Take all of them in one process with v8.writeHeapSnapshot(), or without closing the inspector in between.',
      },
    )
  }
  if (after.lastId < before.lastId) {
    throw new PerfKitError('HEAP_SNAPSHOTS_UNRELATED', `${after.file} was taken before ${before.file}`, {
      where: after.file,
      remedy: 'Give snapshots in the order in which they were taken.',
    })
  }
}

function strideFor({ nodes }: HeapSnapshot): number {
  return Math.max(1, Math.floor(nodes.count / SAMPLED))
}
