import type { RowTarget } from './integer-rows.ts'
import { SnapshotFault } from './snapshot-fault.ts'
import type { SnapshotLayout } from './snapshot-layout.ts'

const MOST_UINT32 = 2 ** 32 - 1
/** Stands for a size that is kept elsewhere. */
const LARGE = MOST_UINT32

/** The objects of a heap, a column for each thing that is known of them: 13 bytes an object. */
export class NodeColumns implements RowTarget {
  /** numbers of `layout.nodeTypes` */
  readonly types: Uint8Array
  /** numbers of strings */
  readonly names: Uint32Array
  /** the same object has the same in all snapshots of one session of V8's profiler */
  readonly ids: Uint32Array
  /** how many edges begin at each; nothing when edges are not read */
  readonly edgeCounts: Uint32Array
  count = 0
  /** the highest number of a string among `names` */
  mostName = 0
  readonly #layout: SnapshotLayout
  readonly #selfSizes: Uint32Array
  /** 4 GiB and more in one object: an ArrayBuffer may be */
  readonly #largeSizes = new Map<number, number>()

  constructor(layout: SnapshotLayout, withEdges: boolean) {
    const { nodeCount } = layout
    this.#layout = layout
    this.types = new Uint8Array(nodeCount)
    this.names = new Uint32Array(nodeCount)
    this.ids = new Uint32Array(nodeCount)
    this.#selfSizes = new Uint32Array(nodeCount)
    this.edgeCounts = new Uint32Array(withEdges ? nodeCount : 0)
  }

  /** An object's own memory in bytes, without what it refers to. */
  selfBytes(index: number): number {
    const size = this.#selfSizes[index] ?? 0
    return size === LARGE ? (this.#largeSizes.get(index) ?? size) : size
  }

  addRow(row: Float64Array): void {
    const { typeAt, nameAt, idAt, selfSizeAt, edgeCountAt, nodeTypes, nodeCount } = this.#layout
    const index = this.count
    const type = row[typeAt] ?? 0
    const name = row[nameAt] ?? 0
    const id = row[idAt] ?? 0
    const size = row[selfSizeAt] ?? 0
    if (index >= nodeCount) throw new SnapshotFault(`it has more objects than the ${nodeCount} that it tells of`)
    if (type >= nodeTypes.length) throw new SnapshotFault('an object has a type that its format does not know')
    if (name > MOST_UINT32 || id > MOST_UINT32) throw new SnapshotFault('an object has a number that is too large')
    this.types[index] = type
    this.names[index] = name
    if (name > this.mostName) this.mostName = name
    this.ids[index] = id
    this.#selfSizes[index] = Math.min(size, LARGE)
    if (size >= LARGE) this.#largeSizes.set(index, size)
    if (index < this.edgeCounts.length) this.edgeCounts[index] = row[edgeCountAt] ?? 0
    this.count = index + 1
  }

  /**
   * Which strings name an object of these types.
   *
   * @returns 1 by number of the string, as far as there are any
   */
  namesOf(types: ReadonlySet<number>): Uint8Array {
    const flags = new Uint8Array(this.mostName + 1)
    for (let index = 0; index < this.count; index++) {
      if (types.has(this.types[index] ?? 0)) flags[this.names[index] ?? 0] = 1
    }
    return flags
  }
}
