import { SnapshotFault } from './snapshot-fault.ts'

/** Types are kept in a byte each. */
const MOST_TYPES = 256
/** V8 has seven; a row is kept while it is read. */
const MOST_FIELDS = 64

/** Where in a row what stands, as a snapshot says of itself: V8 adds fields and leaves others out as years go by. */
export interface SnapshotLayout {
  readonly nodeCount: number
  readonly nodeFieldCount: number
  readonly typeAt: number
  readonly nameAt: number
  readonly idAt: number
  readonly selfSizeAt: number
  readonly edgeCountAt: number
  /** by number: hidden, array, string, object, … */
  readonly nodeTypes: readonly string[]
  readonly edgeCount: number
  readonly edgeFieldCount: number
  readonly edgeTypeAt: number
  readonly edgeNameAt: number
  readonly edgeTargetAt: number
  /** by number: context, element, property, … */
  readonly edgeTypes: readonly string[]
}

/**
 * @param head - what stands under `snapshot`
 * @throws {SnapshotFault}
 */
export function layoutOf(head: unknown): SnapshotLayout {
  const meta = recordIn(head, 'meta')
  const nodeFields = namesIn(meta, 'node_fields')
  const edgeFields = namesIn(meta, 'edge_fields')
  const place = (fields: readonly string[], name: string): number => {
    const at = fields.indexOf(name)
    if (at === -1) throw new SnapshotFault(`its format has no ${name}`)
    return at
  }
  const typeAt = place(nodeFields, 'type')
  const edgeTypeAt = place(edgeFields, 'type')
  return {
    nodeCount: countIn(head, 'node_count'),
    nodeFieldCount: nodeFields.length,
    typeAt,
    nameAt: place(nodeFields, 'name'),
    idAt: place(nodeFields, 'id'),
    selfSizeAt: place(nodeFields, 'self_size'),
    edgeCountAt: place(nodeFields, 'edge_count'),
    nodeTypes: typesIn(meta, 'node_types', typeAt),
    edgeCount: countIn(head, 'edge_count'),
    edgeFieldCount: edgeFields.length,
    edgeTypeAt,
    edgeNameAt: place(edgeFields, 'name_or_index'),
    edgeTargetAt: place(edgeFields, 'to_node'),
    edgeTypes: typesIn(meta, 'edge_types', edgeTypeAt),
  }
}

function recordIn(around: unknown, key: string): unknown {
  const value = valueIn(around, key)
  if (typeof value !== 'object' || value === null) throw new SnapshotFault(`its head has no ${key}`)
  return value
}

function countIn(around: unknown, key: string): number {
  const value = valueIn(around, key)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new SnapshotFault(`its head has no ${key}`)
}

function namesIn(around: unknown, key: string): readonly string[] {
  const value = valueIn(around, key)
  if (!isNames(value) || value.length > MOST_FIELDS) throw new SnapshotFault(`its format has no ${key}`)
  return value
}

/** Types have a list of names where other fields say what they are. */
function typesIn(around: unknown, key: string, at: number): readonly string[] {
  const fields = valueIn(around, key)
  const names: unknown = Array.isArray(fields) ? fields[at] : undefined
  if (!isNames(names) || names.length > MOST_TYPES) throw new SnapshotFault(`its format has no ${key}`)
  return names
}

function valueIn(around: unknown, key: string): unknown {
  if (typeof around !== 'object' || around === null) return undefined
  return Object.entries(around).find(([name]) => name === key)?.[1]
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
}
