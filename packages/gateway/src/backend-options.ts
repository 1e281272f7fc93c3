/** What a load backend does; all of it can be set from the command line of `backend-main.ts`. */
export interface BackendOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** Part of its resources' URIs. */
  readonly name: string
  /** Number of tools `tool-1` … `tool-N`. */
  readonly tools: number
  /** How long these tools take: see `LATENCY_SYNTAX`. Timers of Node have 1 ms resolution; `none` uses no timer. */
  readonly toolLatency: string
  /** Length of the text they return. */
  readonly payloadBytes: number
  /** Number of resources `load://<name>/1` … `load://<name>/N`. */
  readonly resources: number
  /** Updates a second, over all resources in turn; sent to those who subscribed. */
  readonly updatesPerSec: number
  /** Share of calls that answer with `isError`. */
  readonly failRatio: number
  /** Share of calls that never answer. */
  readonly stallRatio: number
  /** Of latencies, failures and stalls. */
  readonly seed: number
}

export const DEFAULT_BACKEND: BackendOptions = {
  port: 0,
  name: 'backend-1',
  tools: 10,
  toolLatency: 'none',
  payloadBytes: 64,
  resources: 10,
  updatesPerSec: 0,
  failRatio: 0,
  stallRatio: 0,
  seed: 1,
}
