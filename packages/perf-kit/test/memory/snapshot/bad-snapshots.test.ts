import { execFileSync } from 'node:child_process'
import { chmod, copyFile, mkdir, open, readFile, symlink } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../../src/errors/index.ts'
import { diffHeapSnapshots, summarizeHeapSnapshot } from '../../../src/memory/index.ts'
import { readSnapshot } from '../../../src/memory/snapshot/read-snapshot.ts'
import { SMALL_NODES, smallSnapshot } from './small-snapshot.ts'
import { takeSnapshots } from './taken-snapshots.ts'
import { TemporaryFolder } from './temporary-folder.ts'

const WHOLE = smallSnapshot()

/** What is said of a file with this content, or nothing when it can be read. */
async function refusal(
  folder: TemporaryFolder,
  content: string | Uint8Array,
  isWhole = true,
): Promise<PerfKitError | undefined> {
  const path = await folder.write('bad.heapsnapshot', content)
  try {
    await readSnapshot(path, { withEdges: isWhole })
    return undefined
  } catch (error) {
    if (error instanceof PerfKitError) return error
    throw error
  }
}

describe('a file that ends too early', () => {
  it('is refused, wherever it ends', async () => {
    await using folder = await TemporaryFolder.create()
    for (let bytes = 0; bytes < WHOLE.length; bytes++) {
      for (const isWhole of [true, false]) {
        const found = await refusal(folder, WHOLE.slice(0, bytes), isWhole)
        expect(found?.code, `after ${bytes} bytes`).toBe('HEAP_SNAPSHOT_INVALID')
      }
    }
    expect(await refusal(folder, WHOLE)).toBeUndefined()
  })

  it('is refused with the part in which it ends, of a real snapshot too', async () => {
    await using folder = await TemporaryFolder.create()
    const [file = ''] = await takeSnapshots(folder, ['real.heapsnapshot'], 10)
    const content = await readFile(file)
    const parts = new Set<string>()
    for (let twentieth = 0; twentieth < 20; twentieth++) {
      const bytes = Math.floor((content.length * twentieth) / 20)
      const found = await refusal(folder, content.subarray(0, bytes), false)
      expect(found?.code, `after ${bytes} bytes`).toBe('HEAP_SNAPSHOT_INVALID')
      parts.add(/it ends within its (\w+), at byte \d+$/.exec(found?.message ?? '')?.[1] ?? '')
    }
    expect([...parts]).toEqual(expect.arrayContaining(['nodes', 'edges', 'strings']))
  })

  it('says where', async () => {
    await using folder = await TemporaryFolder.create()
    const found = await refusal(folder, WHOLE.slice(0, WHOLE.indexOf('"nodes":[') + 20))
    expect(found?.message).toMatch(
      /bad\.heapsnapshot is no whole heap snapshot: it ends within its nodes, at byte \d+$/,
    )
    expect(found?.remedy).toContain('Take the snapshot again')
  })
})

describe('a file that is no snapshot', () => {
  it.each([
    ['is blank', ' \n\n', 'is no heap snapshot'],
    ['is binary', Buffer.from([0, 1, 2, 255, 254, 0]), 'is no heap snapshot'],
    ['is compressed', gzipSync(WHOLE), 'is no heap snapshot'],
    ['is text', 'nodes and edges', 'is no heap snapshot'],
    ['is a list', '[1, 2, 3]', 'is no heap snapshot'],
    ['is an empty object', '{}', 'is JSON, and no heap snapshot'],
    [
      'is another document',
      '{"schema":"perf-kit/run","metrics":[{"a":[1,"]"]}],"ok":true}',
      'is JSON, and no heap snapshot',
    ],
    [
      'is a profile of allocations',
      '{"head":{"callFrame":{},"children":[]},"samples":[]}',
      'is JSON, and no heap snapshot',
    ],
    ['has nodes, and no head', '{"nodes":[1,2,3],"edges":[]}', 'is JSON, and no heap snapshot'],
    ['has a head of its own', '{"snapshot":{"title":"x"},"nodes":[]}', 'its head has no meta'],
    ['only begins like one', '{snapshot', 'it is not written as JSON'],
  ])('is told what it is: it %s', async (_title, content, says) => {
    await using folder = await TemporaryFolder.create()
    const found = await refusal(folder, content)
    expect(found?.code).toBe('HEAP_SNAPSHOT_INVALID')
    expect(found?.message).toContain(says)
  })
})

