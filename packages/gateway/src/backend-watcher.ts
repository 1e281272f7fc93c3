import type { Notification, Resource, Tool } from '@modelcontextprotocol/sdk/types.js'
import { ListResourcesResultSchema, ListToolsResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { coalesce } from './coalesce.ts'
import { gatewayFailure } from './rpc-error.ts'
import { UpstreamClient, type UpstreamClientOptions } from './upstream-client.ts'
import { explain, UpstreamError } from './upstream-error.ts'

/** What a backend says of itself. */
export interface BackendEvents {
  toolsChanged(tools: readonly Tool[]): void
  resourcesChanged(resources: readonly Resource[]): void
  /** @param params - all that the backend said, with `uri` */
  resourceUpdated(uri: string, params: Readonly<Record<string, unknown>>): void
  /** There is a new session with the backend, which knows nothing of earlier subscriptions. */
  connected(): void
  /** Its resources were listed, or asked for in vain. Rejects with what could then not be subscribed. */
  restoreSubscriptions(): Promise<void>
}

/** What the watcher asks of a backend, as it stands in `/health`. */
type Work = 'connect' | 'listen' | 'tools/list' | 'resources/list' | 'subscriptions' | 'ping'

export interface BackendFailure {
  readonly work: Work
  readonly message: string
  /** ISO 8601. */
  readonly at: string
}

export interface BackendWatcherOptions extends Omit<UpstreamClientOptions, 'listener'> {
  readonly name: string
  readonly url: string
  readonly events: BackendEvents
}

const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 5000

/** The one connection to a backend that listens: lists, notifications and subscriptions. It is remade when it breaks. */
export class BackendWatcher {
  readonly #options: BackendWatcherOptions
  #client: UpstreamClient | undefined
  #retryMs = FIRST_RETRY_MS
  #connectedAtMs = 0
  #retryTimer: NodeJS.Timeout | undefined
  #closed = false
  #lastError: BackendFailure | undefined
  readonly #refreshTools = coalesce(() => this.#withClient('tools/list', (client) => this.#listTools(client)))
  readonly #refreshResources = coalesce(async () => {
    await this.#withClient('resources/list', (client) => this.#listResources(client))
    await this.#withClient('subscriptions', () => this.#options.events.restoreSubscriptions())
  })

  constructor(options: BackendWatcherOptions) {
    this.#options = options
  }

  get connected(): boolean {
    return this.#client !== undefined
  }

  /** The last thing that went wrong in the background, since mended or not. */
  get lastError(): BackendFailure | undefined {
    return this.#lastError
  }

  /** Returns after the first attempt, whether it worked or not; the next ones follow on their own. */
  async start(): Promise<void> {
    try {
      await this.#connect()
    } catch (error) {
      this.#failed('connect', error)
      this.#retryLater()
      return
    }
    this.#options.events.connected()
    await Promise.all([this.#refreshTools(), this.#refreshResources()])
  }

  async subscribe(uri: string): Promise<void> {
    await this.#connectedClient().call('resources/subscribe', { uri })
  }

  async unsubscribe(uri: string): Promise<void> {
    await this.#connectedClient().call('resources/unsubscribe', { uri })
  }

  /** Asks a backend that failed elsewhere whether it is still there: not every one has a stream that would break. */
  checkAlive(): void {
    void this.#withClient('ping', async (client) => void (await client.call('ping', {})))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retryTimer)
    const client = this.#client
    this.#client = undefined
    await client?.close()
  }

  async #connect(): Promise<void> {
    const { url, connectTimeoutMs, requestTimeoutMs } = this.#options
    let ended = false
    let client: UpstreamClient | undefined
    const onListenEnd = (error?: unknown) => {
      ended = true
      if (error !== undefined && !this.#closed) this.#failed('listen', error)
      if (client) this.#lost(client)
    }
    const listener = { onListenEnd, onNotification: (notification: Notification) => this.#onNotification(notification) }
    client = await UpstreamClient.connect(url, { connectTimeoutMs, requestTimeoutMs, listener })
    if (ended || this.#closed) {
      await client.close()
      throw new UpstreamError('connection', 'the stream for notifications ended at once')
    }
    this.#client = client
    this.#connectedAtMs = performance.now()
  }

  #onNotification({ method, params }: Notification): void {
    if (method === 'notifications/tools/list_changed') void this.#refreshTools()
    else if (method === 'notifications/resources/list_changed') void this.#refreshResources()
    else if (method === 'notifications/resources/updated') {
      const uri: unknown = params?.['uri']
      if (typeof uri === 'string') this.#options.events.resourceUpdated(uri, { ...params })
    }
  }

  /**
   * Runs calls on the current connection; never rejects. When they do not get through, the connection is lost and being
   * remade. When the backend answers with an error, what was known of it stays as it is.
   */
  async #withClient(work: Work, run: (client: UpstreamClient) => Promise<void>): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    try {
      await run(client)
    } catch (error) {
      this.#failed(work, error)
      if (error instanceof UpstreamError) this.#lost(client)
    }
  }

  async #listTools(client: UpstreamClient): Promise<void> {
    if (!client.capabilities.tools) return
    this.#options.events.toolsChanged(
      await listAll(client, 'tools/list', (page) => {
        const { tools, nextCursor } = ListToolsResultSchema.parse(page)
        return { items: tools, nextCursor }
      }),
    )
  }

  async #listResources(client: UpstreamClient): Promise<void> {
    if (!client.capabilities.resources) return
    this.#options.events.resourcesChanged(
      await listAll(client, 'resources/list', (page) => {
        const { resources, nextCursor } = ListResourcesResultSchema.parse(page)
        return { items: resources, nextCursor }
      }),
    )
  }

  #failed(work: Work, error: unknown): void {
    this.#lastError = { work, message: explain(error), at: new Date().toISOString() }
  }

  #lost(client: UpstreamClient): void {
    if (client !== this.#client) return
    this.#client = undefined
    void client.close()
    // A connection that did not last must not make the next one come faster.
    if (performance.now() - this.#connectedAtMs > MAX_RETRY_MS) this.#retryMs = FIRST_RETRY_MS
    this.#retryLater()
  }

  #retryLater(): void {
    if (this.#closed) return
    clearTimeout(this.#retryTimer)
    // Half of the wait is random: many gateways must not come back to a restarted backend in step.
    this.#retryTimer = setTimeout(() => void this.start(), this.#retryMs * (0.5 + Math.random() / 2))
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
  }

  #connectedClient(): UpstreamClient {
    if (this.#client) return this.#client
    const { name } = this.#options
    throw gatewayFailure('backend-unavailable', name, `backend ${name} is not connected, it is being retried`)
  }
}

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | undefined
}

async function listAll<T>(client: UpstreamClient, method: string, read: (page: unknown) => Page<T>): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const page = read(await client.call(method, cursor === undefined ? {} : { cursor }))
    all.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return all
}
