import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import {
  ErrorCode,
  McpError,
  type Notification,
  type Progress,
  type Result,
  ResultSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import { withoutSdkPrefix } from './rpc-error.ts'
import { UpstreamTransport } from './upstream-transport.ts'

export interface UpstreamClientOptions {
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  /** With it the connection listens for the backend's notifications. */
  readonly listener?: UpstreamListener
}

export interface UpstreamListener {
  onNotification(notification: Notification): void
  onListenEnd(error?: unknown): void
}

export interface UpstreamCallOptions {
  readonly signal?: AbortSignal
  readonly onprogress?: (progress: Progress) => void
}

/** The call failed on its way; whether the backend has seen it is unknown, unless `rejected`. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly kind: 'timeout' | 'connection' | 'rejected'

  constructor(kind: UpstreamError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** How long the answer may take through the parser once its stream has ended. */
const REPLY_GRACE_MS = 1000
const GOODBYE_MS = 1000

// One for all clients and servers: the SDK's default is one each, and an Ajv instance weighs more than a session.
export const sharedValidator = new AjvJsonSchemaValidator()

/** One SDK client on one session with a backend. */
export class UpstreamClient {
  readonly #client: Client
  readonly #transport: UpstreamTransport
  readonly #requestTimeoutMs: number
  readonly #openCalls = new Set<AbortController>()

  private constructor(client: Client, transport: UpstreamTransport, requestTimeoutMs: number) {
    this.#client = client
    this.#transport = transport
    this.#requestTimeoutMs = requestTimeoutMs
  }

  static async connect(url: string, options: UpstreamClientOptions): Promise<UpstreamClient> {
    const { connectTimeoutMs, requestTimeoutMs, listener } = options
    const client = new Client({ name: 'gw-gateway', version: '0.0.0' }, { jsonSchemaValidator: sharedValidator })
    const transport = new UpstreamTransport(url, {
      onListenEnd: listener && ((error) => listener.onListenEnd(error)),
    })
    if (listener) {
      client.fallbackNotificationHandler = async (notification) => listener.onNotification(notification)
    }
    await client.connect(transport, { timeout: connectTimeoutMs })
    return new UpstreamClient(client, transport, requestTimeoutMs)
  }

  get capabilities() {
    return this.#client.getServerCapabilities() ?? {}
  }

  /**
   * The result is passed on as it is: whoever asked has schemas of his own.
   *
   * @throws {RpcError} the backend's own answer
   * @throws {UpstreamError} when there was no answer
   */
  async call(method: string, params: Record<string, unknown>, options: UpstreamCallOptions = {}): Promise<Result> {
    const abort = new AbortController()
    const onAbort = () => abort.abort(options.signal?.reason)
    if (options.signal?.aborted) onAbort()
    options.signal?.addEventListener('abort', onAbort, { once: true })
    this.#openCalls.add(abort)
    let graceTimer: NodeJS.Timeout | undefined
    const onReplyEnd = (error?: unknown) => {
      if (error === undefined) graceTimer = setTimeout(() => abort.abort(BROKEN_OFF), REPLY_GRACE_MS)
      else abort.abort(BROKEN_OFF)
    }
    this.#transport.currentCall = { signal: abort.signal, onReplyEnd }
    try {
      return await this.#client.request({ method, params }, ResultSchema, {
        signal: abort.signal,
        timeout: this.#requestTimeoutMs,
        resetTimeoutOnProgress: true,
        ...(options.onprogress && { onprogress: options.onprogress }),
      })
    } catch (error) {
      const failure = describeFailure(error, abort.signal)
      // Ends the POST of a call that timed out.
      abort.abort(failure)
      throw failure
    } finally {
      clearTimeout(graceTimer)
      options.signal?.removeEventListener('abort', onAbort)
      this.#openCalls.delete(abort)
    }
  }

  /** Says goodbye to the backend, so that it does not keep a session for us, but does not insist. */
  async close(): Promise<void> {
    for (const call of this.#openCalls) call.abort(new Error('connection closed'))
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, GOODBYE_MS)
    await Promise.race([this.#transport.terminateSession().catch(() => undefined), promise])
    clearTimeout(timer)
    await this.#client.close()
  }
}

const TIMED_OUT = `MCP error ${ErrorCode.RequestTimeout}: Request timed out`
const CLOSED = `MCP error ${ErrorCode.ConnectionClosed}: Connection closed`
const BROKEN_OFF = new Error('the reply broke off')

function describeFailure(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) {
    const { reason } = signal
    return new UpstreamError('connection', reason instanceof Error ? reason.message : String(reason))
  }
  if (error instanceof McpError) {
    // The SDK's own two errors have codes and a class that a backend's answer may have as well; their text tells them.
    if (error.message === TIMED_OUT) return new UpstreamError('timeout', error.message, { cause: error })
    if (error.message === CLOSED) return new UpstreamError('connection', error.message, { cause: error })
    return withoutSdkPrefix(error)
  }
  // 404 is the answer to a session the backend does not know: it restarted, and has not touched the call.
  const kind = error instanceof Error && 'code' in error && error.code === 404 ? 'rejected' : 'connection'
  return new UpstreamError(kind, explain(error), { cause: error })
}

/** An error in words, with the cause of a failed fetch: `fetch failed` alone says nothing. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return error instanceof TypeError && cause instanceof Error ? `${message} (${cause.message})` : message
}
