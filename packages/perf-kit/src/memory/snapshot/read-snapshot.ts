import { availableMemoryBytes } from './available-memory.ts'
import { ByteSource } from './byte-source.ts'
import { EdgeColumns } from './edge-columns.ts'
import { IntegerRows } from './integer-rows.ts'
import { CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts'
import { ListSkipper } from './list-skipper.ts'
import { NodeColumns } from './node-columns.ts'
import { damagedSnapshot, noSnapshot, SnapshotFault, tooLarge } from './snapshot-fault.ts'
import { openSnapshot, unreadable } from './snapshot-file.ts'
import { layoutOf, type SnapshotLayout } from './snapshot-layout.ts'
import { StringTable } from './string-table.ts'
import { ValueScanner } from './value-scanner.ts'

/** Objects of these types have a class of their own name; what others are called is what they hold. */
export const NAMED_TYPES: ReadonlySet<string> = new Set(['object', 'native', 'closure'])

/** Small enough for a processor's cache. */
const PIECE_BYTES = 2 ** 20
/** V8 writes about 2 kB. */
const MOST_HEAD_BYTES = 2 ** 20
const MOST_KEY_BYTES = 2 ** 10
/** `0,` */
const LEAST_NUMBER_BYTES = 2

export interface SnapshotReading {
  /** keep all strings, and not only the names of classes */
  readonly withStrings?: boolean
  /** keep edges, and all strings, which name them */
  readonly withEdges?: boolean
  /** how much is read at once */
  readonly pieceBytes?: number
}

/** A heap snapshot as columns of numbers. */
export interface HeapSnapshot {
  readonly file: string
  readonly layout: SnapshotLayout
  readonly nodes: NodeColumns
  /** without rows unless they were asked for */
  readonly edges: EdgeColumns
  /** the names of classes, or all of them */
  readonly strings: StringTable
}

/**
 * Read a heap snapshot of V8 (.heapsnapshot), piece by piece: neither the file nor its JSON is ever in memory as a whole. What stands
 * where is taken from the file's own description, so that files of several versions of Node can be read.
 *
 * @throws {PerfKitError} `HEAP_FILE_INVALID` when it cannot be read, `HEAP_SNAPSHOT_INVALID` when it is none, or not whole,
 * `HEAP_SNAPSHOT_TOO_LARGE`
 */
export async function readSnapshot(path: string, reading: SnapshotReading = {}): Promise<HeapSnapshot> {
  const handle = await openSnapshot(path)
  const { size: sizeBytes } = await handle.stat()
  const source = new ByteSource(handle, Math.max(1, Math.min(reading.pieceBytes ?? PIECE_BYTES, sizeBytes)))
  try {
    if ((await source.peek()) !== OPEN_BRACE) throw noSnapshot(path, 'is no heap snapshot')
    return await new SnapshotReader({ path, sizeBytes }, source, reading).read()
  } catch (error) {
    if (error instanceof SnapshotFault) throw damagedSnapshot(path, error, source.positionBytes)
    if (isOutOfMemory(error)) throw tooLarge(path, sizeBytes, await availableMemoryBytes(), error)
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error
  } finally {
    await source.stop()
    await handle.close()
  }
}

/** Memory that the system has not, or arrays beyond what V8 allows; any other `RangeError` is a fault of ours. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message)
}

/** As it was when it was opened: somebody may still be writing it. */
interface OpenFile {
  readonly path: string
  readonly sizeBytes: number
}

class SnapshotReader {
  readonly #file: OpenFile
  readonly #source: ByteSource
  readonly #withEdges: boolean
  readonly #withStrings: boolean
  #layout: SnapshotLayout | undefined
  #nodes: NodeColumns | undefined
  #edges: EdgeColumns | undefined
  #strings: StringTable | undefined

  constructor(file: OpenFile, source: ByteSource, { withEdges = false, withStrings = withEdges }: SnapshotReading) {
    this.#file = file
    this.#source = source
    this.#withEdges = withEdges
    this.#withStrings = withStrings || withEdges
  }

  async read(): Promise<HeapSnapshot> {
    await this.#sections()
    if ((await this.#source.peek()) !== -1) throw new SnapshotFault('something stands behind its end')
    const layout = this.#layout
    if (layout === undefined) throw noSnapshot(this.#file.path, 'is JSON, and no heap snapshot')
    const nodes = present(this.#nodes, 'nodes')
    const strings = present(this.#strings, 'strings')
    const edges = present(this.#edges, 'edges')
    if (nodes.count === 0) throw noSnapshot(this.#file.path, 'is a heap snapshot without objects')
    if (nodes.count !== layout.nodeCount) {
      throw new SnapshotFault(`it has ${nodes.count} of the ${layout.nodeCount} objects that it tells of`)
    }
    if (nodes.mostName >= strings.count) throw new SnapshotFault('an object has a name that is not among its strings')
    if (this.#withEdges) edges.checkAgainst(nodes)
    return { file: this.#file.path, layout, nodes, edges, strings }
  }

  async #sections(): Promise<void> {
    await this.#expect(OPEN_BRACE)
    if ((await this.#source.peek()) === CLOSE_BRACE) {
      await this.#source.take()
      return
    }
    for (;;) {
      const key = await this.#key()
      await this.#expect(COLON)
      await this.#section(key)
      const byte = await this.#source.take()
      if (byte === CLOSE_BRACE) return
      if (byte !== COMMA) throw new SnapshotFault('it is not written as JSON')
    }
  }

  async #section(key: string): Promise<void> {
    if (key === 'snapshot') this.#layout = layoutOf(await this.#kept(MOST_HEAD_BYTES, 'head'))
    else if (key === 'nodes') await this.#readNodes()
    else if (key === 'edges') await this.#readEdges()
    else if (key === 'strings') await this.#readStrings()
    else await this.#source.feed(new ValueScanner(), `"${key}"`)
  }

  async #readNodes(): Promise<void> {
    const layout = this.#beginOf(this.#nodes)
    const { nodeCount, nodeFieldCount } = layout
    // Before memory is taken for them.
    if (nodeCount * nodeFieldCount * LEAST_NUMBER_BYTES > this.#file.sizeBytes) {
      throw new SnapshotFault(`it tells of ${nodeCount} objects, and ends before there can be so many`)
    }
    this.#nodes = new NodeColumns(layout, this.#withEdges)
    await this.#list(new IntegerRows(nodeFieldCount, this.#nodes), 'nodes')
  }

  async #readEdges(): Promise<void> {
    const layout = this.#beginOf(this.#edges)
    const { edgeCount, edgeFieldCount } = layout
    if (this.#withEdges && edgeCount * edgeFieldCount * LEAST_NUMBER_BYTES > this.#file.sizeBytes) {
      throw new SnapshotFault(`it tells of ${edgeCount} edges, and ends before there can be so many`)
    }
    this.#edges = new EdgeColumns(layout, this.#withEdges)
    await this.#list(this.#withEdges ? new IntegerRows(edgeFieldCount, this.#edges) : new ListSkipper(), 'edges')
  }

  async #readStrings(): Promise<void> {
    const { nodeTypes } = this.#beginOf(this.#strings)
    const named = new Set(nodeTypes.flatMap((type, number) => (NAMED_TYPES.has(type) ? number : [])))
    // No version of V8 writes strings before what they name; whoever does has all of them kept.
    const wanted = this.#withStrings ? undefined : this.#nodes?.namesOf(named)
    this.#strings = new StringTable(this.#file.sizeBytes - this.#source.positionBytes, wanted)
    await this.#list(this.#strings, 'strings')
  }

  /** A section that comes once, and behind the head. */
  #beginOf(before: unknown): SnapshotLayout {
    if (before !== undefined) throw new SnapshotFault('it has a section twice')
    if (this.#layout === undefined) throw noSnapshot(this.#file.path, 'is JSON, and no heap snapshot')
    return this.#layout
  }

  async #list(scanner: IntegerRows | ListSkipper | StringTable, what: string): Promise<void> {
    await this.#expect(OPEN_BRACKET)
    await this.#source.feed(scanner, what)
  }

  async #key(): Promise<string> {
    if ((await this.#source.peek()) !== QUOTE) throw new SnapshotFault('it is not written as JSON')
    return String(await this.#kept(MOST_KEY_BYTES, 'names'))
  }

  async #kept(mostBytes: number, what: string): Promise<unknown> {
    const scanner = new ValueScanner(mostBytes)
    await this.#source.feed(scanner, what)
    return scanner.value()
  }

  async #expect(byte: number): Promise<void> {
    if ((await this.#source.take()) !== byte) throw new SnapshotFault('it is not written as JSON')
  }
}

function present<Section>(section: Section | undefined, what: string): Section {
  if (section === undefined) throw new SnapshotFault(`it has no ${what}`)
  return section
}
