import { expect, it } from 'vitest'
import { judgeRecord } from '../../src/memory/leak-verdict.ts'
import { MemoryRecord } from '../../src/memory/memory-record.ts'
import { normalFrom, seededUniform } from '../stats/random.ts'

const SEC_NS = 1e9

/** Twelve hours of a process that nobody sees from inside, at 100 requests a second, one sample a second. */
function recordOf(bytesPerRequest: number): MemoryRecord {
  const [record, normal] = [new MemoryRecord(), normalFrom(seededUniform(1))]
  for (let second = 0; second < 43_200; second++) {
    const [atNs, count] = [second * SEC_NS, 100 * second]
    const garbage = 2e5 * (second % 60)
    const rssBytes = 6e7 + bytesPerRequest * count + garbage + 1e5 * normal()
    record.add({
      atNs,
      requests: { count, atNs },
      outside: { state: 'seen', rssBytes, threads: 11, descriptors: 20, sockets: 12, children: 0 },
      inside: null,
    })
  }
  return record
}

it('keeps little of many samples, which is enough to judge by', () => {
  const record = recordOf(128)
  expect(record.seen('rss').length).toBeLessThanOrEqual(2_048)
  expect(record.requests.all.length).toBeLessThan(5_000)
  const { state, signals } = judgeRecord(record)
  expect(state).toBe('leaking')
  expect(Math.abs((signals[0]?.each?.value ?? 0) / 128 - 1)).toBeLessThan(0.02)
  expect(judgeRecord(recordOf(0)).state).toBe('steady')
})

it('knows how much of the time a process has told of itself, and has worker threads', () => {
  const record = new MemoryRecord()
  expect([record.samples, record.insideRatio, record.lastedNs]).toEqual([0, 0, 0])
  const memory = { rssBytes: 1, heapTotalBytes: 1, heapUsedBytes: 1, externalBytes: 1, arrayBuffersBytes: 1 }
  const inside = {
    atNs: 0,
    memory,
    oldBytes: 1,
    listeners: 0,
    resources: null,
    collections: [],
    collectionsLost: 0,
    tookNs: 1,
  }
  record.add({ atNs: 1, requests: null, outside: null, inside: null })
  record.add({ atNs: 2, requests: null, outside: null, inside: { ...inside, workers: 0 } })
  expect([record.samples, record.insideRatio, record.lastedNs, record.hasWorkers]).toEqual([2, 0.5, 1, false])
  record.add({ atNs: 3, requests: null, outside: null, inside: { ...inside, workers: 1 } })
  record.add({ atNs: 4, requests: null, outside: null, inside: { ...inside, workers: 0 } })
  expect(record.hasWorkers).toBe(true)
})
