/**
 * What is timed besides the response time, each as a distribution of its own:
 * - `service`: from the real send time to the end
 * - `waiting`: from the real send time until the head of the answer was there
 * - `receiving`: from the head of the answer to its last byte
 * - `sendLag`: how late the generator itself came to requests that were due
 * - `connect`: from asking for a connection until it was there, of all connections, those of the warm-up too
 * - `dns`, `tcp`, `tls`, `settings` (of HTTP/2): the parts of that; 0 for what there was not to do
 */
export const TIME_NAMES = [
  'service',
  'waiting',
  'receiving',
  'sendLag',
  'connect',
  'dns',
  'tcp',
  'tls',
  'settings',
] as const

export type TimeName = (typeof TIME_NAMES)[number]

/** As a Run names them, in its order. */
export const TIME_METRICS: readonly (readonly [metric: string, time: TimeName])[] = [
  ['serviceTime', 'service'],
  ['waitingTime', 'waiting'],
  ['receivingTime', 'receiving'],
  ['sendLag', 'sendLag'],
  ['connectTime', 'connect'],
  ['dnsTime', 'dns'],
  ['tcpTime', 'tcp'],
  ['tlsTime', 'tls'],
  ['settingsTime', 'settings'],
]

/** @returns one of each */
export function eachTime<Value>(make: (name: TimeName) => Value): Readonly<Record<TimeName, Value>> {
  const made = TIME_NAMES.map((name) => [name, make(name)] as const)
  return Object.fromEntries(made) as Record<TimeName, Value>
}
