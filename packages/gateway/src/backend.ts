import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  type Resource,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { type BackendOptions, DEFAULT_BACKEND } from './backend-options.ts'
import { BackendTools } from './backend-tools.ts'
import { sendJson } from './http-checks.ts'
import { serializeMessage } from './json-rpc.ts'
import { McpHttpServer } from './mcp-http-server.ts'
import { RESOURCE_NOT_FOUND, RpcError } from './rpc-error.ts'
import type { SessionTransport } from './session-transport.ts'
import { encodeSseEvent } from './sse.ts'
import { SubscriptionHub } from './subscription-hub.ts'
import { UpdateClock } from './update-clock.ts'
import { sharedValidator } from './upstream-client.ts'

export interface Backend extends AsyncDisposable {
  readonly url: string
  close(): Promise<void>
}

/** Starts a load backend in this process: an MCP server that does what its options say, reproducibly. */
export async function startBackend(options: Partial<BackendOptions> = {}): Promise<Backend> {
  const backend = new LoadBackend({ ...DEFAULT_BACKEND, ...options })
  await backend.start()
  return backend
}

class LoadBackend implements Backend {
  readonly #options: BackendOptions
  readonly #tools: BackendTools
  readonly #resources: readonly Resource[]
  readonly #hub = new SubscriptionHub<SessionTransport>()
  readonly #http: McpHttpServer
  readonly #updates: UpdateClock
  readonly #updatesByUri = new Map<string, number>()

  constructor(options: BackendOptions) {
    this.#options = options
    this.#tools = new BackendTools(options, () =>
      this.#http.endpoint.broadcast(encode('notifications/tools/list_changed')),
    )
    this.#resources = Array.from({ length: options.resources }, (_, index) => ({
      name: `resource ${index + 1}`,
      uri: `load://${options.name}/${index + 1}`,
      mimeType: 'text/plain',
    }))
    this.#updates = new UpdateClock(options.updatesPerSec, (index) => this.#update(index))
    this.#http = new McpHttpServer({
      port: options.port,
      createServer: (transport) => this.#createServer(transport),
      onSessionClosed: (transport) => void this.#hub.dropSubscriber(transport),
      routes: { '/health': (_req, res) => sendJson(res, 200, JSON.stringify(this.#health())) },
    })
  }

  get url(): string {
    return this.#http.url
  }

  async start(): Promise<void> {
    await this.#http.start()
    this.#updates.start()
  }

  async close(): Promise<void> {
    this.#updates.stop()
    await this.#http.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #createServer(transport: SessionTransport): Server {
    const server = new Server(
      { name: this.#options.name, version: '0.0.0' },
      {
        capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
        jsonSchemaValidator: sharedValidator,
      },
    )
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: this.#tools.list() }))
    server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: [...this.#resources] }))
    server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
      const { mimeType } = this.#resource(uri)
      return { contents: [{ uri, mimeType, text: 'x'.repeat(this.#options.payloadBytes) }] }
    })
    server.setRequestHandler(SubscribeRequestSchema, ({ params: { uri } }) => {
      this.#hub.subscribe(this.#resource(uri).uri, transport)
      return {}
    })
    server.setRequestHandler(UnsubscribeRequestSchema, ({ params: { uri } }) => {
      this.#hub.unsubscribe(uri, transport)
      return {}
    })
    server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal, sendNotification }) => {
      const progressToken = params._meta?.progressToken
      return this.#tools.call({
        name: params.name,
        args: params.arguments ?? {},
        signal,
        progress: async (progress, total) => {
          if (progressToken === undefined) return
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total } })
        },
      })
    })
    return server
  }

  #resource(uri: string): Resource {
    const resource = this.#resources.find((candidate) => candidate.uri === uri)
    if (resource === undefined) throw new RpcError(RESOURCE_NOT_FOUND, `Resource not found: ${uri}`, { uri })
    return resource
  }

  #update(index: number): void {
    const uri = this.#resources[index % this.#resources.length]?.uri
    if (uri !== undefined && this.#hub.has(uri)) {
      this.#hub.fanOut(uri, encode('notifications/resources/updated', { uri, _meta: this.#published(uri) }))
    }
  }

  /** For whoever measures deliveries: the time, on the clock that all processes of a machine share, and a number. */
  #published(uri: string) {
    const sequence = (this.#updatesByUri.get(uri) ?? 0) + 1
    this.#updatesByUri.set(uri, sequence)
    return { 'perf-kit/published': { atNs: Number(process.hrtime.bigint()), sequence } }
  }

  #health() {
    const subscriptions = Array.from(this.#hub.uris())
    return { status: 'ok', sessions: this.#http.endpoint.sessionCount, subscriptions, ...this.#tools.counts }
  }
}

function encode(method: string, params?: Record<string, unknown>): string {
  return encodeSseEvent({ data: serializeMessage({ jsonrpc: '2.0', method, ...(params && { params }) }) })
}
