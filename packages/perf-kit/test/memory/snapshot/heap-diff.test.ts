import { beforeAll, describe, expect, it } from 'vitest'
import { diffHeapSnapshots, type HeapDiff, leakingClasses, summarizeHeapSnapshot } from '../../../src/memory/index.ts'
import { SMALL_NODES, type SmallNode, smallSnapshot } from './small-snapshot.ts'
import { TOKEN, takeSnapshots } from './taken-snapshots.ts'
import { TemporaryFolder } from './temporary-folder.ts'

const REQUESTS = 613
const NAMES = ['a.heapsnapshot', 'b.heapsnapshot', 'c.heapsnapshot']

describe('snapshots of one process', () => {
  let folder: TemporaryFolder
  let files: readonly string[]
  let found: HeapDiff

  beforeAll(async () => {
    folder = await TemporaryFolder.create()
    files = await takeSnapshots(folder, NAMES, REQUESTS)
    found = await diffHeapSnapshots(files, { requests: REQUESTS, withPaths: true })
    return async () => await folder[Symbol.asyncDispose]()
  })

  const problemOf = async (paths: readonly (string | undefined)[]): Promise<unknown> =>
    await diffHeapSnapshots(paths.map(String)).catch((error: unknown) => error)

  it('tell what each request leaves behind, and what else grew', () => {
    const leaking = leakingClasses(found)
    const session = leaking.find(({ name }) => name === 'Session')
    const counts = [1, 2, 3].map((times) => times * REQUESTS)
    expect(session).toMatchObject({
      type: 'object',
      leak: { perRequest: 1, fit: 'exact' },
      growsEachStep: true,
      counts,
    })
    // Fifty of them are kept, and new ones come all the time.
    expect(leaking.map(({ name }) => name)).not.toContain('Object')
  })

  it('tell what keeps the new objects, by classes and properties', () => {
    const path = found.paths?.find(({ name }) => name === 'Session')
    expect(path).toMatchObject({ type: 'object', sampled: 200, count: 200 })
    expect(path?.path.join(' ')).toMatch(/\.registry Registry\.sessions Map\.table \(array\)\[\] Session$/)
  })

  it('tell no string of the heap unless they are asked', async () => {
    expect(JSON.stringify(found)).not.toMatch(TOKEN)
    const { newStrings } = await diffHeapSnapshots(files.slice(0, 2), { withStrings: true })
    expect(newStrings?.length).toBeGreaterThan(0)
    expect(JSON.stringify(newStrings)).toMatch(TOKEN)
  })

  it('are refused in the wrong order', async () => {
    expect(await problemOf([files[1], files[0]])).toMatchObject({
      code: 'HEAP_SNAPSHOTS_UNRELATED',
      message: `${files[0]} was taken before ${files[1]}`,
    })
  })

  it.each([
    ['that has done the same', REQUESTS],
    ['that has done more', 2 * REQUESTS],
  ])('are refused together with those of another process, %s', async (_title, requests) => {
    await using elsewhere = await TemporaryFolder.create()
    const others = await takeSnapshots(elsewhere, ['x.heapsnapshot', 'y.heapsnapshot'], requests)
    for (const mixed of [
      [files[0], others[0]],
      [files[0], files[1], others[1]],
    ]) {
      expect(await problemOf(mixed)).toMatchObject({
        code: 'HEAP_SNAPSHOTS_UNRELATED',
        message: expect.stringContaining('are of different processes'),
      })
    }
  })

  it('are refused when an inspector took them that left in between', async () => {
    await using elsewhere = await TemporaryFolder.create()
    const files = await takeSnapshots(elsewhere, ['i.heapsnapshot', 'j.heapsnapshot'], REQUESTS, 'inspector')
    expect(await problemOf(files)).toMatchObject({ code: 'HEAP_SNAPSHOTS_UNRELATED' })
  })
})

