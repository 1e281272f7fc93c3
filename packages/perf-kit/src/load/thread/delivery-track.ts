import type { ResourceUpdate } from '../../protocol/index.ts'

/** How many missing ones of a resource are remembered, the newest: one that comes later than that counts as twice. */
const MOST_MISSING = 1_000

export interface Arrival {
  readonly kind: 'new' | 'late' | 'twice'
  /** how many more are missing than before; negative when one that was missing has come */
  readonly lost: number
}

type Published = NonNullable<ResourceUpdate['published']>

interface Resource {
  latest: Published
  readonly missing: Set<number>
}

/** What has come of each resource's updates over one stream, by the numbers that their publisher gives them. */
export class DeliveryTrack {
  readonly #resources = new Map<string, Resource>()

  arrived(uri: string, published: Published): Arrival {
    const resource = this.#resources.get(uri)
    // What was published before the first that came was not meant for us.
    if (resource === undefined) {
      this.#resources.set(uri, { latest: published, missing: new Set() })
      return { kind: 'new', lost: 0 }
    }
    const { latest, missing } = resource
    if (published.sequence > latest.sequence) {
      resource.latest = published
      return { kind: 'new', lost: skip(missing, latest.sequence, published.sequence) }
    }
    if (missing.delete(published.sequence)) return { kind: 'late', lost: -1 }
    if (published.atNs <= latest.atNs) return { kind: 'twice', lost: 0 }
    // Published after the latest, under a lower number: the publisher has begun anew.
    resource.latest = published
    missing.clear()
    return { kind: 'new', lost: 0 }
  }
}

function skip(missing: Set<number>, before: number, after: number): number {
  for (let sequence = Math.max(before + 1, after - MOST_MISSING); sequence < after; sequence++) missing.add(sequence)
  for (const oldest of missing) {
    if (missing.size <= MOST_MISSING) break
    missing.delete(oldest)
  }
  return after - before - 1
}
