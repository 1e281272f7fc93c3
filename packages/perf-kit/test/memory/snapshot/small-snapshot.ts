/** What a test wants on a heap; edges lead to places in the list. */
export interface SmallNode {
  readonly type: string
  readonly name: string
  readonly id: number
  readonly size: number
  readonly edges?: readonly { readonly type: string; readonly name: string | number; readonly to: number }[]
}

export interface SmallFormat {
  readonly nodeFields: readonly string[]
  readonly edgeFields: readonly string[]
}

export const NODE_24_FORMAT: SmallFormat = {
  nodeFields: ['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'],
  edgeFields: ['type', 'name_or_index', 'to_node'],
}

const NODE_TYPES = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'regexp',
  'number',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'object shape',
]
const EDGE_TYPES = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']

/** A registry that keeps two sessions, one of which has a token. */
export const SMALL_NODES: readonly SmallNode[] = [
  { type: 'synthetic', name: '', id: 1, size: 0, edges: [{ type: 'property', name: 'registry', to: 1 }] },
  { type: 'object', name: 'Registry', id: 3, size: 24, edges: [{ type: 'property', name: 'sessions', to: 2 }] },
  { type: 'object', name: 'Map', id: 5, size: 32, edges: [{ type: 'internal', name: 'table', to: 3 }] },
  {
    type: 'array',
    name: '(object elements)',
    id: 7,
    size: 100,
    edges: [
      { type: 'element', name: 0, to: 4 },
      { type: 'element', name: 1, to: 5 },
    ],
  },
  { type: 'object', name: 'Session', id: 9, size: 40, edges: [{ type: 'property', name: 'token', to: 6 }] },
  { type: 'object', name: 'Session', id: 11, size: 40, edges: [{ type: 'weak', name: 'peer', to: 4 }] },
  { type: 'string', name: 'secret "é" \\ 𝄞\n', id: 13, size: 56 },
  { type: 'closure', name: 'onRequest', id: 15, size: 64 },
  { type: 'code', name: 'onRequest', id: 17, size: 200 },
]

/** A snapshot as V8 would write it, in a format of ours. */
export function smallSnapshot(
  nodes: readonly SmallNode[] = SMALL_NODES,
  { nodeFields, edgeFields }: SmallFormat = NODE_24_FORMAT,
): string {
  const strings = ['<dummy>']
  const stringOf = (text: string): number => {
    const known = strings.indexOf(text)
    return known === -1 ? strings.push(text) - 1 : known
  }
  const edges = nodes.flatMap((node) => node.edges ?? [])
  const nodeRows = nodes.map(({ type, name, id, size, edges: own = [] }) => {
    const values = { type: NODE_TYPES.indexOf(type), name: stringOf(name), id, self_size: size, edge_count: own.length }
    return nodeFields.map((field) => Object.entries(values).find(([key]) => key === field)?.[1] ?? 0)
  })
  const edgeRows = edges.map(({ type, name, to }) => {
    const values = {
      type: EDGE_TYPES.indexOf(type),
      name_or_index: typeof name === 'number' ? name : stringOf(name),
      to_node: to * nodeFields.length,
    }
    return edgeFields.map((field) => Object.entries(values).find(([key]) => key === field)?.[1] ?? 0)
  })
  const typesOf = (fields: readonly string[], types: readonly string[]): unknown[] =>
    fields.map((field) => (field === 'type' ? types : 'number'))
  const head = {
    meta: {
      node_fields: nodeFields,
      node_types: typesOf(nodeFields, NODE_TYPES),
      edge_fields: edgeFields,
      edge_types: typesOf(edgeFields, EDGE_TYPES),
      trace_function_info_fields: ['function_id', 'name'],
    },
    node_count: nodes.length,
    edge_count: edges.length,
    trace_function_count: 0,
  }
  return [
    `{"snapshot":${JSON.stringify(head)},\n"nodes":[${nodeRows.join('\n,')}],\n"edges":[${edgeRows.join('\n,')}],`,
    `"trace_function_infos":[],\n"trace_tree":[1,["]",[2]],{"}":3}],\n"samples":[],\n"locations":[0,1,2,3],`,
    `"strings":[${strings.map(asV8Writes).join(',\n')}]}`,
  ].join('\n')
}

/** V8 writes nothing but ASCII. */
function asV8Writes(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
