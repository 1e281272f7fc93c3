export interface Subscriber {
  /** Takes one encoded event. Must not throw, and must not wait: a slow one is the subscriber's own business. */
  deliver(event: string): void
}

/**
 * Who wants to hear of which resource, reference-counted: the first subscriber of a URI and the last one to leave are
 * reported, because only they change what is subscribed upstream.
 */
export class SubscriptionHub<S extends Subscriber> {
  readonly #subscribersByUri = new Map<string, Set<S>>()
  readonly #urisBySubscriber = new Map<S, Set<string>>()

  /** Number of URIs with a subscriber. */
  get size(): number {
    return this.#subscribersByUri.size
  }

  uris(): IterableIterator<string> {
    return this.#subscribersByUri.keys()
  }

  has(uri: string): boolean {
    return this.#subscribersByUri.has(uri)
  }

  /** @returns whether this is the first subscriber of the URI */
  subscribe(uri: string, subscriber: S): boolean {
    addTo(this.#urisBySubscriber, subscriber, uri)
    return addTo(this.#subscribersByUri, uri, subscriber)
  }

  /** @returns whether this was the last subscriber of the URI; false as well when it was none */
  unsubscribe(uri: string, subscriber: S): boolean {
    removeFrom(this.#urisBySubscriber, subscriber, uri)
    return removeFrom(this.#subscribersByUri, uri, subscriber)
  }

  /** @returns the URIs that lost their last subscriber */
  dropSubscriber(subscriber: S): string[] {
    const uris = this.#urisBySubscriber.get(subscriber) ?? []
    this.#urisBySubscriber.delete(subscriber)
    return Array.from(uris).filter((uri) => removeFrom(this.#subscribersByUri, uri, subscriber))
  }

  /**
   * @param event - already encoded: once for all subscribers, not once for each
   * @returns how many it was delivered to
   */
  fanOut(uri: string, event: string): number {
    const subscribers = this.#subscribersByUri.get(uri)
    if (subscribers === undefined) return 0
    for (const subscriber of subscribers) subscriber.deliver(event)
    return subscribers.size
  }
}

/** @returns whether the key is new */
function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): boolean {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
  return set === undefined
}

/** @returns whether the value was the key's last */
function removeFrom<K, V>(sets: Map<K, Set<V>>, key: K, value: V): boolean {
  const set = sets.get(key)
  if (set === undefined || !set.delete(value) || set.size > 0) return false
  return sets.delete(key)
}