describe('paths', () => {
  /** Ids of a second snapshot go on where those of the first one ended. */
  const more = (count: number, owner: Partial<SmallNode>): readonly SmallNode[] => {
    const sessions = Array.from({ length: count }, (_, index) => ({
      type: 'object',
      name: 'Session',
      id: 101 + 2 * index,
      size: 40,
    }))
    const edges = sessions.map((_, index) => ({
      type: 'property',
      name: `k${index}`,
      to: SMALL_NODES.length + 1 + index,
    }))
    const [root, registry, ...others] = SMALL_NODES
    if (root === undefined || registry === undefined) throw new Error('there is no registry')
    const store = { type: 'object', name: 'Store', id: 99, size: 40, edges, ...owner }
    const toStore = { type: 'property', name: 'store', to: SMALL_NODES.length }
    const holding = { ...registry, edges: [...(registry.edges ?? []), toStore] }
    return [root, holding, ...others, store, ...sessions]
  }

  async function pathOf(nodes: readonly SmallNode[], withStrings = false): Promise<string | undefined> {
    await using folder = await TemporaryFolder.create()
    const files = [
      await folder.write('a.heapsnapshot', smallSnapshot()),
      await folder.write('b.heapsnapshot', smallSnapshot(nodes)),
    ]
    const { paths } = await diffHeapSnapshots(files, { withPaths: true, withStrings })
    return paths?.find(({ name }) => name === 'Session')?.path.join(' ')
  }

  const named = (name: string): Partial<SmallNode> => ({
    edges: [{ type: 'property', name, to: SMALL_NODES.length + 1 }],
  })

  it('name a property', async () => {
    expect(await pathOf(more(1, {}))).toBe('Registry.store Store.k0 Session')
  })

  it.each([2, 150])(
    'do not name the keys of an object that is used as a map, of %i entries: they may be tokens',
    async (count) => {
      expect(await pathOf(more(count, {}))).toBe('Registry.store Store[…] Session')
    },
  )

  it.each([
    'bearer 4711',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'k1f5ac0e7',
    'aQrsWTbnEerfKuFFdHspsEvAplQsvNerlkvm',
  ])('do not name what is no name, or made by chance: %s', async (name) => {
    expect(await pathOf(more(1, named(name)))).toBe('Registry.store Store[…] Session')
  })

  it('name variables of the program, however many there are', async () => {
    const edges = Array.from({ length: 120 }, () => ({ type: 'property', name: 'current', to: SMALL_NODES.length + 1 }))
    expect(await pathOf(more(1, { name: 'global (global*)', edges }))).toMatch(/ global \(global\*\)\.current Session$/)
  })

  it('name all of them when strings are asked for', async () => {
    expect(await pathOf(more(150, {}), true)).toMatch(/^Registry\.store Store\.k\d+ Session$/)
    expect(await pathOf(more(1, named('bearer 4711')), true)).toBe('Registry.store Store["bearer 4711"] Session')
  })

  it('are short where a list is long, and the same for all that is in it', async () => {
    const [root, registry, ...others] = SMALL_NODES
    if (root === undefined || registry === undefined) throw new Error('there is no registry')
    const first = SMALL_NODES.length
    const links = Array.from({ length: 5_000 }, (_, index) => ({
      type: 'object',
      name: 'Session',
      id: 101 + 2 * index,
      size: 40,
      edges: index < 4_999 ? [{ type: 'property', name: 'next', to: first + index + 1 }] : [],
    }))
    const holding = { ...registry, edges: [...(registry.edges ?? []), { type: 'property', name: 'last', to: first }] }
    expect(await pathOf([root, holding, ...others, ...links])).toBe('Registry.last Session.next … Session')
  })

  it('are none of what only weak references reach', async () => {
    const edges = [{ type: 'weak', name: 'peer', to: SMALL_NODES.length + 1 }]
    expect(await pathOf(more(1, { edges }))).toBeUndefined()
  })
})

describe('one snapshot', () => {
  it('is counted by class, and has its largest strings when they are asked for', async () => {
    await using folder = await TemporaryFolder.create()
    const file = await folder.write('a.heapsnapshot', smallSnapshot())
    const { strings, classes } = await summarizeHeapSnapshot(file, { withStrings: true })
    expect(classes[0]).toEqual({ type: 'code', name: '(compiled code)', count: 1, selfBytes: 200 })
    expect(strings).toEqual([{ text: 'secret "é" \\ 𝄞\n', count: 1, selfBytes: 56 }])
    expect(await summarizeHeapSnapshot(file)).not.toHaveProperty('strings')
  })
})
