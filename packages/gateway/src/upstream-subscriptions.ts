import type { Subscriber, SubscriptionHub } from './subscription-hub.ts'

/** What can subscribe at the backend that owns a URI. */
export interface SubscribeUpstream {
  subscribe(uri: string): Promise<void>
  unsubscribe(uri: string): Promise<void>
}

/**
 * Keeps what is subscribed upstream in step with the hub: one subscription a URI, however many want it.
 *
 * Steps for one URI run one after the other, and each looks at what is wanted when its turn comes. So "the last one
 * left" and "a new one came" cannot overtake each other on their way to the backend.
 */
export class UpstreamSubscriptions<S extends Subscriber> {
  readonly #hub: SubscriptionHub<S>
  readonly #upstream: SubscribeUpstream
  readonly #subscribed = new Set<string>()
  readonly #steps = new Map<string, Promise<void>>()

  constructor(hub: SubscriptionHub<S>, upstream: SubscribeUpstream) {
    this.#hub = hub
    this.#upstream = upstream
  }

  get size(): number {
    return this.#subscribed.size
  }

  /** @throws what the backend answered; the subscriber is then not subscribed */
  async subscribe(uri: string, subscriber: S): Promise<void> {
    this.#hub.subscribe(uri, subscriber)
    try {
      await this.#sync(uri)
    } catch (error) {
      this.#hub.unsubscribe(uri, subscriber)
      throw error
    }
  }

  async unsubscribe(uri: string, subscriber: S): Promise<void> {
    if (this.#hub.unsubscribe(uri, subscriber)) await this.#sync(uri)
  }

  async dropSubscriber(subscriber: S): Promise<void> {
    await Promise.allSettled(this.#hub.dropSubscriber(subscriber).map((uri) => this.#sync(uri)))
  }

  /** Subscribes anew, at a backend that has forgotten: those of the hub's URIs that `belongs` holds for. */
  async restore(belongs: (uri: string) => boolean): Promise<void> {
    for (const uri of this.#subscribed) if (belongs(uri)) this.#subscribed.delete(uri)
    await Promise.allSettled(
      Array.from(this.#hub.uris())
        .filter(belongs)
        .map((uri) => this.#sync(uri)),
    )
  }

  #sync(uri: string): Promise<void> {
    const previous = this.#steps.get(uri) ?? Promise.resolve()
    const step = previous.catch(() => undefined).then(() => this.#step(uri))
    this.#steps.set(uri, step)
    const forget = () => {
      if (this.#steps.get(uri) === step) this.#steps.delete(uri)
    }
    step.then(forget, forget)
    return step
  }

  async #step(uri: string): Promise<void> {
    const wanted = this.#hub.has(uri)
    if (wanted === this.#subscribed.has(uri)) return
    if (wanted) {
      await this.#upstream.subscribe(uri)
      this.#subscribed.add(uri)
    } else {
      // Forgotten even if the backend cannot be told: then its session, and the subscription with it, is lost anyway.
      this.#subscribed.delete(uri)
      await this.#upstream.unsubscribe(uri)
    }
  }
}
