import type { RowTarget } from './integer-rows.ts'
import type { NodeColumns } from './node-columns.ts'
import { SnapshotFault } from './snapshot-fault.ts'
import type { SnapshotLayout } from './snapshot-layout.ts'

/** What refers to what, in the order of the objects where it begins: 9 bytes an edge. */
export class EdgeColumns implements RowTarget {
  /** numbers of `layout.edgeTypes` */
  readonly types: Uint8Array
  /** numbers of strings, or of elements */
  readonly names: Uint32Array
  /** numbers of objects */
  readonly targets: Uint32Array
  count = 0
  readonly #layout: SnapshotLayout

  /** @param isKept - without it, there are no rows */
  constructor(layout: SnapshotLayout, isKept: boolean) {
    const room = isKept ? layout.edgeCount : 0
    this.#layout = layout
    this.types = new Uint8Array(room)
    this.names = new Uint32Array(room)
    this.targets = new Uint32Array(room)
  }

  addRow(row: Float64Array): void {
    const { edgeTypeAt, edgeNameAt, edgeTargetAt, edgeTypes, edgeCount, nodeCount, nodeFieldCount } = this.#layout
    const index = this.count
    const type = row[edgeTypeAt] ?? 0
    // Written as the place of the object's first number.
    const target = (row[edgeTargetAt] ?? 0) / nodeFieldCount
    if (index >= edgeCount) throw new SnapshotFault(`it has more edges than the ${edgeCount} that it tells of`)
    if (type >= edgeTypes.length) throw new SnapshotFault('an edge has a type that its format does not know')
    if (!Number.isInteger(target) || target >= nodeCount) throw new SnapshotFault('an edge leads to no object')
    this.types[index] = type
    this.names[index] = row[edgeNameAt] ?? 0
    this.targets[index] = target
    this.count = index + 1
  }

  /** @throws {SnapshotFault} when objects have other edges than there are */
  checkAgainst({ edgeCounts }: NodeColumns): void {
    const claimed = edgeCounts.reduce((sum, count) => sum + count, 0)
    if (this.count !== this.#layout.edgeCount || claimed !== this.count) {
      throw new SnapshotFault(`it has ${this.count} of the ${this.#layout.edgeCount} edges that it tells of`)
    }
  }
}
