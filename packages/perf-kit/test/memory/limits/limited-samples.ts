import type { MemorySample } from '../../../src/memory/index.ts'

const MIB = 2 ** 20
const NS_PER_SEC = 1e9

/** What a sample a second has seen. */
export interface Seen {
  /** of the old generation, its garbage included, in MiB */
  readonly heap?: number
  /** what full collections of that second have left of it, in MiB */
  readonly left?: readonly number[]
  /** resident, from outside, in MiB */
  readonly rss?: number
}

export function samplesOf(...seen: readonly Seen[]): readonly MemorySample[] {
  return seen.map(({ heap, left = [], rss }, index) => {
    const atNs = index * NS_PER_SEC
    return {
      atNs,
      requests: null,
      outside:
        rss === undefined
          ? null
          : { state: 'seen', rssBytes: rss * MIB, threads: 1, descriptors: null, sockets: null, children: null },
      inside:
        heap === undefined
          ? null
          : {
              ...reading(atNs, heap),
              listeners: 0,
              workers: 0,
              resources: null,
              collections: left.map((mib) => ({ endNs: atNs, ...reading(atNs, mib) })),
              collectionsLost: 0,
              tookNs: 0,
            },
    }
  })
}

function reading(atNs: number, mib: number) {
  const bytes = mib * MIB
  const memory = {
    rssBytes: 2 * bytes,
    heapTotalBytes: bytes,
    heapUsedBytes: bytes,
    externalBytes: 0,
    arrayBuffersBytes: 0,
  }
  return { atNs, memory, oldBytes: bytes }
}
