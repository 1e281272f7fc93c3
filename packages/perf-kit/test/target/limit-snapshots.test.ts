import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TargetProcess } from '../../src/target/index.ts'
import { leftSnapshots } from '../../src/target/limit-snapshots.ts'
import { script } from './agent/agent-target.ts'
import { crashing, endOf, smallHeap, startCrashing } from './crashing-target.ts'

/** A snapshot of it takes a second. */
const TINY_MIB = 12
const NONE: ReadonlySet<string> = new Set()
const NAME = 'Heap.20260102.030405.17.0.001.heapsnapshot'

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

describe('a target that comes to its heap limit', () => {
  it('leaves what lay on its heap in the folder that was given, for its owner alone', async () => {
    await using place = await folder()
    const snapshotAtLimit = join(place.path, 'with a blank', '"quoted"')
    const command = smallHeap(crashing('out of heap'), TINY_MIB)
    await using target = await startCrashing('out of heap', { command, agent: true, snapshotAtLimit })
    expect(await endOf(target)).toMatchObject({ kind: 'out of heap' })
    const [snapshot, ...others] = await target.limitSnapshots()
    expect(others).toEqual([])
    expect(snapshot).toMatchObject({ isWhole: true })
    const path = snapshot?.path ?? ''
    expect(dirname(path)).toBe(snapshotAtLimit)
    expect(await modeOf(path)).toBe(0o600)
    expect(await modeOf(snapshotAtLimit)).toBe(0o700)
    expect(JSON.parse(await readFile(path, 'utf8'))).toHaveProperty('snapshot.meta')
  })

  it('is found out when it does so because its own flags say so', async () => {
    await using place = await folder()
    const [node = '', ...rest] = smallHeap(crashing('out of heap'), TINY_MIB)
    const command = [node, '--heapsnapshot-near-heap-limit=1', ...rest]
    await using target = await startCrashing('out of heap', { command, cwd: place.path })
    await endOf(target)
    const [snapshot] = await target.limitSnapshots()
    expect(snapshot).toMatchObject({ isWhole: true })
    expect(dirname(snapshot?.path ?? '')).toBe(place.path)
    expect(await modeOf(snapshot?.path ?? '')).toBe(0o600)
  })

  it.skipIf(process.platform === 'win32')(
    'may end while it is written: what is there is known not to be whole',
    async () => {
      await using place = await folder()
      const words = smallHeap(crashing('out of heap'), TINY_MIB).map((word) => `'${word.replaceAll("'", `'"'"'`)}'`)
      // Of what it writes the system takes no more than 256 kB: it ends there, or goes on without.
      const command = ['sh', '-c', `ulimit -f 500; exec ${words.join(' ')}`]
      await using target = await startCrashing('out of heap', { command, snapshotAtLimit: place.path })
      await endOf(target)
      const [snapshot] = await target.limitSnapshots()
      expect(snapshot).toMatchObject({ isWhole: false })
      expect(snapshot?.bytes).toBeLessThanOrEqual(512_000)
    },
  )

  it('is not ended while it writes one: that is waited for', async () => {
    await using place = await folder()
    const path = join(place.path, NAME)
    // A target that writes for as long as we look, as V8 does with a large heap.
    const writes = `const { appendFileSync, writeFileSync } = require('node:fs'); const path = ${JSON.stringify(path)}
      writeFileSync(path, '{'); const looks = setInterval(() => appendFileSync(path, '"a",'), 20)
      process.once('SIGUSR2', () => { clearInterval(looks); appendFileSync(path, '}') })`
    const source = crashing('quiet exit').replace('process.exit(0)', writes)
    await using target = await startCrashing('quiet exit', { command: script(source), snapshotAtLimit: place.path })
    await fetch(new URL('/end', target.url))
    await expect.poll(() => target.limitSnapshots()).toMatchObject([{ path, isWhole: false }])
    const snapshots = await target.writtenSnapshots(() => process.kill(target.pid, 'SIGUSR2'))
    expect(snapshots).toMatchObject([{ path, isWhole: true }])
    expect(target.hasEnded).toBe(false)
  })

  it('is told where it wrote one when it did so before it was ready', async () => {
    await using place = await folder()
    const source = 'const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })))'
    const started = TargetProcess.start({
      command: smallHeap(source, TINY_MIB),
      ready: { log: /never/ },
      snapshotAtLimit: place.path,
    })
    await expect(started).rejects.toThrow(`what lay on its heap is in ${place.path}`)
  })

  it('leaves nothing when it was not asked to', async () => {
    await using target = await startCrashing('exit')
    await endOf(target)
    expect(await target.limitSnapshots()).toEqual([])
  })
})

describe('snapshots that a target has left', () => {
  it('are those that are new in its folder', async () => {
    await using place = await folder()
    const [old, young] = [join(place.path, NAME), join(place.path, NAME.replace('001', '002'))]
    await writeFile(old, '{}')
    await writeFile(young, '{"strings":[]}\n', { mode: 0o644 })
    expect(await leftSnapshots('', place.path, new Set([old]))).toEqual([{ path: young, bytes: 15, isWhole: true }])
    expect(await modeOf(young)).toBe(0o600)
  })

  it('are looked at before what it says is believed: other files and links are left as they are', async () => {
    await using place = await folder()
    const [other, link] = [join(place.path, 'mine.heapsnapshot'), join(place.path, NAME)]
    await writeFile(other, '{}', { mode: 0o644 })
    await symlink(other, link)
    const said = [other, link, join(place.path, `nowhere/${NAME}`)].map((path) => `Wrote snapshot to ${path}`)
    expect(await leftSnapshots(said.join('\n'), undefined, NONE)).toEqual([])
    expect(await modeOf(other)).toBe(0o644)
  })

  it('are none where its folder is gone', async () => {
    expect(await leftSnapshots('', '/nowhere/at/all', NONE)).toEqual([])
  })
})

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'perf-kit-snapshots-'))
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) }
}
