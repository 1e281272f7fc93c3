import type { MemorySample } from '../../src/memory/index.ts'
import { type Chance, type Collected, heapMoments, type Kept, PER_SEC, SECONDS } from './simulated-memory.ts'

const KB = 1e3
const MB = 1e6
const SEC_NS = 1e9
const FROM_NS = 1e12

export interface Circumstances {
  /** requests a second */
  readonly perSec: number
  /** without any request, before the load and after it */
  readonly quietSec: number
  readonly hasAgent: boolean
}

const USUAL: Circumstances = { perSec: PER_SEC, quietSec: 0, hasAgent: true }

/** 5 to 5000 requests a second, and up to 30 s of quiet before and after them. */
export function drawn(chance: Chance, hasAgent: boolean): Circumstances {
  return { perSec: 5 * 10 ** chance.between(0, 3), quietSec: chance.between(0, 30), hasAgent }
}

/**
 * All that is told of a process, once a second: its heap, and besides it what goes up and down in every server: Buffers, what the allocator keeps,
 * connections that come and go, and a load that is not quite even.
 */
export function simulatedProcess(
  chance: Chance,
  kept: Kept,
  collected: Collected,
  { perSec, quietSec, hasAgent }: Circumstances = USUAL,
): readonly MemorySample[] {
  const around = everythingElse(chance)
  const isDriven = (second: number): boolean => second >= quietSec && second < SECONDS - quietSec
  const samples: MemorySample[] = []
  let collections: NonNullable<MemorySample['inside']>['collections'][number][] = []
  let requests = 0
  for (const { second, bytes, isCollected } of heapMoments(chance, kept, collected)) {
    if (isDriven(second)) requests += 0.1 * perSec * chance.between(0.95, 1.05)
    const atNs = FROM_NS + second * SEC_NS
    const isSampled = Math.round(10 * second) % 10 === 0
    if (!isCollected && !isSampled) continue
    const { outside, listeners, resources, memoryOf } = around(second, isDriven(second))
    const reading = { atNs, memory: memoryOf(bytes), oldBytes: bytes }
    if (isCollected) collections.push({ ...reading, endNs: atNs })
    if (!isSampled) continue
    const inside = { ...reading, listeners, workers: 0, resources, collections, collectionsLost: 0, tookNs: 1e5 }
    const { rssBytes } = reading.memory
    samples.push({
      atNs,
      requests: { count: Math.round(requests), atNs },
      outside: { state: 'seen', rssBytes, ...outside },
      inside: hasAgent ? inside : null,
    })
    collections = []
  }
  return samples
}

function everythingElse(chance: Chance) {
  const buffers = {
    base: chance.between(100 * KB, 5 * MB),
    size: chance.between(10 * KB, 300 * KB),
    wave: chance.wave(0.5),
  }
  const native = {
    base: chance.between(25 * MB, 60 * MB),
    size: chance.between(50 * KB, 1.5 * MB),
    wave: chance.wave(0.8),
  }
  const warm = { size: chance.between(0, 8 * MB), sec: chance.between(2, 15) }
  const young = chance.between(16 * MB, 32 * MB)
  const clients = { base: Math.round(chance.between(5, 100)), size: chance.between(0, 3), wave: chance.wave(0.3) }
  return (second: number, isDriven: boolean) => {
    const connections = isDriven ? Math.max(0, Math.round(clients.base + clients.size * clients.wave())) : 0
    const arrayBuffersBytes = Math.max(0, buffers.base + buffers.size * buffers.wave())
    const residual = native.base + warm.size * (1 - Math.exp(-second / warm.sec)) + native.size * native.wave()
    return {
      outside: { threads: 11, descriptors: 22 + connections, sockets: 2 + connections, children: 0 },
      listeners: 3,
      resources: { TCPServerWrap: 1, TCPSocketWrap: connections },
      memoryOf: (oldBytes: number) => {
        const heapTotalBytes = oldBytes + young
        const externalBytes = 2 * MB + arrayBuffersBytes
        return {
          rssBytes: Math.round(residual + heapTotalBytes + externalBytes),
          heapTotalBytes,
          heapUsedBytes: oldBytes + young / 3,
          externalBytes,
          arrayBuffersBytes,
        }
      },
    }
  }
}
