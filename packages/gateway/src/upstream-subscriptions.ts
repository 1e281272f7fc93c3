import type { Subscriber, SubscriptionHub } from './subscription-hub.ts'
import { explain } from './upstream-error.ts'

/** The backends, as places to subscribe at. */
export interface SubscribeUpstream {
  /** @returns the backend that lists the URI now */
  ownerOf(uri: string): string | undefined
  subscribe(backend: string, uri: string): Promise<void>
  unsubscribe(backend: string, uri: string): Promise<void>
}

/**
 * Keeps what is subscribed upstream in step with the hub: one subscription a URI, however many want it, at the backend
 * that lists it.
 *
 * Steps for one URI run one after the other, and each looks at what is wanted when its turn comes. So "the last one
 * left" and "a new one came" cannot overtake each other on their way to the backend.
 */
export class UpstreamSubscriptions<S extends Subscriber> {
  readonly #hub: SubscriptionHub<S>
  readonly #upstream: SubscribeUpstream
  /** Where each URI is subscribed. */
  readonly #backendByUri = new Map<string, string>()
  readonly #steps = new Map<string, Promise<void>>()

  constructor(hub: SubscriptionHub<S>, upstream: SubscribeUpstream) {
    this.#hub = hub
    this.#upstream = upstream
  }

  get size(): number {
    return this.#backendByUri.size
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

  /** The backend has a new session, which knows of no subscription. */
  forget(backend: string): void {
    for (const [uri, at] of this.#backendByUri) if (at === backend) this.#backendByUri.delete(uri)
  }

  /**
   * Subscribes whatever is wanted and is not, or no longer, subscribed at this backend: after it has forgotten, or has
   * changed its list.
   *
   * @throws {Error} which of them failed; they are tried again the next time
   */
  async restore(backend: string): Promise<void> {
    const uris = Array.from(this.#hub.uris()).filter((uri) => this.#isToRestore(uri, backend))
    const results = await Promise.allSettled(uris.map((uri) => this.#sync(uri)))
    const failures = results.flatMap((result, index) =>
      result.status === 'rejected' ? [{ uri: uris[index], reason: explain(result.reason) }] : [],
    )
    const [first] = failures
    if (first === undefined) return
    const share = `${failures.length} of ${uris.length}`
    throw new Error(`${share} subscriptions not restored, such as ${first.uri}: ${first.reason}`)
  }

  #isToRestore(uri: string, backend: string): boolean {
    const [at, wantedAt] = [this.#backendByUri.get(uri), this.#upstream.ownerOf(uri)]
    return (at === backend || wantedAt === backend) && (at !== wantedAt || this.#steps.has(uri))
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
    const wantedAt = wanted ? this.#upstream.ownerOf(uri) : undefined
    const at = this.#backendByUri.get(uri)
    if (at === wantedAt) return
    if (at !== undefined) {
      // Forgotten even if the backend cannot be told: then its session, and the subscription with it, is lost anyway.
      this.#backendByUri.delete(uri)
      const left = this.#upstream.unsubscribe(at, uri)
      await (wanted ? left.catch(() => undefined) : left)
    }
    if (wantedAt === undefined) return
    await this.#upstream.subscribe(wantedAt, uri)
    this.#backendByUri.set(uri, wantedAt)
  }
}
