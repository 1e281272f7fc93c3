import type { MemorySample } from '../../src/memory/index.ts'
import type { AgentMemory } from '../../src/target/index.ts'
import { normalFrom, seededUniform } from '../stats/random.ts'

const MB = 1e6
const SEC = 1e9
const PER_SEC = 1000
const COLLECTED_EVERY_SEC = 20

/** What a process keeps of each request, and for how long it is looked at. */
export interface SimulatedProcess {
  readonly seconds: number
  readonly leakBytes?: number
  readonly seed?: number
}

/** A sample a second of a process that has garbage, warms up, and may keep something of each request. */
export function simulatedSamples({ seconds, leakBytes = 0, seed = 1 }: SimulatedProcess): MemorySample[] {
  const normal = normalFrom(seededUniform(seed))
  return Array.from({ length: seconds }, (_, second) => {
    const kept = 20 * MB + 3 * MB * (1 - Math.exp(-second / 20)) + leakBytes * PER_SEC * second
    const garbage = (second % COLLECTED_EVERY_SEC) * MB
    const atNs = (second + 1) * SEC
    const memory = memoryOf(kept + garbage + 30e3 * normal(), 60 * MB + leakBytes * PER_SEC * second + 200e3 * normal())
    const left = kept + 20e3 * Math.abs(normal())
    const isCollected = second % COLLECTED_EVERY_SEC === 0
    return {
      atNs,
      requests: { count: PER_SEC * (second + 1), atNs },
      outside: { state: 'seen', rssBytes: memory.rssBytes, threads: 11, descriptors: 30, sockets: 12, children: 0 },
      inside: {
        atNs,
        memory,
        oldBytes: kept + garbage,
        listeners: 4,
        workers: 0,
        resources: { TCPSocketWrap: 50, Timeout: 3 },
        collections: isCollected ? [{ endNs: atNs - 0.1 * SEC, atNs: atNs - 0.1 * SEC, memory, oldBytes: left }] : [],
        collectionsLost: 0,
        tookNs: 50e3,
      },
    }
  })
}

function memoryOf(heapUsedBytes: number, restBytes: number): AgentMemory {
  const heapTotalBytes = 1.2 * heapUsedBytes
  return {
    rssBytes: heapTotalBytes + restBytes + 4 * MB,
    heapTotalBytes,
    heapUsedBytes,
    externalBytes: 4 * MB,
    arrayBuffersBytes: MB,
  }
}
