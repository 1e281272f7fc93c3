/** Real code of the gateway that a slowdown can be put into: a file, and the text of it that gets a call before it. */
export interface SlowdownPlace {
  /** the benchmark that runs through this place; every place belongs to one of the subjects only */
  readonly subject: string
  readonly file: string
  readonly before: string
}

const gateway = (file: string): string => `packages/gateway/src/${file}`

/** From tens of nanoseconds to hundreds of microseconds, with and without allocation, sync and async. */
export const SLOWDOWN_PLACES: readonly SlowdownPlace[] = [
  {
    subject: 'pool/acquire idle',
    file: gateway('pool.ts'),
    before: '    const idle = this.#idle.pop()\n',
  },
  {
    subject: 'routing/lookup tools=10000 outcome=hit',
    file: gateway('route-table.ts'),
    before: '    return this.#routes.get(name)\n',
  },
  {
    subject: 'routing/refresh one backend tools=1000',
    file: gateway('route-table.ts'),
    before: '    this.removeBackend(backend)\n',
  },
  {
    subject: 'serialization/request parse size=10kB',
    file: gateway('json-rpc.ts'),
    before: '  return validateMessage(value)\n',
  },
  {
    subject: 'serialization/response serialize size=1kB',
    file: gateway('json-rpc.ts'),
    before: '  return JSON.stringify(message)\n',
  },
  {
    subject: 'serialization/sse frame size=10kB',
    file: gateway('sse.ts'),
    before: "  let head = ''\n",
  },
  {
    subject: 'sessions/lookup sessions=10000',
    file: gateway('session-registry.ts'),
    before: '    if (entry === undefined) return undefined\n    this.#touch',
  },
  {
    subject: 'sessions/create and delete',
    file: gateway('session-registry.ts'),
    before: '    if (this.#entries.size >= this.#maxSessions) {\n',
  },
  {
    subject: 'subscriptions/fan-out subscribers=1000',
    file: gateway('subscription-hub.ts'),
    before: '    for (const subscriber of subscribers) subscriber.deliver(event)\n',
  },
  {
    subject: 'subscriptions/subscribe and drop',
    file: gateway('subscription-hub.ts'),
    before: '    const uris = this.#urisBySubscriber.get(subscriber) ?? []\n',
  },
]
