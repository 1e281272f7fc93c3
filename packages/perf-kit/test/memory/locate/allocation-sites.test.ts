import { describe, expect, it } from 'vitest'
import { allocatedPerRequest, allocatingSites, growingSites } from '../../../src/memory/locate/allocation-sites.ts'
import { CodePlaces } from '../../../src/memory/locate/code-places.ts'
import type { AllocationProfile, AllocationSums } from '../../../src/target/index.ts'

const FRAMES = [
  { name: 'keep', url: 'file:///srv/app/keep.js', line: 3, column: 21 },
  { name: 'handle', url: '/srv/app/server.cjs', line: 17, column: 9 },
  { name: 'set', url: '', line: 0, column: 0 },
  { name: 'insert', url: 'file:///srv/app/node_modules/cache/index.js', line: 40, column: 3 },
  { name: 'emit', url: 'node:events', line: 466, column: 44 },
]
const [KEEP, HANDLE, SET, INSERT, EMIT] = FRAMES.keys()

/** So many objects, each of which stands for as many bytes. */
const sums = (noted: number, each: number): AllocationSums => ({
  noted,
  bytes: noted * each,
  variance: noted * each ** 2,
  largest: each,
})

interface Allocated {
  readonly stack: readonly (number | undefined)[]
  readonly all: AllocationSums
  readonly newer?: AllocationSums
}

const profile = (...stacks: readonly Allocated[]): AllocationProfile => ({
  atNs: 0,
  tookNs: 0,
  otherBytes: 0,
  frames: FRAMES,
  stacks: stacks.map(({ stack, all, newer = all }) => ({ frames: stack.map(Number), ...all, newer })),
})

const grown = async (before: AllocationProfile, after: AllocationProfile) =>
  await growingSites(before, after, 1_000, new CodePlaces())

describe('code whose objects become ever more', () => {
  const stack = [KEEP, HANDLE, EMIT]

  it('is told with its place, who called it, and by how much a request', async () => {
    const before = profile({ stack, all: sums(100, 16_384) })
    const after = profile({ stack, all: sums(200, 16_384), newer: sums(100, 16_384) })
    const [site, ...others] = await grown(before, after)
    expect(others).toEqual([])
    expect(site).toMatchObject({
      place: { name: 'keep', file: '/srv/app/keep.js', line: 3 },
      isOwn: true,
      callers: [{ name: 'handle', file: '/srv/app/server.cjs', line: 17 }],
    })
    expect(site).not.toHaveProperty('through')
    const { value = 0, low = 0, high = 0 } = site?.bytesPerRequest ?? {}
    // A hundred objects by chance: 1.96 times their root.
    expect(value).toBeCloseTo(1638.4)
    expect(value - low).toBeCloseTo(1.96 * 10 * 16.384)
    expect(high - value).toBeCloseTo(value - low)
  })

  it('is none where as much has gone as has come', async () => {
    const before = profile({ stack, all: sums(100, 16_384) })
    expect(await grown(before, profile({ stack, all: sums(101, 16_384), newer: sums(100, 16_384) }))).toEqual([])
  })

  it('is told without the table that has taken the place of a smaller one', async () => {
    const table = (bytes: number, others: AllocationSums): AllocationSums => ({
      noted: others.noted + 1,
      bytes: others.bytes + bytes,
      variance: others.variance,
      largest: bytes,
    })
    const before = profile({ stack, all: table(1e6, sums(100, 16_384)) })
    const after = profile({ stack, all: table(2e6, sums(200, 16_384)), newer: table(2e6, sums(100, 16_384)) })
    const [site] = await grown(before, after)
    expect(site?.bytesPerRequest.value).toBeCloseTo(1638.4)
    const [kept] = await grown(before, profile({ stack, all: table(1e6, sums(200, 16_384)), newer: sums(100, 16_384) }))
    expect(kept?.bytesPerRequest.value).toBeCloseTo(1638.4)
  })

  it('is none where a few objects may be chance', async () => {
    expect(await grown(profile(), profile({ stack, all: sums(7, 16_384) }))).toEqual([])
    expect(await grown(profile(), profile({ stack, all: sums(8, 16_384) }))).toHaveLength(1)
  })

  it('is the program’s own, through what it has called', async () => {
    const [site] = await grown(profile(), profile({ stack: [SET, INSERT, HANDLE, EMIT], all: sums(50, 16_384) }))
    expect(site).toMatchObject({
      place: { name: 'handle', file: '/srv/app/server.cjs', line: 17 },
      through: { name: 'set', file: '' },
      callers: [],
    })
  })

  it('is a package’s where none of the program’s own is under way', async () => {
    const [site] = await grown(profile(), profile({ stack: [EMIT, INSERT, EMIT], all: sums(50, 16_384) }))
    expect(site).toMatchObject({ isOwn: false, place: { name: 'insert', line: 40 }, through: { file: 'node:events' } })
  })

  it('is the program’s own first, however much others allocate', async () => {
    const sites = await grown(
      profile(),
      profile({ stack: [EMIT], all: sums(90, 16_384) }, { stack: [HANDLE, EMIT], all: sums(10, 16_384) }),
    )
    expect(sites.map(({ place, isOwn }) => [place.name, isOwn])).toEqual([
      ['handle', true],
      ['emit', false],
    ])
  })

  it('is told once, however it was come to, those with most bytes first', async () => {
    const sites = await grown(
      profile(),
      profile(
        { stack: [HANDLE, EMIT], all: sums(40, 16_384) },
        { stack: [KEEP, HANDLE], all: sums(30, 16_384) },
        { stack: [KEEP, EMIT], all: sums(30, 16_384) },
      ),
    )
    expect(sites.map(({ place }) => place.name)).toEqual(['keep', 'handle'])
    expect(sites[0]?.bytesPerRequest.value).toBeCloseTo(60 * 16.384)
  })
})

describe('what is allocated', () => {
  it('is told by code, and in all', async () => {
    const all = profile({ stack: [KEEP, HANDLE], all: sums(100, 131_072) }, { stack: [EMIT], all: sums(20, 131_072) })
    const [first] = await allocatingSites(all, 1_000, new CodePlaces())
    expect(first?.place.name).toBe('keep')
    expect(allocatedPerRequest({ ...all, otherBytes: 5_000 }, 1_000).value).toBeCloseTo(120 * 131.072 + 5)
  })
})
