import { describe, expect, it } from 'vitest'
import { profileOf } from '../profile.ts'
import { eachOf, leakingSignals, watchServer, watchUntilKnown } from './watch-server.ts'

/** Shorter, and seconds that a busy machine takes away are too much of it. What nobody can tell by then is looked at for longer. */
const SHORTEST_MS = 4_000
/** What a server takes for itself when it begins is not to be taken for a leak: of that nobody is to be in doubt. */
const HEALTHY_MS = 6_000
/** A leak that is not found by then is not found. */
const LONGEST_MS = 180_000
const { sustainedMs } = profileOf(process.env)
const durationMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, sustainedMs))
/** As much is kept in all, however long it takes: there is only so much memory, and so many files may be open. */
const slower = durationMs / SHORTEST_MS

describe('3.2.2 test allocation growth during sustained requests', () => {
  it('finds a server that keeps an object of each request, and how large it is', async () => {
    const bytes = 4_096 / slower
    const watched = await watchUntilKnown({ kind: 'object', bytes }, durationMs, 'heap')
    expect(leakingSignals(watched.verdict), watched.verdict.because).toEqual(['heap'])
    expect(Math.abs(eachOf(watched, 'heap').value / bytes - 1)).toBeLessThan(0.15)
  })

  it('finds Buffers that are kept, which are not in the heap', async () => {
    const bytes = Math.round(4_096 / slower)
    const watched = await watchUntilKnown({ kind: 'buffer', bytes }, durationMs, 'arrayBuffers')
    expect(leakingSignals(watched.verdict), watched.verdict.because).toContain('arrayBuffers')
    expect(Math.abs(eachOf(watched, 'arrayBuffers').value / watched.trueBufferBytesPerRequest - 1)).toBeLessThan(0.15)
  })

  it('does not find one where a cache forgets what is old', async () => {
    const healthyMs = Math.max(HEALTHY_MS, durationMs)
    const { verdict, trueBytesPerRequest } = await watchServer({ kind: 'boundedCache', bytes: 512 }, healthyMs)
    expect(leakingSignals(verdict), verdict.because).toEqual([])
    expect(trueBytesPerRequest).toBeLessThan(512)
  })
})

describe('3.2.3 test connection memory leak', () => {
  it('finds sockets that nobody closes, by their number', async () => {
    const every = Math.round(25 * slower)
    const watched = await watchUntilKnown({ kind: 'socket', every }, durationMs, 'sockets')
    // Both ends of each are in the same process.
    expect(leakingSignals(watched.verdict), watched.verdict.because).toContain('sockets')
    expect(Math.abs((eachOf(watched, 'sockets').value * every) / 2 - 1)).toBeLessThan(0.15)
  })
})

describe('3.2.4 test subscription memory leak', () => {
  it('finds listeners that are added for each request and never removed', async () => {
    const bytes = 4_096 / slower
    const watched = await watchUntilKnown({ kind: 'listener', bytes }, durationMs, 'heap')
    expect(leakingSignals(watched.verdict), watched.verdict.because).toEqual(['heap'])
    // A function and its place in a list besides.
    expect(eachOf(watched, 'heap').value - bytes).toBeGreaterThan(-0.15 * bytes)
    expect(eachOf(watched, 'heap').value - bytes).toBeLessThan(200 + 0.15 * bytes)
  })
})
