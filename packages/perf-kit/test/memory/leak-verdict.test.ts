import { describe, expect, it } from 'vitest'
import { judgeLeaks, type LeakOptions, type LeakVerdict, type MemorySample } from '../../src/memory/index.ts'

const SEC_NS = 1e9
const PER_SEC = 1_000

interface Shape {
  readonly heap?: (second: number) => number
  readonly arrayBuffers?: (second: number) => number
  readonly rss?: (second: number) => number
  readonly sockets?: (second: number) => number
  /** seconds between full collections; 0: there are none */
  readonly collectedEvery?: number
  readonly isInside?: boolean
  readonly areCounted?: boolean
  readonly perSec?: number
  readonly workers?: number
}

/** A process that is looked at once a second for two minutes. */
function samplesOf(shape: Shape, seconds = 120): MemorySample[] {
  const { heap = () => 2e7, arrayBuffers = () => 1e5, rss = () => 9e7, sockets = () => 12 } = shape
  const { collectedEvery = 5, isInside = true, areCounted = true, perSec = PER_SEC } = shape
  const { workers = 0 } = shape
  return Array.from({ length: seconds }, (_, second) => {
    const atNs = 1e12 + second * SEC_NS
    const memory = {
      rssBytes: rss(second),
      heapTotalBytes: 4e7,
      heapUsedBytes: heap(second) + 1e6,
      externalBytes: 2e6 + arrayBuffers(second),
      arrayBuffersBytes: arrayBuffers(second),
    }
    const reading = { atNs, memory, oldBytes: heap(second) }
    const isCollected = collectedEvery > 0 && second % collectedEvery === collectedEvery - 1
    const inside = {
      ...reading,
      listeners: 3,
      workers,
      resources: { TCPServerWrap: 1 },
      collections: isCollected ? [{ ...reading, endNs: atNs }] : [],
      collectionsLost: 0,
      tookNs: 1e5,
    }
    const outside = {
      state: 'seen' as const,
      rssBytes: rss(second),
      threads: 11,
      descriptors: 20,
      sockets: sockets(second),
      children: 0,
    }
    return {
      atNs,
      requests: areCounted ? { count: second * perSec, atNs } : null,
      outside,
      inside: isInside ? inside : null,
    }
  })
}

/** 1 MB a second for ever, and up to 12 MB of garbage. */
const collectedNowAndThen = (second: number): number => 9e7 + 1e6 * second + 12e6 * ((second % 10) / 10)

const leaking = ({ signals }: LeakVerdict) =>
  signals.filter(({ state }) => state === 'leaking').map(({ signal }) => signal)
const stateOf = ({ signals }: LeakVerdict, name: string) => signals.find(({ signal }) => signal === name)?.state