describe('a snapshot that is damaged', () => {
  const swap = (from: string | RegExp, to: string): string => {
    const text = WHOLE.replace(from, to)
    expect(text).not.toBe(WHOLE)
    return text
  }

  it.each([
    ['has no objects', smallSnapshot([]), 'is a heap snapshot without objects'],
    ['has fewer objects than it tells of', swap(/"node_count":\d+/, '"node_count":12'), 'it has 9 of the 12 objects'],
    ['has more of them', swap(/"node_count":\d+/, '"node_count":3'), 'it has more objects than the 3'],
    [
      'tells of more than there can be',
      swap(/"node_count":\d+/, '"node_count":99999999'),
      'and ends before there can be so many',
    ],
    ['tells of no number', swap(/"node_count":\d+/, '"node_count":-1'), 'its head has no node_count'],
    [
      'has fewer edges than it tells of',
      swap(/"edge_count":\d+,"trace/, '"edge_count":9,"trace'),
      'it has 7 of the 9 edges',
    ],
    ['has a type that is not known', swap('"nodes":[9,', '"nodes":[15,'), 'a type that its format does not know'],
    ['has a name that is not there', swap('"nodes":[9,1,', '"nodes":[9,99,'), 'a name that is not among its strings'],
    [
      'has a number that is too large',
      swap('"nodes":[9,1,1,', '"nodes":[9,1,4294967296,'),
      'a number that is too large',
    ],
    ['has a number that is none', swap('"nodes":[9,', '"nodes":[-9,'), 'something stands where a number has to'],
    ['lacks a number', swap('"nodes":[9,', '"nodes":[,'), 'a number is missing'],
    ['lacks a comma', swap('"nodes":[9,1', '"nodes":[9 1'), 'without a comma'],
    ['has half a row', swap('"nodes":[9,', '"nodes":['), 'its last row is not whole'],
    ['has an edge to nowhere', swap('"edges":[2,', '"edges":[2,2,9999,2,'), 'an edge leads to no object'],
    ['has a field less', swap('"self_size",', ''), 'its format has no self_size'],
    ['has its nodes twice', swap('"samples":[]', '"nodes":[]'), 'it has a section twice'],
    ['has no strings', swap('"strings":', '"texts":'), 'it has no strings'],
    ['has strings that are none', swap('"strings":[', '"strings":[1,'), 'something stands where a string has to'],
    ['goes on behind its end', `${WHOLE}{}`, 'something stands behind its end'],
  ])('is refused with what is wrong: it %s', async (_title, content, says) => {
    await using folder = await TemporaryFolder.create()
    const found = await refusal(folder, content)
    expect(found?.message).toContain(says)
    expect(found?.code).toBe('HEAP_SNAPSHOT_INVALID')
  })

  it('is refused or read, and nothing else, whichever bytes are not what they were', async () => {
    await using folder = await TemporaryFolder.create()
    const bytes = Buffer.from(WHOLE)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(...Buffer.from('0],"\\{}x\0'))), {
          minLength: 1,
          maxLength: 3,
        }),
        async (changes) => {
          const changed = Buffer.from(bytes)
          for (const [at, byte] of changes) changed[at] = byte
          const path = await folder.write('changed.heapsnapshot', changed)
          const outcome = await summarizeHeapSnapshot(path, { withStrings: true }).catch((error: unknown) => error)
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(PerfKitError)
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })
})

