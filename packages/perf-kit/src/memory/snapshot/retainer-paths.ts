import type { ClassGrowth } from './class-growth.ts'
import { classKey, classNameOf } from './heap-classes.ts'
import type { IdSet } from './id-set.ts'
import type { HeapSnapshot } from './read-snapshot.ts'
import { RetainerTree } from './retainer-tree.ts'

/** By which way new objects of a class are kept. */
export interface RetainerPath {
  readonly type: string
  readonly name: string
  /** classes and properties, from a root to the object; elements without their numbers */
  readonly path: readonly string[]
  /** of the objects that were looked at, so many are kept in this way */
  readonly count: number
  /** how many were looked at */
  readonly sampled: number
}

const MOST_CLASSES = 5
const MOST_SAMPLED = 200

/**
 * What keeps the new objects of classes that grow: the way that most of them have in common, of the first few classes.
 *
 * @param snapshot - the last one, read with edges
 * @param before - the objects of the first one
 * @param showsData - name keys too, which may be secrets
 */
export function retainerPaths(
  snapshot: HeapSnapshot,
  classes: readonly ClassGrowth[],
  before: IdSet,
  showsData: boolean,
): readonly RetainerPath[] {
  const growing = classes.filter(({ growsEachStep, type }) => growsEachStep && type === 'object').slice(0, MOST_CLASSES)
  if (growing.length === 0) return []
  const samples = newObjects(snapshot, new Set(growing.map(classKey)), before)
  const tree = new RetainerTree(snapshot, showsData)
  return growing.flatMap(({ type, name }) => {
    const paths = (samples.get(classKey({ type, name })) ?? []).flatMap((index) => {
      const path = tree.pathTo(index)
      return path === undefined ? [] : [path]
    })
    const [path, count] = mostCommon(paths)
    return path === undefined ? [] : [{ type, name, path, count, sampled: paths.length }]
  })
}

/** Some objects of each class that were not there before. */
function newObjects(snapshot: HeapSnapshot, keys: ReadonlySet<string>, before: IdSet): Map<string, number[]> {
  const { nodes, layout } = snapshot
  const samples = new Map<string, number[]>()
  // A class of objects is found by its name's number; texts would have to be made of each.
  const byName = new Map<number, string | undefined>()
  const objectType = layout.nodeTypes.indexOf('object')
  for (let index = 0; index < nodes.count; index++) {
    if (nodes.types[index] !== objectType || before.has(nodes.ids[index] ?? 0)) continue
    const name = nodes.names[index] ?? 0
    if (!byName.has(name)) {
      const key = classKey({ type: 'object', name: classNameOf(snapshot, index) })
      byName.set(name, keys.has(key) ? key : undefined)
    }
    const key = byName.get(name)
    if (key === undefined) continue
    const sample = samples.get(key) ?? []
    if (sample.length < MOST_SAMPLED) sample.push(index)
    samples.set(key, sample)
  }
  return samples
}

function mostCommon(paths: readonly (readonly string[])[]): readonly [readonly string[] | undefined, number] {
  const counts = new Map<string, { readonly path: readonly string[]; count: number }>()
  for (const path of paths) {
    const text = path.join('\n')
    const known = counts.get(text) ?? { path, count: 0 }
    known.count++
    counts.set(text, known)
  }
  const [most] = [...counts.values()].sort((left, right) => right.count - left.count)
  return [most?.path, most?.count ?? 0]
}
