import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { type Notification, type Progress, type Result, ResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import { UpstreamCall } from './upstream-call.ts'
import { UpstreamError } from './upstream-error.ts'
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

/** The longest a timer can be: the SDK has to have a time limit, but sends a cancellation when it is up. */
const FOREVER_MS = 2 ** 31 - 1

// One for all clients and servers: the SDK's default is one each, and an Ajv instance weighs more than a session.
export const sharedValidator = new AjvJsonSchemaValidator()

/** One SDK client on one session with a backend. */
export class UpstreamClient {
  readonly #client: Client
  readonly #transport: UpstreamTransport
  readonly #requestTimeoutMs: number
  readonly #openCalls = new Set<UpstreamCall>()

  private constructor(client: Client, transport: UpstreamTransport, requestTimeoutMs: number) {
    this.#client = client
    this.#transport = transport
    this.#requestTimeoutMs = requestTimeoutMs
  }

  /** @throws {UpstreamError} when there is no session within `connectTimeoutMs`; or whatever went wrong before */
  static async connect(url: string, options: UpstreamClientOptions): Promise<UpstreamClient> {
    const { connectTimeoutMs, requestTimeoutMs, listener } = options
    const client = new Client({ name: 'gw-gateway', version: '0.0.0' }, { jsonSchemaValidator: sharedValidator })
    const transport = new UpstreamTransport(url, {
      onListenEnd: listener && ((error) => listener.onListenEnd(error)),
    })
    if (listener) {
      client.fallbackNotificationHandler = async (notification) => listener.onNotification(notification)
    }
    try {
      await within(connectTimeoutMs, client.connect(transport, { timeout: FOREVER_MS }))
    } catch (error) {
      void hangUp(client, transport)
      throw error
    }
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
    const call = new UpstreamCall()
    const onAbort = () => call.cancel(options.signal?.reason)
    if (options.signal?.aborted) onAbort()
    options.signal?.addEventListener('abort', onAbort, { once: true })
    this.#openCalls.add(call)
    this.#transport.currentCall = call
    try {
      return await this.#client.request({ method, params }, ResultSchema, {
        signal: call.cancelSignal,
        timeout: this.#requestTimeoutMs,
        resetTimeoutOnProgress: true,
        ...(options.onprogress && { onprogress: options.onprogress }),
      })
    } catch (error) {
      throw call.fail(error)
    } finally {
      call.end()
      options.signal?.removeEventListener('abort', onAbort)
      this.#openCalls.delete(call)
    }
  }

  /** Says goodbye to the backend, so that it does not keep a session for us, but does not insist. */
  async close(): Promise<void> {
    for (const call of this.#openCalls) call.cancel(new Error('connection closed'))
    await hangUp(this.#client, this.#transport)
  }
}

async function hangUp(client: Client, transport: UpstreamTransport): Promise<void> {
  await transport.terminateSession().catch(() => undefined)
  await client.close()
}

async function within(timeoutMs: number, connecting: Promise<void>): Promise<void> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>()
  const failure = new UpstreamError('connection', `no session within ${timeoutMs} ms`)
  const timer = setTimeout(reject, timeoutMs, failure)
  try {
    await Promise.race([connecting, timedOut])
  } finally {
    clearTimeout(timer)
  }
}
