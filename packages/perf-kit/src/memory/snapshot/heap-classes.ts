import { type HeapSnapshot, NAMED_TYPES } from './read-snapshot.ts'

/** Objects of one kind. */
export interface HeapClass {
  /** V8's: object, native, closure, string, array, code, … */
  readonly type: string
  /** the constructor's name; of others what DevTools calls them, such as `(string)`; of functions their name as well */
  readonly name: string
  readonly count: number
  /** the objects' own memory in bytes, without what they refer to */
  readonly selfBytes: number
}

/** What there is on a heap. */
export interface HeapSummary {
  readonly file: string
  readonly count: number
  readonly selfBytes: number
  /** those with most memory first */
  readonly classes: readonly HeapClass[]
}

/** Of types that DevTools calls otherwise than V8 does. */
const GROUP_NAMES: ReadonlyMap<string, string> = new Map([
  ['hidden', '(system)'],
  ['code', '(compiled code)'],
])

/** A function of any other name has been given it by data (`{ [token]: () => … }`), which is nobody's business. */
const FUNCTION_NAME = /^(?:(?:get|set|bound) )*#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** Numbers and sizes of the objects of each class. */
export function summaryOf(snapshot: HeapSnapshot): HeapSummary {
  const tally = new ClassTally(snapshot)
  const { nodes, file } = snapshot
  for (let index = 0; index < nodes.count; index++) tally.add(index)
  const classes = tally.classes()
  return {
    file,
    count: nodes.count,
    selfBytes: classes.reduce((sum, { selfBytes }) => sum + selfBytes, 0),
    classes: classes.toSorted((left, right) => right.selfBytes - left.selfBytes || right.count - left.count),
  }
}

/** What an object's class is called. */
export function classNameOf({ layout, nodes, strings }: HeapSnapshot, index: number): string {
  const type = layout.nodeTypes[nodes.types[index] ?? 0] ?? ''
  const group = GROUP_NAMES.get(type) ?? `(${type})`
  if (!NAMED_TYPES.has(type)) return group
  const name = strings.text(nodes.names[index] ?? 0)
  if (type !== 'closure') return name
  return FUNCTION_NAME.test(name) ? `${group} ${name}` : group
}

/** One class of objects in the making. */
interface Sums {
  readonly type: string
  readonly name: string
  count: number
  selfBytes: number
}

/**
 * Millions of objects, of some thousand classes: which one it is has to be found without making a text of its name. Equal names are one
 * string in a snapshot, but classes of different strings may have the same name after all.
 */
class ClassTally {
  readonly #snapshot: HeapSnapshot
  readonly #sums: Sums[] = []
  readonly #byKey = new Map<string, number>()
  /** by type, from 1: of named ones by number of the name, of others for all names; 0 for what has not come yet */
  readonly #places: readonly Uint32Array[]

  constructor(snapshot: HeapSnapshot) {
    this.#snapshot = snapshot
    this.#places = snapshot.layout.nodeTypes.map(
      (type) => new Uint32Array(NAMED_TYPES.has(type) ? snapshot.strings.count : 1),
    )
  }

  add(index: number): void {
    const { nodes } = this.#snapshot
    const places = this.#places[nodes.types[index] ?? 0]
    if (places === undefined) return
    const at = places.length === 1 ? 0 : (nodes.names[index] ?? 0)
    let place = places[at] ?? 0
    if (place === 0) {
      place = this.#placeOf(index)
      places[at] = place
    }
    const sums = this.#sums[place - 1]
    if (sums === undefined) return
    sums.count++
    sums.selfBytes += nodes.selfBytes(index)
  }

  classes(): readonly HeapClass[] {
    return this.#sums
  }

  #placeOf(index: number): number {
    const type = this.#snapshot.layout.nodeTypes[this.#snapshot.nodes.types[index] ?? 0] ?? ''
    const name = classNameOf(this.#snapshot, index)
    const key = classKey({ type, name })
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const place = this.#sums.push({ type, name, count: 0, selfBytes: 0 })
    this.#byKey.set(key, place)
    return place
  }
}

/** The same for the same class, in any snapshot. */
export function classKey({ type, name }: Pick<HeapClass, 'type' | 'name'>): string {
  return `${type} ${name}`
}