describe('files that are no use', () => {
  async function problemOf(files: readonly string[]): Promise<unknown> {
    return await diffHeapSnapshots(files).catch((error: unknown) => error)
  }

  it('are told before any is read: missing, a folder, empty, a pipe', async () => {
    await using folder = await TemporaryFolder.create()
    const good = await folder.write('a.heapsnapshot', WHOLE)
    await mkdir(folder.file('folder'))
    execFileSync('mkfifo', [folder.file('pipe')])
    await folder.write('empty', '')
    for (const [name, code, says] of [
      ['none', 'HEAP_FILE_INVALID', 'none is not there'],
      ['folder', 'HEAP_FILE_INVALID', 'folder is a folder'],
      ['pipe', 'HEAP_FILE_INVALID', 'pipe is no plain file'],
      ['empty', 'HEAP_SNAPSHOT_INVALID', 'empty is empty'],
    ] as const) {
      const problem = await problemOf([good, folder.file(name)])
      expect(problem).toMatchObject({ code, message: `${folder.path}/${says}` })
    }
  })

  it('are told when they are the same, also by another name', async () => {
    await using folder = await TemporaryFolder.create()
    const file = await folder.write('a.heapsnapshot', WHOLE)
    await symlink(file, folder.file('b.heapsnapshot'))
    expect(await problemOf([file, file])).toMatchObject({
      code: 'HEAP_FILE_INVALID',
      message: `${file} is given twice`,
    })
    const other = folder.file('b.heapsnapshot')
    expect(await problemOf([file, other])).toMatchObject({ message: `${other} is the same file as ${file}` })
  })

  it('are told when there is no memory for them, before any of it is taken', async () => {
    await using folder = await TemporaryFolder.create()
    const file = await folder.write('a.heapsnapshot', WHOLE)
    // A file with nothing in it takes no room on the disk, however long it is.
    await using large = await open(folder.file('large.heapsnapshot'), 'w')
    await large.truncate(process.availableMemory() * 4)
    const begin = process.memoryUsage.rss()
    expect(await problemOf([file, folder.file('large.heapsnapshot')])).toMatchObject({
      code: 'HEAP_SNAPSHOT_TOO_LARGE',
      message: expect.stringMatching(
        /large\.heapsnapshot may take \d+\.\d GB of memory to read, of which \d+\.\d GB are/,
      ),
    })
    expect(process.memoryUsage.rss() - begin).toBeLessThan(50e6)
  })

  // Root may read everything.
  it.skipIf(process.getuid?.() === 0)('are told when this user may not read them', async () => {
    await using folder = await TemporaryFolder.create()
    const file = await folder.write('a.heapsnapshot', WHOLE)
    await chmod(file, 0)
    expect(await problemOf([await folder.write('b.heapsnapshot', WHOLE), file])).toMatchObject({
      code: 'HEAP_FILE_INVALID',
      message: `${file} cannot be read (EACCES)`,
    })
  })

  it.each([0, 1, 4])('are told when there are %i of them', async (count) => {
    await using folder = await TemporaryFolder.create()
    const files = await Promise.all(
      Array.from({ length: count }, async (_, index) => await folder.write(`${index}`, WHOLE)),
    )
    expect(await problemOf(files)).toMatchObject({ code: 'HEAP_FILE_INVALID' })
  })

  it('are closed, whatever becomes of them', async () => {
    await using folder = await TemporaryFolder.create()
    const good = await folder.write('a.heapsnapshot', smallSnapshot(SMALL_NODES))
    const bad = await folder.write('b.heapsnapshot', WHOLE.slice(0, 900))
    await copyFile(good, folder.file('c.heapsnapshot'))
    await diffHeapSnapshots([good, folder.file('c.heapsnapshot')])
    await problemOf([good, bad])
    // Linux tells which files a process has open.
    const open = execFileSync('sh', ['-c', `ls -l /proc/${process.pid}/fd`], { encoding: 'utf8' })
    expect(open).not.toContain(folder.path)
  })
})