describe('judgeLeaks', () => {
  it('calls a process steady in which nothing grows, by all that is told of it', () => {
    const verdict = judgeLeaks(samplesOf({}))
    expect(verdict).toMatchObject({
      state: 'steady',
      because: expect.stringMatching(/^nothing grew in 11\d s, or by 0 MB an hour at most$/),
    })
    expect(verdict.signals.map(({ signal }) => signal)).toEqual([
      'heap',
      'arrayBuffers',
      'external',
      'rssResidual',
      'handles',
      'listeners',
      'sockets',
      'descriptors',
      'children',
      'threads',
    ])
  })

  it.each([
    { what: 'heap', shape: { heap: (second: number) => 2e7 + 64e3 * second }, each: 64 },
    { what: 'arrayBuffers', shape: { arrayBuffers: (second: number) => 1e6 + 256e3 * second }, each: 256 },
    { what: 'rssResidual', shape: { rss: (second: number) => 9e7 + 300e3 * second }, each: 300 },
    { what: 'sockets', shape: { sockets: (second: number) => 12 + 2 * second }, each: 0.002 },
  ])('finds a leak of $what there, and nowhere else', ({ what, shape, each }) => {
    // What is in Buffers is resident as well: what is left of it stays.
    const rss = what === 'arrayBuffers' ? (second: number) => 9e7 + 256e3 * second : undefined
    const verdict = judgeLeaks(samplesOf({ ...(rss === undefined ? {} : { rss }), ...shape }))
    expect(leaking(verdict)).toEqual([what])
    expect(verdict.state).toBe('leaking')
    expect(verdict.because).toMatch(new RegExp(`^${what}: it goes on growing by `))
    expect(verdict.signals.find(({ signal }) => signal === what)?.each?.value).toBeCloseTo(each, 3)
  })

  it('tells growth a second where nobody counts requests', () => {
    const verdict = judgeLeaks(samplesOf({ heap: (second) => 2e7 + 64e3 * second, areCounted: false }))
    expect(verdict.signals[0]).toMatchObject({ signal: 'heap', state: 'leaking', per: 'second', unit: 'bytes' })
    expect(verdict.because).toContain('bytes a second')
  })

  it('does not take garbage for a leak that nobody had to collect yet, and says how long would tell', () => {
    const none = judgeLeaks(samplesOf({ heap: (second) => 2e7 + 300e3 * second, collectedEvery: 0 }))
    expect(none.signals[0]).toMatchObject({
      state: 'inconclusive',
      because: 'there was no full collection of garbage: 6 at least tell what grows',
    })
    const few = judgeLeaks(samplesOf({ heap: (second) => 2e7 + 300e3 * second, collectedEvery: 40 }, 121))
    expect(few.signals[0]).toMatchObject({
      state: 'inconclusive',
      because: '3 full collections of garbage are too few: 6 at least tell what grows',
      enoughNs: 2 * 120 * SEC_NS,
    })
    expect(few.because).toContain('(240 s may do, instead of 120 s)')
  })

  it('does not call steady what has grown since a full collection that was long before the end', () => {
    const heap = (second: number) => 2e7 + 100e3 * Math.max(0, second - 60)
    const samples = samplesOf({ heap }).map((sample, second): MemorySample => {
      return second < 60 ? sample : { ...sample, inside: sample.inside && { ...sample.inside, collections: [] } }
    })
    expect(judgeLeaks(samples).signals[0]).toMatchObject({
      state: 'inconclusive',
      because: 'it has grown since the last full collection of garbage, which was long before the end',
    })
  })

  it('needs no collection to call a heap steady that does not grow at all', () => {
    expect(stateOf(judgeLeaks(samplesOf({ collectedEvery: 0 })), 'heap')).toBe('steady')
  })

  it('judges resident memory as a whole where nothing is told from inside, and asks for more of it', () => {
    const slow = judgeLeaks(samplesOf({ isInside: false, rss: (second) => 9e7 + 300e3 * second }))
    expect(stateOf(slow, 'rss')).toBe('inconclusive')
    expect(slow.enoughNs).toBeGreaterThan(119 * SEC_NS)
    const fast = judgeLeaks(samplesOf({ isInside: false, rss: collectedNowAndThen }))
    expect(leaking(fast)).toEqual(['rss'])
  })

  it('does not take for a leak what grows in resident memory without a break, as garbage does until V8 collects it', () => {
    const garbage = (second: number) => 9e7 + 1e6 * second
    const { signals } = judgeLeaks(samplesOf({ isInside: false, rss: garbage }))
    expect(signals[0]).toMatchObject({
      signal: 'rss',
      state: 'inconclusive',
      because: 'it has grown without a break, as garbage does that nobody had to collect yet',
    })
    // Native memory that leaks shows no collections, and goes on beyond what V8 would let lie.
    expect(leaking(judgeLeaks(samplesOf({ isInside: false, rss: (second) => 9e7 + 8e6 * second })))).toEqual(['rss'])
    // Half as much again as there was at first, and no more: V8 may let that lie.
    const half = (second: number) => 3e8 + collectedNowAndThen(second) - 9e7
    expect(leaking(judgeLeaks(samplesOf({ isInside: false, rss: half })))).toEqual([])
  })

  it('judges the rest of resident memory so too where worker threads have heaps of their own', () => {
    const rss = (second: number) => 9e7 + 1e6 * second
    expect(leaking(judgeLeaks(samplesOf({ rss })))).toEqual(['rssResidual'])
    expect(stateOf(judgeLeaks(samplesOf({ rss, workers: 1 })), 'rssResidual')).toBe('inconclusive')
    expect(leaking(judgeLeaks(samplesOf({ rss: collectedNowAndThen, workers: 1 })))).toEqual(['rssResidual'])
  })

  it('does not call resident memory steady that has risen at the end, however much there was before', () => {
    const rss = (second: number) => 5e8 + 25e6 * Math.max(0, second - 105)
    expect(stateOf(judgeLeaks(samplesOf({ isInside: false, rss })), 'rss')).toBe('inconclusive')
  })

  it('does not call steady what surely grows, though it is too little in all to be told from a process’s own', () => {
    const heap = (second: number) => 2e7 + 3_500 * second
    const samples = samplesOf({ heap }, 70)
    expect(judgeLeaks(samples).signals[0]).toMatchObject({ state: 'inconclusive', per: 'second' })
  })

  it('tells of a leak by requests what it is an hour at this load, where it was quiet for longer', () => {
    const driven = samplesOf({ heap: (second) => 2e7 + 300e3 * second }, 60)
    const idle = samplesOf({ heap: () => 2e7 + 300e3 * 59 }, 360).slice(60)
    const samples = [...driven, ...idle.map((each) => ({ ...each, requests: driven.at(-1)?.requests ?? null }))]
    const heap = judgeLeaks(samples).signals[0]
    expect(heap).toMatchObject({ state: 'leaking', per: 'request' })
    expect((heap?.perHour ?? 0) / (300e3 * 3600)).toBeCloseTo(1, 1)
    expect(heap?.because).toMatch(/bytes a request, 1,0[78]0 MB an hour$/)
  })

  it.each([Number.NaN, -1, 0, Number.POSITIVE_INFINITY])('refuses %d as what counts', (bound) => {
    for (const name of ['leastBytes', 'leastCount', 'leastBytesPerSec', 'leastCountPerSec']) {
      expect(() => judgeLeaks(samplesOf({}), { [name]: bound }), name).toThrow(
        expect.objectContaining({ code: 'OUT_OF_RANGE' }),
      )
    }
  })

  it('does not take for seen what nobody looked at between two parts of a watch', () => {
    const [early, late] = [samplesOf({}, 300), samplesOf({}, 1_200).slice(900)]
    const verdict = judgeLeaks([...early, ...late])
    expect(verdict.state).toBe('inconclusive')
    expect(verdict.signals.find(({ signal }) => signal === 'rssResidual')?.because).toBe(
      'it was seen for 50 % of the time only',
    )
  })

  it('finds what a timer keeps, however little that is for each of many requests', () => {
    const samples = samplesOf({ heap: (second) => 2e7 + 70e3 * second, perSec: 10_000 })
    const verdict = judgeLeaks(samples)
    expect(verdict.signals[0]).toMatchObject({ signal: 'heap', state: 'leaking', per: 'second' })
    expect(verdict.signals[0]?.perHour).toBeCloseTo(252e6, -3)
    expect(verdict.because).toContain('bytes a second, 252 MB an hour')
    expect(stateOf(judgeLeaks(samples, { leastBytesPerSec: 100e3 }), 'heap')).toBe('steady')
  })

  it('does not call steady what is known well enough by many requests only', () => {
    const heap = (second: number) => 2e7 + 3e6 * Math.sin(second / 5)
    const samples = samplesOf({ heap, perSec: 100_000 })
    expect(judgeLeaks(samples).signals[0]).toMatchObject({ state: 'inconclusive', per: 'second' })
    expect(judgeLeaks(samples, { leastBytesPerSec: 1e6 }).signals[0]).toMatchObject({ state: 'steady', per: 'request' })
  })

  it('does not call steady a process that leaks while nothing is asked', () => {
    const driven = samplesOf({}, 60)
    const idle = samplesOf({ heap: (second) => 2e7 + 20e3 * Math.max(0, second - 60) }, 180).slice(60)
    const samples = [...driven, ...idle.map((each) => ({ ...each, requests: driven.at(-1)?.requests ?? null }))]
    expect(stateOf(judgeLeaks(samples), 'heap')).not.toBe('steady')
  })

  it('says for how long a steady process was judged, and what it may have grown by in an hour', () => {
    const plateau = judgeLeaks(samplesOf({ heap: (second) => 2e7 + 1e6 * Math.min(60, second) }))
    expect(plateau.state).toBe('steady')
    expect(Number(/^nothing grew in (\d+) s,/.exec(plateau.because)?.[1])).toBeLessThan(80)
    expect(plateau.signals[0]?.because).toMatch(/, by 0 MB an hour at most$/)
    expect(plateau.signals[0]?.judgedNs).toBeLessThan(80 * SEC_NS)
  })

  it('counts slower growth too, or only faster, as it is told', () => {
    const samples = samplesOf({ heap: (second) => 2e7 + 5e3 * second })
    const ofHeap = (options: LeakOptions) => judgeLeaks(samples, options).signals[0]
    expect(ofHeap({})).toMatchObject({ state: 'leaking', per: 'second' })
    expect(ofHeap({ leastBytesPerSec: 10e3 })).toMatchObject({ state: 'steady', per: 'request' })
    expect(ofHeap({ leastBytesPerSec: 10e3, leastBytes: 2 })).toMatchObject({ state: 'leaking', per: 'request' })
    const sockets = samplesOf({ sockets: (second) => 12 + 2 * second })
    expect(leaking(judgeLeaks(sockets, { leastCount: 0.01 }))).toEqual(['sockets'])
    expect(leaking(judgeLeaks(sockets, { leastCount: 0.01, leastCountPerSec: 10 }))).toEqual([])
  })

  it('leaves out the time before and after the load, in which nothing is asked', () => {
    const driven = samplesOf({ heap: (second) => 2e7 + 64e3 * second })
    const [first, last] = [driven[0], driven.at(-1)]
    const idle = (sample: MemorySample | undefined, from: number) =>
      Array.from({ length: 60 }, (_, second) => ({ ...sample, atNs: from + second * SEC_NS }) as MemorySample)
    const samples = [...idle(first, 1e12 - 60e9), ...driven, ...idle(last, 1e12 + 120e9)]
    const heap = judgeLeaks(samples).signals[0]
    expect(heap).toMatchObject({ signal: 'heap', state: 'leaking' })
    expect(heap?.each?.value).toBeCloseTo(64, 0)
  })

  it('is not misled by quiet after the load, in which what a load brings has gone and what has leaked stays', () => {
    const sockets = (second: number) => 12 + second + (second < 119 ? 200 : 0)
    const { signals } = judgeLeaks(samplesOf({ sockets }))
    const found = signals.find(({ signal }) => signal === 'sockets')
    expect(found).toMatchObject({ state: 'leaking', per: 'request' })
    expect(found?.each?.value).toBeCloseTo(0.001, 5)
  })

  it('compares what is counted in the quiet before a load with the quiet after it', () => {
    const withQuiet = (load: (second: number) => number, after: number) => {
      const driven = samplesOf({ sockets: (second) => (second < 10 ? 12 : second < 120 ? load(second) : after) }, 140)
      return driven.map((sample, second): MemorySample => {
        const count = Math.min(110, Math.max(0, second - 10)) * PER_SEC
        return { ...sample, requests: { count, atNs: sample.atNs } }
      })
    }
    const growing = (second: number) => 12 + 3 * second
    const isBack = judgeLeaks(withQuiet(growing, 12)).signals.find(({ signal }) => signal === 'sockets')
    expect(isBack).toMatchObject({
      state: 'inconclusive',
      because: 'it has grown with the load, and in the quiet after the load there are no more than before it',
    })
    const upAndDown = (second: number) => 200 + 50 * Math.sin(second / 9)
    const calm = judgeLeaks(withQuiet(upAndDown, 12)).signals.find(({ signal }) => signal === 'sockets')
    expect(calm).toMatchObject({
      state: 'steady',
      because: 'in the quiet after the load there are no more than before it',
    })
    expect(leaking(judgeLeaks(withQuiet(growing, 372)))).toEqual(['sockets'])
    const hasStayed = judgeLeaks(withQuiet(growing, 15)).signals.find(({ signal }) => signal === 'sockets')
    expect(hasStayed).toMatchObject({
      state: 'inconclusive',
      because: 'it has grown with the load, and in the quiet after the load there are 3 more than before it',
    })
  })

  it('does not call steady what nobody has seen, and does not wait for what no system tells', () => {
    const samples = samplesOf({}).map((sample): MemorySample => {
      return { ...sample, outside: sample.outside && { ...sample.outside, sockets: null, descriptors: null } }
    })
    const verdict = judgeLeaks(samples)
    expect(verdict).toMatchObject({
      state: 'inconclusive',
      because: 'sockets: nobody tells of it; descriptors: nobody tells of it',
    })
    expect(verdict.enoughNs).toBeUndefined()
    expect(judgeLeaks(samples, { without: ['sockets', 'descriptors'] }).state).toBe('steady')
    expect(judgeLeaks(samplesOf({}), { unseen: ['3 others are not watched'] })).toMatchObject({
      state: 'inconclusive',
      because: '3 others are not watched',
    })
  })

  it('looks at a process from outside too that has told of itself for less than half of the time', () => {
    const rss = collectedNowAndThen
    const lost = samplesOf({ rss }).map((sample, second) => (second < 20 ? sample : { ...sample, inside: null }))
    const verdict = judgeLeaks(lost)
    expect(leaking(verdict)).toContain('rss')
    expect(verdict.signals[0]).toMatchObject({
      signal: 'heap',
      state: 'inconclusive',
      because: 'it was seen for 16 % of the time only',
    })
  })

  it('tells growth a second only, where it is told to, because others have answered most of the requests', () => {
    const verdict = judgeLeaks(samplesOf({ heap: (second) => 2e7 + 64e3 * second }), { per: 'second' })
    expect(verdict.signals.map(({ per }) => per)).not.toContain('request')
    expect(leaking(verdict)).toEqual(['heap'])
  })

  it('judges samples that were written and read again just so, one after the other', () => {
    const samples = samplesOf({ heap: (second) => 2e7 + 64e3 * second })
    const lines = samples.map((sample) => JSON.stringify(sample))
    function* readAgain(): Generator<MemorySample> {
      for (const line of lines) yield JSON.parse(line)
    }
    expect(judgeLeaks(readAgain())).toEqual(judgeLeaks(samples))
  })

  it('does not count collections that came before the watch began', () => {
    const shape = { heap: (second: number) => 2e7 + 64e3 * second, collectedEvery: 0, areCounted: false }
    const [first, ...rest] = samplesOf(shape)
    const reading = first?.inside ?? undefined
    if (first === undefined || reading === undefined) throw new Error('there is none')
    const early = Array.from({ length: 10 }, (_, index) => ({ ...reading, endNs: first.atNs - (10 - index) * SEC_NS }))
    const samples = [{ ...first, inside: { ...reading, collections: early } }, ...rest]
    expect(judgeLeaks(samples).signals[0]?.because).toContain('there was no full collection of garbage')
  })

  it('knows nothing of nothing', () => {
    expect(judgeLeaks([])).toEqual({ state: 'inconclusive', because: 'nothing was seen of the process', signals: [] })
  })
})
