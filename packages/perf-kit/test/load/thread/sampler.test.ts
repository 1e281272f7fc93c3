import { expect, it } from 'vitest'
import { sampledRequests } from '../../../src/load/request-sample.ts'
import { Sampler } from '../../../src/load/thread/sampler.ts'

/** Request number n takes n ns. */
function feed(sampler: Sampler, count: number, serverTiming?: (number: number) => string | undefined): void {
  for (let number = 0; number < count; number++) {
    const place = sampler.draw()
    if (place < 0) continue
    const times = { intendedNs: 0, takenNs: 0, sentNs: 0, headNs: number, endNs: number }
    sampler.put(place, times, serverTiming?.(number))
  }
}

it('keeps all of a few requests, on the clock that all threads share', () => {
  const sampler = new Sampler(10, 1)
  feed(sampler, 3)
  const { drawnFrom, endNs, intendedNs } = sampler.columns(1000)
  expect(drawnFrom).toBe(3)
  expect([...endNs]).toEqual([1000, 1001, 1002])
  expect([...intendedNs]).toEqual([1000, 1000, 1000])
})

it('draws each of many as often as any other', () => {
  const count = 200
  const times = new Float64Array(count)
  const rounds = 2_000
  for (let seed = 0; seed < rounds; seed++) {
    const sampler = new Sampler(20, seed)
    feed(sampler, count)
    for (const number of sampler.columns(0).endNs) times[number] = (times[number] ?? 0) + 1
  }
  // Each is drawn 200 times on average, with a standard deviation of 13.4; χ² of 200 with 199 degrees of freedom.
  const expected = (rounds * 20) / count
  const chiSquare = times.reduce((sum, seen) => sum + (seen - expected) ** 2 / (expected * (1 - 20 / count)), 0)
  expect(chiSquare).toBeGreaterThan(120)
  expect(chiSquare).toBeLessThan(300)
})

it('has what the target said of a request with that request, and nothing of the one that was there before', () => {
  const sampler = new Sampler(4, 3)
  feed(sampler, 1_000, (number) => (number % 2 === 0 ? `db;dur=${number}, db;dur=1` : undefined))
  for (const { endNs, timings } of sampledRequests([sampler.columns(0)])) {
    expect(timings.get('db')).toBe(endNs % 2 === 0 ? (endNs + 1) * 1e6 : undefined)
  }
})

it('keeps no more names than a server has sensibly', () => {
  const sampler = new Sampler(100, 1)
  feed(sampler, 100, (number) => `name-${number};dur=1`)
  const names = Object.keys(sampler.columns(0).timings)
  expect(names).toHaveLength(17)
  expect(names).toContain('others')
})

it('leaves out what was drawn and never came to an end', () => {
  const sampler = new Sampler(4, 1)
  sampler.draw()
  feed(sampler, 2)
  expect([...sampler.columns(0).endNs]).toEqual([0, 1])
})

it('gives each request of a thread the weight of those it stands for', () => {
  const [few, many] = [new Sampler(10, 1), new Sampler(10, 2)]
  feed(few, 5)
  feed(many, 1_000)
  const requests = sampledRequests([few.columns(0), many.columns(0)])
  expect(requests).toHaveLength(15)
  expect(requests.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1_005, 6)
})
