import type { Result } from '@modelcontextprotocol/sdk/types.js'
import { CircuitBreaker, type CircuitState, type Pass } from './circuit-breaker.ts'
import { Pool, type PoolState, PoolTimeoutError } from './pool.ts'
import { gatewayFailure, RpcError } from './rpc-error.ts'
import type { ServerTiming } from './server-timing.ts'
import { type UpstreamCallOptions, UpstreamClient, type UpstreamClientOptions } from './upstream-client.ts'
import { explain, UpstreamError } from './upstream-error.ts'

export interface BackendCallerOptions extends Omit<UpstreamClientOptions, 'listener'> {
  readonly name: string
  readonly url: string
  readonly poolSize: number
  readonly acquireTimeoutMs: number
  /** Called when the backend did not answer a call: it may be gone. */
  readonly onUnavailable: () => void
}

export interface BackendCallOptions extends UpstreamCallOptions {
  readonly timing: ServerTiming
  readonly signal: AbortSignal
}

interface AttemptOptions extends BackendCallOptions {
  readonly pass: Pass
}

// The usual defaults of such breakers; a backend that comes back is used again within a second.
const FAILURE_THRESHOLD = 5
const OPEN_MS = 1000

/** Calls to one backend: a bounded pool of clients, behind a circuit breaker. */
export class BackendCaller {
  readonly #options: BackendCallerOptions
  readonly #pool: Pool<UpstreamClient>
  readonly #breaker = new CircuitBreaker({ failureThreshold: FAILURE_THRESHOLD, openMs: OPEN_MS })

  constructor(options: BackendCallerOptions) {
    this.#options = options
    this.#pool = new Pool({
      max: options.poolSize,
      create: () => UpstreamClient.connect(options.url, options),
      destroy: (client) => client.close(),
    })
  }

  get poolState(): PoolState {
    return this.#pool.state
  }

  get circuitState(): CircuitState {
    return this.#breaker.state
  }

  /** @throws {RpcError} the backend's answer, or why there is none */
  async call(method: string, params: Record<string, unknown>, options: BackendCallOptions): Promise<Result> {
    const { name } = this.#options
    const pass = this.#breaker.tryPass()
    if (pass === undefined) {
      throw gatewayFailure('circuit-open', name, `backend ${name} failed repeatedly and is left alone for a moment`)
    }
    try {
      const result = await this.#attemptUntilAccepted(method, params, { ...options, pass })
      this.#breaker.succeeded(pass)
      return result
    } catch (error) {
      throw this.#judge(error, options.signal, pass)
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  // A backend that restarted, or closed an idle session, rejects it before it reads the call: safe to say it again in
  // another. Each of the pool's sessions may turn out to be stale, but each is dropped then, so the last one is new.
  async #attemptUntilAccepted(method: string, params: Record<string, unknown>, options: AttemptOptions) {
    for (let left = this.#options.poolSize; ; left--) {
      try {
        return await this.#attempt(method, params, options)
      } catch (error) {
        if (left === 0 || !(error instanceof UpstreamError) || error.kind !== 'rejected') throw error
      }
    }
  }

  async #attempt(method: string, params: Record<string, unknown>, options: AttemptOptions): Promise<Result> {
    const { timing, signal, pass } = options
    const timeoutMs = this.#options.acquireTimeoutMs
    const lease = await timing.measureAsync('acquire', () => this.#pool.acquire({ timeoutMs, signal }))
    // A connection is proof enough in a trial: its call may take minutes, and the others should not wait for it.
    if (this.#breaker.isTrial(pass)) this.#breaker.succeeded(pass)
    let broken = false
    try {
      return await timing.measureAsync('backend', () => lease.value.call(method, params, options))
    } catch (error) {
      broken = error instanceof UpstreamError && !signal.aborted
      throw error
    } finally {
      lease.release({ broken })
    }
  }

  /** Tells the breaker what an error says about the backend, and words it for the client. */
  #judge(error: unknown, signal: AbortSignal, pass: Pass): unknown {
    const { name, acquireTimeoutMs, requestTimeoutMs } = this.#options
    if (signal.aborted) {
      this.#breaker.gaveUp(pass)
      return error
    }
    if (error instanceof RpcError) {
      this.#breaker.succeeded(pass)
      return error
    }
    if (error instanceof PoolTimeoutError) {
      this.#breaker.gaveUp(pass)
      const text = `no connection to backend ${name} got free within ${acquireTimeoutMs} ms: raise --pool-size or --acquire-timeout, or send less`
      return gatewayFailure('acquire-timeout', name, text, error)
    }
    this.#breaker.failed(pass)
    this.#options.onUnavailable()
    if (error instanceof UpstreamError && error.kind === 'timeout') {
      return gatewayFailure(
        'backend-timeout',
        name,
        `backend ${name} gave no answer within ${requestTimeoutMs} ms`,
        error,
      )
    }
    return gatewayFailure('backend-unavailable', name, `backend ${name} cannot be reached: ${explain(error)}`, error)
  }
}
