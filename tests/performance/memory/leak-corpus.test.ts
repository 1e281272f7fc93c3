import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LoadGenerator } from '@gw/perf-kit'
import { describe, expect, it } from 'vitest'
import { readRecords } from '../../../benches/peers/leak-corpus/records.ts'
import { summarise } from '../../../benches/peers/leak-corpus/summary.ts'
import { renderResult } from '../../../benches/peers/render-result.ts'
import { TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'
import { CORPUS, type CorpusCase } from '../fixtures/leaks/corpus.ts'
import { loadOf } from '../fixtures/leaks/drive.ts'
import { HEALTHY } from '../fixtures/leaks/healthy.ts'
import { keepTimes, keptBy } from '../fixtures/leaks/kept.ts'

const SHORT_NS = 0.4e9
/** Enough for all keys of the slowest warm-up to have come, but for one or two. */
const MANY = 200_000
/** What a process does besides is a few kB. */
const SOME = 20_000
const BYTES = 1_024
/** Time lets go of these, and not their number. */
const BY_TIME: ReadonlySet<string> = new Set(['bursts', 'rareBursts', 'sessions', 'pool'])
const NUMBERED = Object.keys(HEALTHY).filter((kind) => !BY_TIME.has(kind))

const ofPackages = CORPUS.filter(({ tellsKept }) => !tellsKept)

// Most of their time is waiting for processes; none of them measures any.
describe.concurrent('the leak corpus, by counting and without a verdict', () => {
  it.each(['object', 'string', 'closure', 'listener', 'processListener', 'timer', 'promise'])(
    'a server that leaks by %s keeps as many bytes of each request as it says',
    async (kind) => {
      await using target = await startSeeded(kind, BYTES)
      const { heapUsed } = await growth(target.url, SOME)
      expect(Math.abs(heapUsed / BYTES - 1)).toBeLessThan(0.05)
    },
  )

  it('of less than one thing takes, it keeps one for several requests', async () => {
    await using target = await startSeeded('timer', 64)
    const { heapUsed } = await growth(target.url, SOME)
    expect(Math.abs(heapUsed / 64 - 1)).toBeLessThan(0.15)
  })

  it('one that leaks Buffers keeps as many bytes outside of the heap', async () => {
    await using target = await startSeeded('buffer', BYTES)
    const { arrayBuffers, heapUsed } = await growth(target.url, SOME)
    expect(Math.abs(arrayBuffers / BYTES - 1)).toBeLessThan(0.05)
    expect(heapUsed).toBeLessThan(BYTES / 8)
  })

  it('one that leaks sockets keeps both ends of a connection of each request', async () => {
    await using target = await startSeeded('socket', 1)
    const url = target.url ?? ''
    const before = await keptBy(url)
    await keepTimes(url, 50)
    await expect.poll(async () => (await keptBy(url)).sockets - before.sockets).toBe(2 * 50)
  })

  it.each(['object', 'string', 'closure', 'listener', 'processListener', 'timer', 'buffer', 'promise'])(
    'one that does the same by %s and lets go of it keeps nothing',
    async (kind) => {
      await using target = await startSeeded(kind, 0)
      const { heapUsed, arrayBuffers } = await growth(target.url, SOME)
      expect(heapUsed + arrayBuffers).toBeLessThan(8)
    },
  )

  it.each(NUMBERED)('one with %s keeps no more than its number', async (kind) => {
    await using target = await startSeeded(kind, BYTES)
    await keepTimes(target.url ?? '', MANY)
    const { heapUsed } = await growth(target.url, SOME)
    expect(heapUsed).toBeLessThan(BYTES / 16)
  })

  it.each(ofPackages)('$name starts, and answers what it is asked', async (corpusCase) => {
    await using target = await startCase(corpusCase)
    const result = await new LoadGenerator(loadOf(corpusCase, target.url ?? '', SHORT_NS)).run()
    expect(result.finished).toBeGreaterThan(0)
    // Of a stream of events nobody waits for the end.
    const left = corpusCase.drive.timeoutNs === undefined ? 0 : result.finished
    expect(result.failed, [...result.said.values()].join('; ')).toBe(left)
  })
})

it('the page of the corpus shows what has been recorded (else: pnpm soak:corpus --runs 0)', async () => {
  const docs = resolve(import.meta.dirname, '../../../docs')
  const { text, promises } = summarise(await readRecords(`${docs}/data/leak-corpus.jsonl`), CORPUS)
  expect(await readFile(`${docs}/leak-corpus.md`, 'utf8')).toContain(renderResult('leak corpus', text, promises).trim())
})

async function startCase({ command }: Pick<CorpusCase, 'command'>): Promise<TargetProcess> {
  return await TargetProcess.start({
    command: [process.execPath, '--expose-gc', ...command],
    ready: { log: /listening on (\S+)/ },
  })
}

async function startSeeded(kind: string, bytes: number): Promise<TargetProcess> {
  const known = CORPUS.find(({ tellsKept }) => tellsKept)
  if (known === undefined) throw new Error('there is no seeded server')
  const [server = ''] = known.command
  return await startCase({ command: [server, kind, String(bytes)] })
}

/** More of each of so many requests, once as many have gone before. */
async function growth(url = '', times: number): Promise<{ readonly heapUsed: number; readonly arrayBuffers: number }> {
  await keepTimes(url, times)
  const before = await keptBy(url)
  await keepTimes(url, times)
  const after = await keptBy(url)
  return {
    heapUsed: (after.heapUsed - before.heapUsed) / times,
    arrayBuffers: (after.arrayBuffers - before.arrayBuffers) / times,
  }
}
