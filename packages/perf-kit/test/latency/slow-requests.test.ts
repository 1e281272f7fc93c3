import { expect, it } from 'vitest'
import { explainSample } from '../../src/latency/slow-requests.ts'
import type { SampledRequest, TargetStandstills } from '../../src/load/index.ts'

const MS = 1e6
const S = 1e9

interface Wish {
  /** when it was due */
  readonly atNs: number
  readonly lateNs?: number
  readonly connectionNs?: number
  readonly waitNs?: number
  readonly receivingNs?: number
  readonly timings?: Readonly<Record<string, number>>
  readonly weight?: number
}

function request(wish: Wish): SampledRequest {
  const { atNs, lateNs = 0, connectionNs = 0, waitNs = 2 * MS, receivingNs = 0, timings = {}, weight = 1 } = wish
  const takenNs = atNs + lateNs
  const sentNs = takenNs + connectionNs
  const headNs = sentNs + waitNs
  return {
    intendedNs: atNs,
    takenNs,
    sentNs,
    headNs,
    endNs: headNs + receivingNs,
    timings: new Map(Object.entries(timings)),
    weight,
  }
}

/** 990 ordinary ones, one every 10 ms, of which 1 ms is in `db`; and 10 slow ones in between. */
function sampleWith(slow: (index: number) => Omit<Wish, 'atNs'>): SampledRequest[] {
  const ordinary = Array.from({ length: 990 }, (_, index) =>
    request({ atNs: index * 10 * MS, timings: { db: 1 * MS } }),
  )
  const slowOnes = Array.from({ length: 10 }, (_, index) =>
    request({ atNs: (index * 0.9 + 0.005) * S, ...slow(index) }),
  )
  return [...ordinary, ...slowOnes]
}

function percents(sample: readonly SampledRequest[]) {
  const slow = explainSample(sample, 0)
  return slow?.parts.map(({ name, share, excess }) => [
    name,
    Math.round(100 * share.ratio),
    Math.round(100 * excess.ratio),
  ])
}

function sharesOf(sample: readonly SampledRequest[], inside: TargetStandstills): Map<string, number> {
  return new Map(explainSample(sample, 0, inside)?.parts.map(({ name, share }) => [name, share.ratio]))
}

it('puts what made requests slow before what always takes as long', () => {
  // 20 ms in all: 12 in the database, of which 11 are more than usual, and 6 of waiting for a connection.
  const sample = sampleWith(() => ({ connectionNs: 6 * MS, waitNs: 14 * MS, timings: { db: 12 * MS } }))
  expect(percents(sample)).toEqual([
    ['target db', 60, 61],
    ['connection', 30, 33],
    ['untold', 10, 6],
  ])
})

it.each<[string, Omit<Wish, 'atNs'>]>([
  ['generator', { lateNs: 50 * MS }],
  ['connection', { connectionNs: 50 * MS }],
  ['untold', { waitNs: 52 * MS }],
  ['receiving', { receivingNs: 50 * MS }],
  ['target db', { waitNs: 52 * MS, timings: { db: 51 * MS } }],
])('finds that it was %s', (name, wish) => {
  expect(percents(sampleWith(() => ({ timings: { db: MS }, ...wish })))?.[0]).toEqual([name, expect.any(Number), 100])
})

it('takes pauses of the target out of what it did not tell, and never more than there is', () => {
  const sample = sampleWith(() => ({ waitNs: 40 * MS, timings: { db: 10 * MS } }))
  const slowAtNs = (index: number) => (index * 0.9 + 0.005) * S
  const pauses = Array.from({ length: 10 }, (_, index) => ({
    startNs: slowAtNs(index) + 5 * MS,
    endNs: slowAtNs(index) + (index < 5 ? 25 : 500) * MS,
  }))
  const shares = sharesOf(sample, { pauses, stalls: [] })
  // Half of them stood still for 20 of their 40 ms, half for all of the 30 that were untold.
  expect(shares.get('target gc')).toBeCloseTo((20 + 30) / 2 / 40, 6)
  expect(shares.get('untold')).toBeCloseTo((10 + 0) / 2 / 40, 6)
  expect(shares.get('target db')).toBeCloseTo(10 / 40, 6)
})

