import { readFile } from 'node:fs/promises'

/** The same by way of JSON.parse, and in the plainest way: what ours is held against. */
export interface ParsedSnapshot {
  readonly ids: readonly number[]
  /** count and bytes by type and name as DevTools groups them; functions by name as well */
  readonly classes: ReadonlyMap<string, { readonly count: number; readonly selfBytes: number }>
  readonly edges: readonly { readonly type: string; readonly target: number }[]
  readonly texts: readonly string[]
}

export async function parseSnapshot(file: string): Promise<ParsedSnapshot> {
  const { snapshot, nodes, edges, strings } = JSON.parse(await readFile(file, 'utf8'))
  const { node_fields: fields, node_types: types, edge_fields: edgeFields, edge_types: edgeTypes } = snapshot.meta
  const rows = (list: readonly number[], names: readonly string[]): Record<string, number>[] =>
    Array.from({ length: list.length / names.length }, (_, row) =>
      Object.fromEntries(names.map((name, field) => [name, list[row * names.length + field] ?? Number.NaN])),
    )
  const objects = rows(nodes, fields)
  const classes = new Map<string, { count: number; selfBytes: number }>()
  for (const object of objects) {
    const type: string = types[0][object['type'] ?? Number.NaN]
    const key = `${type} ${groupOf(type, strings[object['name'] ?? Number.NaN])}`
    const sums = classes.get(key) ?? { count: 0, selfBytes: 0 }
    sums.count += 1
    sums.selfBytes += object['self_size'] ?? Number.NaN
    classes.set(key, sums)
  }
  return {
    ids: objects.map((object) => object['id'] ?? Number.NaN),
    classes,
    edges: rows(edges, edgeFields).map((edge) => ({
      type: edgeTypes[0][edge['type'] ?? Number.NaN],
      target: (edge['to_node'] ?? Number.NaN) / fields.length,
    })),
    texts: strings,
  }
}

function groupOf(type: string, name: string): string {
  switch (type) {
    case 'object':
    case 'native':
      return name
    case 'closure':
      return /^((get|set|bound) )*#?[\p{L}$_][\p{L}\p{N}$_]*$/u.test(name) ? `(closure) ${name}` : '(closure)'
    case 'hidden':
      return '(system)'
    case 'code':
      return '(compiled code)'
    default:
      return `(${type})`
  }
}
