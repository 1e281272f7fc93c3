import { dirname, resolve } from 'node:path'
import { huntLeaks, LoadGenerator, type LoadWish, renderLeakHunt } from '@gw/perf-kit'
import { describe, expect, it } from 'vitest'
import { allocatedPerRequest, allocatingSites } from '../../../packages/perf-kit/src/memory/locate/allocation-sites.ts'
import { CodePlaces } from '../../../packages/perf-kit/src/memory/locate/code-places.ts'
import { compareSnapshots } from '../../../packages/perf-kit/src/memory/locate/snapshot-steps.ts'
import { TargetProcess } from '../../../packages/perf-kit/src/target/index.ts'
import { agentOf, drive, keeperAt, sitesOf, startTraced } from './traced-server.ts'

const LEAKING_GATEWAY = resolve(import.meta.dirname, '../fixtures/leaks/leaking-gateway.ts')
const BYTES = 4_096
const REQUESTS = 400
/** More than the cache of the fixture holds: it is full when it is looked at first. */
const ENOUGH_TO_FILL = 800

describe('3.4.2 test heap snapshot capture', () => {
  it('takes three of a server at work, and tells what each request has left and what keeps it', async () => {
    await using target = await startTraced('object', 64)
    const kept = await compareSnapshots(agentOf(target), { makeRequests: async () => await drive(target, 251) })
    if (typeof kept === 'string') throw new Error(kept)
    // Two links of 32 bytes each.
    const links = kept.classes.find(({ name }) => name === 'Object')
    expect(links).toMatchObject({ isMultiple: true })
    expect(Math.round(links?.objectsPerRequest ?? 0)).toBe(2)
    const path = kept.paths.find(({ name }) => name === 'Object')?.path.join(' ')
    expect(path).toMatch(/\.kept Object\.next/)
    expect(kept.stoodStillNs).toBeGreaterThan(0)
  })

  it('takes none where they might take more memory than they may, and leaves the target as it was', async () => {
    await using target = await startTraced('none', 64)
    const options = { makeRequests: async () => await drive(target, 61), memoryBytes: 1e6 }
    expect(await compareSnapshots(agentOf(target), options)).toMatch(
      /^a heap of \d+ MB may take \d+ MB of memory to write down, of which 1 MB may be taken$/,
    )
    expect(await drive(target, 61)).toBeGreaterThan(0)
  })
})

// Of each by itself: bytes and requests are counted, and nothing is timed.
describe('3.4.3 test memory allocation tracking', { concurrent: true }, () => {
  it.each([
    ['object', 'object'],
    ['string', 'string'],
    ['closure', 'closure'],
    ['listener', 'ofListeners'],
    ['timer', 'timer'],
    ['promise', 'promise'],
  ])('names the code that keeps something for ever: %s', async (kind, code) => {
    await using target = await startTraced(kind, BYTES)
    const [site, ...others] = await sitesOf(target, REQUESTS)
    if (site === undefined) throw new Error('no code was found')
    // What allocates for several of them was called by the one that it is.
    expect([site.place, ...site.callers].map(keeperAt)).toContain(code)
    expect(site.bytesPerRequest.low).toBeLessThan(1.3 * BYTES)
    expect(site.bytesPerRequest.high).toBeGreaterThan(0.8 * BYTES)
    for (const { bytesPerRequest } of others) expect(bytesPerRequest.value).toBeLessThan(site.bytesPerRequest.value)
  })

  it('names the code that keeps Buffers by what of them is on the heap', async () => {
    await using target = await startTraced('buffer', BYTES)
    const sites = await sitesOf(target, ENOUGH_TO_FILL)
    expect(sites.flatMap(({ place, callers }) => [place, ...callers].map(keeperAt))).toContain('buffer')
  })

  it('names no code of a cache that is full', async () => {
    await using target = await startTraced('boundedCache', BYTES)
    const sites = await sitesOf(target, ENOUGH_TO_FILL)
    const largest = sites.find(({ place, callers }) => [place, ...callers].some((each) => keeperAt(each) !== undefined))
    expect(largest?.bytesPerRequest.value ?? 0).toBeLessThan(BYTES / 4)
  })

  it('counts what each request allocates, garbage and all, and whose most of it is', async () => {
    await using target = await startTraced('boundedCache', BYTES)
    const agent = agentOf(target)
    await agent.startAllocations({ intervalBytes: 2 ** 16, withGarbage: true })
    const requests = await drive(target, 2 * ENOUGH_TO_FILL)
    const profile = await agent.allocations()
    const [first] = await allocatingSites(profile, requests, new CodePlaces())
    if (first === undefined) throw new Error('no code was found')
    expect([first.place, ...first.callers].map(keeperAt)).toContain('cacheOf')
    expect(first.bytesPerRequest.low).toBeLessThan(1.3 * BYTES)
    expect(first.bytesPerRequest.high).toBeGreaterThan(0.8 * BYTES)
    const { value, high } = allocatedPerRequest(profile, requests)
    expect(high).toBeGreaterThan(BYTES)
    expect(value).toBeGreaterThan(first.bytesPerRequest.value)
  })
})

describe('3.4.4 test memory leak detection report', () => {
  it('names the leak of a gateway: by how much a call, its class, its code and who keeps it', async () => {
    await using gateway = await TargetProcess.start({
      command: [process.execPath, LEAKING_GATEWAY, '--port', '0', '--backends', '1'],
      ready: { log: /listening on (\S+)/ },
      agent: true,
      traceable: true,
    })
    const load = ({ clients = 8, durationNs }: LoadWish): LoadGenerator =>
      new LoadGenerator({
        url: gateway.url ?? '',
        mcp: { method: 'tools/call', params: { name: 'backend-1__tool-1', arguments: {} } },
        loop: 'closed',
        phases: [{ from: clients, to: clients, durationNs }],
      })
    const found = await huntLeaks(gateway, { load, watchNs: 1.5e9, longestNs: 0, samplingNs: 0.8e9 })
    const { verdict, sites, kept, allocation, notes } = found
    // Seconds on a busy machine may not prove it, and never show the contrary.
    expect(['leaking', 'inconclusive'], verdict.because).toContain(verdict.state)
    const [site] = sites ?? []
    expect(site?.place).toMatchObject({ name: 'AuditRecord', file: LEAKING_GATEWAY })
    const record = kept?.classes.find(({ name }) => name === 'AuditRecord')
    expect(record, notes.join('; ')).toMatchObject({ isMultiple: true })
    expect(Math.round(record?.objectsPerRequest ?? 0)).toBe(1)
    const path = kept?.paths.find(({ name }) => name === 'AuditRecord')
    expect(path?.path.join(' ')).toContain('.audit Array')
    expect(allocation?.bytesPerRequest.value).toBeGreaterThan(site?.bytesPerRequest.value ?? Number.NaN)
    expect(allocation?.gcShareRatio).toBeLessThan(1)
    const options = { colour: false, unicode: true, widthColumns: 1_000, directory: dirname(LEAKING_GATEWAY) }
    const report = renderLeakHunt({ subject: 'tools/call', ...found }, options)
    expect(report).toMatch(/^• AuditRecord: 1 a request, [\d.]+ B$/m)
    expect(report).toMatch(/^who has allocated what stays:\n• \S+ at leaking-gateway.ts:\d+: /m)
    expect(report).toMatch(/^• AuditRecord \(\d+ of \d+\): .+\.audit → Array\[\] → AuditRecord$/m)
  })
})
