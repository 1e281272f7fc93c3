import type { BackendCaller } from './backend-caller.ts'
import type { ExchangeOutcome } from './exchange.ts'
import type { McpObserver } from './mcp-endpoint.ts'
import { Counter, Gauge, Histogram, type Labels, type MetricFamily } from './metrics.ts'
import type { PoolState } from './pool.ts'

// Methods come from clients; only these become label values, or any client could fill the memory with labels.
const KNOWN_METHODS = new Set([
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
])

/** Upper bounds in seconds, about three a decade from 1 ms to 10 s. */
const DURATION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What the gauges read at each scrape. */
export interface GaugeSources {
  readonly sessions: () => number
  readonly openRequests: () => number
  readonly subscriptions: () => number
  readonly callers: () => Iterable<readonly [backend: string, caller: BackendCaller]>
}

/** Every metric family of the gateway, and the observer that feeds those which count. */
export class GatewayMetrics implements McpObserver {
  readonly #duration = new Histogram(
    {
      name: 'gateway_request_duration_seconds',
      unit: 'seconds',
      help: 'From the arrival of a request to the end of its reply.',
    },
    DURATION_BOUNDS,
  )
  readonly #requests = new Counter({ name: 'gateway_requests', help: 'Requests ended, by method and outcome.' })
  readonly #reaped = new Counter({ name: 'gateway_sessions_reaped', help: 'Sessions closed for being idle.' })
  readonly #slow = new Counter({
    name: 'gateway_slow_consumers_dropped',
    help: 'Streams cut because of a slow reader.',
  })
  readonly #notifications = new Counter({
    name: 'gateway_updates_delivered',
    help: 'Resource updates, by session reached.',
  })
  readonly #gauges: readonly Gauge[]

  constructor(sources: GaugeSources) {
    this.#gauges = [...ownGauges(sources), ...poolGauges(sources), ...processGauges()]
  }

  get families(): Iterable<MetricFamily> {
    return [this.#duration, this.#requests, this.#reaped, this.#slow, this.#notifications, ...this.#gauges]
  }

  requestEnded(method: string, outcome: ExchangeOutcome, durationMs: number): void {
    const known = KNOWN_METHODS.has(method) ? method : 'other'
    this.#duration.observe(durationMs / 1000, { method: known })
    this.#requests.add(1, { method: known, outcome })
  }

  sessionReaped(): void {
    this.#reaped.add()
  }

  slowConsumerDropped(): void {
    this.#slow.add()
  }

  updatesDelivered(count: number): void {
    this.#notifications.add(count)
  }
}

function ownGauges({ sessions, openRequests, subscriptions }: GaugeSources): Gauge[] {
  return [
    new Gauge({ name: 'gateway_sessions', help: 'Open sessions.' }, () => [[sessions()]]),
    new Gauge({ name: 'gateway_open_requests', help: 'Requests that wait for their answer.' }, () => [
      [openRequests()],
    ]),
    new Gauge({ name: 'gateway_upstream_subscriptions', help: 'Resources subscribed at backends.' }, () => [
      [subscriptions()],
    ]),
  ]
}

function poolGauges({ callers }: GaugeSources): Gauge[] {
  const gauge = (name: string, help: string, read: (state: PoolState) => number) =>
    new Gauge({ name, help }, () =>
      Array.from(callers(), ([backend, caller]): [number, Labels] => [read(caller.poolState), { backend }]),
    )
  return [
    gauge('gateway_pool_members', 'Connections to a backend, idle or in use.', ({ size }) => size),
    gauge('gateway_pool_idle', 'Connections to a backend that nobody uses.', ({ idle }) => idle),
    gauge('gateway_pool_waiting', 'Requests that wait for a connection.', ({ waiting }) => waiting),
  ]
}

function processGauges(): Gauge[] {
  return [
    new Gauge({ name: 'process_resident_memory_bytes', unit: 'bytes', help: 'Resident set size.' }, () => [
      [process.memoryUsage.rss()],
    ]),
    new Gauge({ name: 'nodejs_heap_used_bytes', unit: 'bytes', help: 'Used part of the V8 heap.' }, () => [
      [process.memoryUsage().heapUsed],
    ]),
  ]
}