it('takes the rest of a stall for the event loop, and what is left of that for the network', () => {
  const sample = sampleWith(() => ({ waitNs: 40 * MS }))
  const slowAtNs = (index: number) => (index * 0.9 + 0.005) * S
  const spans = (fromNs: number, toNs: number) =>
    Array.from({ length: 10 }, (_, index) => ({ startNs: slowAtNs(index) + fromNs, endNs: slowAtNs(index) + toNs }))
  // It stood still for 30 of the 40 ms, and collected garbage for 12 of these.
  const shares = sharesOf(sample, {
    pauses: [...spans(8 * MS, 12 * MS), ...spans(20 * MS, 28 * MS)],
    stalls: spans(5 * MS, 35 * MS),
  })
  expect(shares.get('target gc')).toBeCloseTo(12 / 40, 6)
  expect(shares.get('target event loop')).toBeCloseTo(18 / 40, 6)
  expect(shares.get('untold')).toBeCloseTo(10 / 40, 6)
})

it('takes a stall that was a collection of garbage for that, and not for both', () => {
  const sample = sampleWith(() => ({ waitNs: 40 * MS }))
  const pauses = Array.from({ length: 10 }, (_, index) => {
    const startNs = (index * 0.9 + 0.005) * S
    return { startNs, endNs: startNs + 30 * MS }
  })
  const shares = sharesOf(sample, { pauses, stalls: pauses })
  expect(shares.get('target gc')).toBeCloseTo(30 / 40, 6)
  expect(shares.has('target event loop')).toBe(false)
  expect(shares.get('untold')).toBeCloseTo(10 / 40, 6)
})

it('adds a pause to what the target itself calls gc', () => {
  const sample = sampleWith(() => ({ waitNs: 40 * MS, timings: { gc: 10 * MS } }))
  const pauses = [{ startNs: 0, endNs: 100 * S }]
  expect(sharesOf(sample, { pauses, stalls: [] }).get('target gc')).toBeCloseTo(1, 6)
})

it('counts requests that were under way together as one observation, and gives no interval for a few', () => {
  const apart = explainSample(
    sampleWith(() => ({ waitNs: 50 * MS })),
    0,
  )
  expect(apart?.episodes).toBe(10)
  expect(apart?.parts[0]?.share.interval).toBeDefined()
  const together = explainSample(
    sampleWith(() => ({ waitNs: 1000 * MS })),
    0,
  )
  expect(together?.episodes).toBe(1)
  expect(together?.parts[0]?.share).toEqual({ ratio: 1 })
})

it('has an interval that is as wide as episodes differ', () => {
  const sample = sampleWith((index) =>
    index % 2 === 0 ? { connectionNs: 48 * MS } : { waitNs: 50 * MS, timings: { db: 49 * MS } },
  )
  const share = explainSample(sample, 0)?.parts.find(({ name }) => name === 'connection')?.share
  expect(share?.ratio).toBeCloseTo(0.48, 2)
  expect(share?.interval?.low).toBeLessThan(0.2)
  expect(share?.interval?.high).toBeGreaterThan(0.7)
})

it('shows times that add up to more than the wait smaller, and says so', () => {
  const sample = sampleWith(() => ({ waitNs: 30 * MS, timings: { total: 30 * MS, db: 30 * MS } }))
  const slow = explainSample(sample, 0)
  expect(slow?.scaledRatio).toBe(1)
  expect(slow?.parts.map(({ name, share }) => [name, share.ratio])).toEqual([
    ['target total', 0.5],
    ['target db', 0.5],
    ['untold', 0],
  ])
})

it('counts a request as often as it stands for others', () => {
  const sample = sampleWith((index) =>
    index === 0 ? { connectionNs: 48 * MS, weight: 9 } : { waitNs: 50 * MS, weight: 1 },
  )
  const share = explainSample(sample, 0)?.parts.find(({ name }) => name === 'connection')?.share.ratio
  expect(share).toBeCloseTo((48 * 9) / (50 * 18), 6)
})

it('says nothing of requests that are too few, and nothing of an excess where all took as long', () => {
  expect(explainSample(sampleWith(() => ({})).slice(0, 900), 0)).toBeUndefined()
  const equal = explainSample(
    Array.from({ length: 1000 }, (_, index) => request({ atNs: index * 10 * MS })),
    0,
  )
  expect(equal?.parts.map(({ name, excess }) => [name, excess.ratio])).toEqual([['untold', 0]])
})
