import { beforeAll, describe, expect, it } from 'vitest'
import { classKey, summaryOf } from '../../../src/memory/snapshot/heap-classes.ts'
import { type HeapSnapshot, readSnapshot, type SnapshotReading } from '../../../src/memory/snapshot/read-snapshot.ts'
import { type ParsedSnapshot, parseSnapshot } from './parsed-snapshot.ts'
import { NODE_24_FORMAT, SMALL_NODES, type SmallFormat, smallSnapshot } from './small-snapshot.ts'
import { takeSnapshots } from './taken-snapshots.ts'
import { TemporaryFolder } from './temporary-folder.ts'

async function readText(text: string, reading?: SnapshotReading): Promise<HeapSnapshot> {
  await using folder = await TemporaryFolder.create()
  return await readSnapshot(await folder.write('small.heapsnapshot', text), reading)
}

/** All that is known of a snapshot, to compare. */
function toldOf({ nodes, edges, strings, ...snapshot }: HeapSnapshot): object {
  return {
    ids: [...nodes.ids],
    types: [...nodes.types],
    names: [...nodes.names],
    sizes: [...nodes.ids.keys()].map((index) => nodes.selfBytes(index)),
    edges: { types: [...edges.types], names: [...edges.names], targets: [...edges.targets] },
    strings: strings.count,
    classes: summaryOf({ ...snapshot, nodes, edges, strings }).classes,
  }
}

describe('a snapshot that a process of this Node has taken', () => {
  let expected: ParsedSnapshot
  let whole: HeapSnapshot
  let classesOnly: HeapSnapshot
  let inPieces: HeapSnapshot

  beforeAll(async () => {
    await using folder = await TemporaryFolder.create()
    const [file = ''] = await takeSnapshots(folder, ['real.heapsnapshot'], 500)
    expected = await parseSnapshot(file)
    whole = await readSnapshot(file, { withEdges: true })
    classesOnly = await readSnapshot(file)
    inPieces = await readSnapshot(file, { pieceBytes: 997 })
  })

  it('has the objects that JSON.parse finds in it', () => {
    expect(whole.nodes.count).toBeGreaterThan(20_000)
    expect([...whole.nodes.ids]).toEqual(expected.ids)
  })

  it.each([
    ['read whole', () => whole],
    ['read for its classes', () => classesOnly],
    ['read in small pieces', () => inPieces],
  ] as const)('has its classes, with counts and sizes, %s', (_title, snapshot) => {
    const { classes, count, selfBytes } = summaryOf(snapshot())
    const found = new Map(classes.map((each) => [classKey(each), { count: each.count, selfBytes: each.selfBytes }]))
    expect(found).toEqual(expected.classes)
    expect(found.get('object Session')?.count).toBe(500)
    expect(count).toBe(expected.ids.length)
    expect(selfBytes).toBe([...expected.classes.values()].reduce((sum, each) => sum + each.selfBytes, 0))
  })

  it('has its edges and all strings, read whole', () => {
    const { edges, layout, strings } = whole
    const found = Array.from(edges.types, (type, index) => ({
      type: layout.edgeTypes[type],
      target: edges.targets[index],
    }))
    expect(found).toEqual(expected.edges)
    expect(Array.from({ length: strings.count }, (_, index) => strings.text(index))).toEqual(expected.texts)
  })

  it('leaves strings that name no class out of memory, read for its classes', () => {
    const token = expected.texts.findIndex((text) => text.startsWith('secret-'))
    expect(token).toBeGreaterThan(0)
    expect(whole.strings.text(token)).toMatch(/^secret-/)
    expect(() => classesOnly.strings.text(token)).toThrow('was not kept')
  })
})

describe('a snapshot in pieces', () => {
  it('is the same, however long they are', async () => {
    const text = smallSnapshot()
    const expected = toldOf(await readText(text, { withEdges: true }))
    for (let pieceBytes = 1; pieceBytes < 40; pieceBytes++) {
      expect(toldOf(await readText(text, { withEdges: true, pieceBytes })), `pieces of ${pieceBytes}`).toEqual(expected)
      expect(summaryOf(await readText(text, { pieceBytes })).classes).toHaveLength(8)
    }
  })
})

describe('formats', () => {
  const formats: readonly (readonly [string, SmallFormat])[] = [
    [
      'of Node 22',
      {
        ...NODE_24_FORMAT,
        nodeFields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
      },
    ],
    ['without what came later', { ...NODE_24_FORMAT, nodeFields: NODE_24_FORMAT.nodeFields.slice(0, 5) }],
    [
      'with fields that nobody knows yet, and in another order',
      {
        nodeFields: ['news', 'edge_count', 'self_size', 'script_id', 'id', 'name', 'type'],
        edgeFields: ['to_node', 'news', 'name_or_index', 'type'],
      },
    ],
  ]
  it.each(formats)('are read by their own description: %s', async (_title, format) => {
    const expected = toldOf(await readText(smallSnapshot(), { withEdges: true }))
    expect(toldOf(await readText(smallSnapshot(SMALL_NODES, format), { withEdges: true }))).toEqual(expected)
  })

  it('may have white space wherever JSON may', async () => {
    const spacious = JSON.stringify(JSON.parse(smallSnapshot()), undefined, 4)
    const expected = toldOf(await readText(smallSnapshot(), { withEdges: true }))
    expect(toldOf(await readText(` \n${spacious}\r\n\t`, { withEdges: true }))).toEqual(expected)
  })
})

describe('what is told of objects', () => {
  it('has texts as they were, whatever they are made of', async () => {
    const { strings } = await readText(smallSnapshot(), { withEdges: true })
    const texts = Array.from({ length: strings.count }, (_, index) => strings.text(index))
    expect(texts).toContain('secret "é" \\ 𝄞\n')
  })

  it('has sizes beyond 4 GiB', async () => {
    const size = 5 * 2 ** 30
    const nodes = [...SMALL_NODES, { type: 'native', name: 'system / JSArrayBufferData', id: 19, size }]
    const [largest] = summaryOf(await readText(smallSnapshot(nodes))).classes
    expect(largest).toEqual({ type: 'native', name: 'system / JSArrayBufferData', count: 1, selfBytes: size })
  })

  it('keeps classes of one name apart by type, and functions whose names are data together', async () => {
    const nodes = [
      ...SMALL_NODES,
      { type: 'native', name: 'Session', id: 2 ** 32 - 2, size: 8 },
      { type: 'closure', name: 'bearer-4711', id: 21, size: 32 },
      { type: 'closure', name: '', id: 23, size: 32 },
    ]
    const { classes } = summaryOf(await readText(smallSnapshot(nodes)))
    const counts = Object.fromEntries(classes.map((each) => [classKey(each), each.count]))
    expect(counts).toMatchObject({
      'object Session': 2,
      'native Session': 1,
      'closure (closure)': 2,
      'closure (closure) onRequest': 1,
      'code (compiled code)': 1,
      'string (string)': 1,
    })
  })
})
