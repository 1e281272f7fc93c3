/**
 * What the verdicts are calibrated on: real code of the gateway, from tens of nanoseconds to hundreds of microseconds,
 * with and without allocation, and where a slowdown can be put into each.
 */
export interface CalibrationSubject {
  readonly subject: string
  /** where the slowdown goes in: this text of this file gets a call before it */
  readonly injection: { readonly file: string; readonly before: string }
}

const JSON_RPC = 'packages/gateway/src/json-rpc.ts'
const PARSE = { file: JSON_RPC, before: '  return validateMessage(value)\n' }
const SERIALIZE = { file: JSON_RPC, before: '  return JSON.stringify(message)\n' }

export const CALIBRATION_SUBJECTS: readonly CalibrationSubject[] = [
  { subject: 'serialization/request parse size=100B', injection: PARSE },
  { subject: 'serialization/request parse size=10kB', injection: PARSE },
  { subject: 'serialization/response serialize size=1kB', injection: SERIALIZE },
  { subject: 'serialization/response serialize size=100kB', injection: SERIALIZE },
  {
    subject: 'routing/refresh one backend tools=100',
    injection: { file: 'packages/gateway/src/route-table.ts', before: '    this.removeBackend(backend)\n' },
  },
  {
    subject: 'sessions/lookup sessions=1000',
    injection: {
      file: 'packages/gateway/src/session-registry.ts',
      before: '    if (entry === undefined) return undefined\n    this.#touch',
    },
  },
  {
    subject: 'sessions/create and delete',
    injection: {
      file: 'packages/gateway/src/session-registry.ts',
      before: '    if (this.#entries.size >= this.#maxSessions) {\n',
    },
  },
  {
    subject: 'subscriptions/fan-out subscribers=100',
    injection: {
      file: 'packages/gateway/src/subscription-hub.ts',
      before: '    for (const subscriber of subscribers) subscriber.deliver(event)\n',
    },
  },
  {
    subject: 'subscriptions/subscribe and drop',
    injection: {
      file: 'packages/gateway/src/subscription-hub.ts',
      before: '    const uris = this.#urisBySubscriber.get(subscriber) ?? []\n',
    },
  },
  {
    subject: 'pool/acquire idle',
    injection: { file: 'packages/gateway/src/pool.ts', before: '    const idle = this.#idle.pop()\n' },
  },
]
