import type { ResourceUpdate } from '../../protocol/index.ts'

/** How many missing ones of a resource are remembered, the newest: one that comes later than that counts as twice. */
const MOST_MISSING = 1_000

export interface Arrival {
  readonly kind: 'new' | 'late' | 'twice'
  /** how many more are missing than before, of those that count; negative when one that was missing has come */
  readonly lost: number
}

type Published = NonNullable<ResourceUpdate['published']>

interface Resource {
  latest: Published
  /** by number, whether it was counted as lost: what is missed when nobody counts is not to be taken back when somebody does */
  readonly missing: Map<number, boolean>
}

/** What has come of each resource's updates over one stream, by the numbers that their publisher gives them. */
export class DeliveryTrack {
  readonly #resources = new Map<string, Resource>()

  /** @param isCounted - whether what is found to be missing now counts as lost */
  arrived(uri: string, published: Published, isCounted: boolean): Arrival {
    const resource = this.#resources.get(uri)
    // What was published before the first that came was not meant for us.
    if (resource === undefined) {
      this.#resources.set(uri, { latest: published, missing: new Map() })
      return { kind: 'new', lost: 0 }
    }
    const { latest, missing } = resource
    if (published.sequence > latest.sequence) {
      resource.latest = published
      const skipped = skip(missing, latest.sequence, published.sequence, isCounted)
      return { kind: 'new', lost: isCounted ? skipped : 0 }
    }
    const wasCounted = missing.get(published.sequence)
    if (wasCounted !== undefined) {
      missing.delete(published.sequence)
      return { kind: 'late', lost: wasCounted ? -1 : 0 }
    }
    if (published.atNs <= latest.atNs) return { kind: 'twice', lost: 0 }
    // Published after the latest, under a lower number: the publisher has begun anew.
    resource.latest = published
    missing.clear()
    return { kind: 'new', lost: 0 }
  }
}

function skip(missing: Map<number, boolean>, before: number, after: number, isCounted: boolean): number {
  for (let sequence = Math.max(before + 1, after - MOST_MISSING); sequence < after; sequence++) {
    missing.set(sequence, isCounted)
  }
  for (const oldest of missing.keys()) {
    if (missing.size <= MOST_MISSING) break
    missing.delete(oldest)
  }
  return after - before - 1
}
