import { expect, it } from 'vitest'
import { requestClock, secondClock } from '../../src/memory/request-clock.ts'
import { RequestKnots } from '../../src/memory/request-knots.ts'

const SEC = 1e9

/** A count each second from 100 s on. */
function knotsOf(counts: readonly (number | null)[]): RequestKnots {
  const knots = new RequestKnots()
  for (const [index, count] of counts.entries()) {
    const atNs = (100 + index) * SEC
    knots.add({ atNs, requests: count === null ? null : { count, atNs } })
  }
  return knots
}

const atSeconds = (counts: readonly (number | null)[], seconds: readonly number[]) => {
  const clock = requestClock(knotsOf(counts).all)
  return seconds.map((second) => clock?.at(second * SEC))
}

it('takes requests to have ended evenly between two counts', () => {
  expect(atSeconds([0, 1_000, 1_000, 3_000, 4_000], [100, 100.5, 101, 102, 102.5, 103])).toEqual([
    0, 500, 1_000, 2_000, 2_500, 3_000,
  ])
})

it('leaves out the time before the first request, and from the last count on, at which connections may have gone', () => {
  const counts = [0, 0, 0, 0, 0, 1_000, 2_000, 2_000, 2_000]
  expect(atSeconds(counts, [99, 102, 103.9, 104, 105, 105.5, 106, 106.1, 108])).toEqual([
    undefined,
    undefined,
    undefined,
    0,
    1_000,
    1_500,
    undefined,
    undefined,
    undefined,
  ])
})

it('knows of a pause between two loads that nothing ended in it', () => {
  expect(atSeconds([0, 1_000, 1_000, 1_000, 1_000, 1_000, 2_000], [100.5, 103, 105, 105.5])).toEqual([
    500, 1_000, 1_000, 1_500,
  ])
})

it('knows nothing of requests where nobody counts, or nothing was asked', () => {
  for (const counts of [[null, null, null], [7, 7, 7], []]) expect(requestClock(knotsOf(counts).all)).toBeUndefined()
})

it('goes on counting where a counter begins anew, and takes nothing to have ended between the two', () => {
  const knots = new RequestKnots()
  for (const [second, count] of [
    [0, 0],
    [1, 1_000],
    [2, 2_000],
    [60, 500],
    [61, 1_500],
  ] as const) {
    knots.add({ atNs: second * SEC, requests: { count, atNs: second * SEC } })
  }
  const clock = requestClock(knots.all)
  expect([1, 2, 30, 59, 60].map((second) => clock?.at(second * SEC))).toEqual([1_000, 2_000, 2_000, 2_000, 2_500])
})

it('needs no more of a curve than a few thousand places, and knows its pauses exactly', () => {
  const knots = new RequestKnots()
  const countAt = (second: number) => 1_000 * Math.min(second, 40_000) + 1_000 * Math.max(0, second - 50_000)
  for (let second = 0; second <= 90_000; second++) {
    knots.add({ atNs: second * SEC, requests: { count: countAt(second), atNs: second * SEC } })
  }
  expect(knots.all.length).toBeLessThan(5_000)
  const clock = requestClock(knots.all)
  for (const second of [1, 12_345, 39_999, 40_000, 45_000, 50_000, 50_001, 89_000]) {
    expect(clock?.at(second * SEC), `${second} s`).toBeCloseTo(countAt(second), 3)
  }
})

it('needs no more of one with a pause before each request either', () => {
  const knots = new RequestKnots()
  for (let second = 0; second <= 90_000; second++) {
    knots.add({ atNs: second * SEC, requests: { count: Math.floor(second / 3), atNs: second * SEC } })
  }
  expect(knots.all.length).toBeLessThanOrEqual(4_096)
  const clock = requestClock(knots.all)
  for (const second of [300, 45_000, 89_000]) {
    expect(Math.abs((clock?.at(second * SEC) ?? 0) - second / 3), `${second} s`).toBeLessThan(60)
  }
})

it('knows until when nothing was asked yet', () => {
  expect(knotsOf([null, null, 5, 5, 6, 6]).quietToNs).toBe(103 * SEC)
  expect(knotsOf([]).quietToNs).toBeUndefined()
  // A load tells of the end of its warm-up first, which is to come.
  const load = new RequestKnots()
  load.add({ atNs: SEC, requests: null })
  load.add({ atNs: 2 * SEC, requests: { count: 0, atNs: 10 * SEC } })
  expect(load.quietToNs).toBe(SEC)
})

it('counts seconds from the first sample on, whatever is asked', () => {
  const { per, at } = secondClock(100 * SEC)
  expect([per, at(105 * SEC)]).toEqual(['second', 5])
})
