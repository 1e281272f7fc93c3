export { type Backend, startBackend } from './backend.ts'
export { type BackendOptions, DEFAULT_BACKEND } from './backend-options.ts'
export { type BackendProcess, spawnBackend } from './backend-process.ts'
export { CircuitBreaker, type CircuitBreakerOptions, type CircuitState, type Pass } from './circuit-breaker.ts'
export { type BackendAddress, type Gateway, type GatewayOptions, startGateway } from './gateway.ts'
export { GatewayError, type GatewayErrorCode } from './gateway-error.ts'
export {
  type InvalidMessage,
  type ParsedMessage,
  parseMessage,
  serializeMessage,
  type ValidMessage,
  validateMessage,
} from './json-rpc.ts'
export { LATENCY_SYNTAX, type LatencyModel, parseLatencyModel } from './latency-model.ts'
export { LinkedList, type ListNode } from './linked-list.ts'
export {
  Counter,
  Gauge,
  Histogram,
  type Labels,
  type MetricFamily,
  OPENMETRICS_CONTENT_TYPE,
  renderOpenMetrics,
} from './metrics.ts'
export {
  type AcquireOptions,
  type Lease,
  Pool,
  PoolClosedError,
  type PoolOptions,
  type PoolState,
  PoolTimeoutError,
} from './pool.ts'
export { type Random, seededRandom } from './random.ts'
export { isBackendName, joinToolName, type Route, RouteTable } from './route-table.ts'
export { ServerTiming, type TimingPart } from './server-timing.ts'
export { SessionLimitError, SessionRegistry, type SessionRegistryOptions } from './session-registry.ts'
export { encodeSseEvent, SSE_HEARTBEAT, type SseEvent } from './sse.ts'
export { type Subscriber, SubscriptionHub } from './subscription-hub.ts'
