import type { Resource, Tool } from '@modelcontextprotocol/sdk/types.js'
import { BackendCaller } from './backend-caller.ts'
import { BackendWatcher } from './backend-watcher.ts'
import { Catalogue } from './catalogue.ts'
import { GatewayError } from './gateway-error.ts'
import { createGatewayServer } from './gateway-handlers.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import { sendJson } from './http-checks.ts'
import { serializeMessage } from './json-rpc.ts'
import type { McpLimits } from './mcp-endpoint.ts'
import { McpHttpServer } from './mcp-http-server.ts'
import { OPENMETRICS_CONTENT_TYPE, renderOpenMetrics } from './metrics.ts'
import { isBackendName } from './route-table.ts'
import type { SessionPeers } from './session-peers.ts'
import type { SessionTransport } from './session-transport.ts'
import { encodeSseEvent } from './sse.ts'
import { SubscriptionHub } from './subscription-hub.ts'
import { UpstreamSubscriptions } from './upstream-subscriptions.ts'

export const DEFAULT_DRAIN_TIMEOUT_MS = 5000

export interface BackendAddress {
  /** First part of its tools' public names. */
  readonly name: string
  /** Its MCP endpoint. */
  readonly url: string
}

export interface GatewayOptions extends Partial<McpLimits> {
  /** 0, the default, takes any free port. The address is always 127.0.0.1. */
  readonly port?: number
  readonly backends?: readonly BackendAddress[]
  /** Connections for calls, per backend; one more listens. Default 8. */
  readonly poolSize?: number
  /** How long a call waits for a free connection. Default 1000. */
  readonly acquireTimeoutMs?: number
  /** How long a backend may take for an answer, anew after each progress notification. Default 60000. */
  readonly requestTimeoutMs?: number
  readonly connectTimeoutMs?: number
  /** How long `close` waits for open requests and their replies. Default 5000. */
  readonly drainTimeoutMs?: number
  /** Of a gateway that is one of several processes at the same port. */
  readonly peers?: SessionPeers
}

export interface Gateway extends AsyncDisposable {
  /** The MCP endpoint; `/health` and `/metrics` are beside it. */
  readonly url: string
  /** Stops accepting, finishes open requests, says goodbye to the backends. */
  close(): Promise<void>
}

/**
 * Starts a gateway in this process. Ready when every backend was tried once; those that could not be reached are tried
 * again in the background.
 *
 * @throws {GatewayError} `BAD_OPTION`, `PORT_IN_USE`
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  checkBackends(options.backends ?? [])
  const gateway = new McpGateway(options)
  await gateway.start()
  return gateway
}

class McpGateway implements Gateway {
  readonly #options: GatewayOptions
  readonly #http: McpHttpServer
  readonly #catalogue: Catalogue
  readonly #hub = new SubscriptionHub<SessionTransport>()
  readonly #subscriptions: UpstreamSubscriptions<SessionTransport>
  readonly #callers = new Map<string, BackendCaller>()
  readonly #watchers = new Map<string, BackendWatcher>()
  readonly #metrics: GatewayMetrics
  readonly #createdAtMs = performance.now()
  #closing: Promise<void> | undefined

  constructor(options: GatewayOptions) {
    this.#options = options
    const backends = options.backends ?? []
    this.#catalogue = new Catalogue(backends.map(({ name }) => name))
    this.#subscriptions = new UpstreamSubscriptions(this.#hub, {
      ownerOf: (uri) => this.#catalogue.backendOf(uri),
      subscribe: async (backend, uri) => this.#watchers.get(backend)?.subscribe(uri),
      unsubscribe: async (backend, uri) => this.#watchers.get(backend)?.unsubscribe(uri),
    })
    for (const backend of backends) this.#addBackend(backend)
    const context = { catalogue: this.#catalogue, callers: this.#callers, subscriptions: this.#subscriptions }
    this.#metrics = new GatewayMetrics({
      sessions: () => this.#http.endpoint.sessionCount,
      openRequests: () => this.#http.endpoint.openRequestCount,
      subscriptions: () => this.#subscriptions.size,
      callers: () => this.#callers,
    })
    this.#http = new McpHttpServer({
      port: options.port ?? 0,
      peers: options.peers,
      limits: options,
      observer: this.#metrics,
      createServer: (transport) => createGatewayServer(context, transport),
      onSessionClosed: (transport) => void this.#subscriptions.dropSubscriber(transport),
      routes: {
        '/health': (_req, res) => sendJson(res, this.#healthy() ? 200 : 503, JSON.stringify(this.#health())),
        '/metrics': (_req, res) => {
          res.writeHead(200, { 'content-type': OPENMETRICS_CONTENT_TYPE })
          res.end(renderOpenMetrics(this.#metrics.families))
        },
      },
    })
  }

  get url(): string {
    return this.#http.url
  }

  async start(): Promise<void> {
    const { port = 0 } = this.#options
    try {
      await this.#http.start()
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
      const remedy = 'stop the process that listens there, or choose another with --port (0 takes any free one)'
      throw new GatewayError({ code: 'PORT_IN_USE', problem: `port ${port} of 127.0.0.1 is in use`, remedy, cause })
    }
    await Promise.all(Array.from(this.#watchers.values(), (watcher) => watcher.start()))
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #shutDown(): Promise<void> {
    await this.#http.close({ drainMs: this.#options.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS })
    const upstream = [...this.#callers.values(), ...this.#watchers.values()]
    await Promise.all(upstream.map((part) => part.close()))
  }

  #addBackend({ name, url }: BackendAddress): void {
    const { poolSize = 8, acquireTimeoutMs = 1000, requestTimeoutMs = 60_000, connectTimeoutMs = 5000 } = this.#options
    const timeouts = { connectTimeoutMs, requestTimeoutMs }
    const events = {
      toolsChanged: (tools: readonly Tool[]) => {
        this.#catalogue.setTools(name, tools)
        this.#announce('notifications/tools/list_changed')
      },
      resourcesChanged: (resources: readonly Resource[]) => {
        this.#catalogue.setResources(name, resources)
        this.#announce('notifications/resources/list_changed')
      },
      resourceUpdated: (uri: string, params: Readonly<Record<string, unknown>>) => this.#updated(uri, params),
      connected: () => this.#subscriptions.forget(name),
      restoreSubscriptions: () => this.#subscriptions.restore(name),
    }
    const watcher = new BackendWatcher({ name, url, events, ...timeouts })
    const onUnavailable = () => watcher.checkAlive()
    this.#watchers.set(name, watcher)
    this.#callers.set(name, new BackendCaller({ name, url, poolSize, acquireTimeoutMs, onUnavailable, ...timeouts }))
  }

  #announce(method: string): void {
    this.#http.endpoint.broadcast(encodeSseEvent({ data: serializeMessage({ jsonrpc: '2.0', method }) }))
  }

  // Encoded once and handed to every subscriber as it is, past each session's SDK server, which would encode it again.
  #updated(uri: string, params: Readonly<Record<string, unknown>>): void {
    if (!this.#hub.has(uri)) return
    const method = 'notifications/resources/updated'
    const event = encodeSseEvent({ data: serializeMessage({ jsonrpc: '2.0', method, params }) })
    this.#metrics.updatesDelivered(this.#hub.fanOut(uri, event))
  }

  #healthy(): boolean {
    return !this.#http.endpoint.draining && Array.from(this.#watchers.values()).some(({ connected }) => connected)
  }

  #health() {
    return {
      status: this.#http.endpoint.draining ? 'draining' : this.#healthy() ? 'ok' : 'unavailable',
      uptimeSec: Math.round((performance.now() - this.#createdAtMs) / 1000),
      sessions: this.#http.endpoint.sessionCount,
      openRequests: this.#http.endpoint.openRequestCount,
      subscriptions: this.#subscriptions.size,
      backends: Array.from(this.#watchers, ([name, { connected, lastError }]) => ({
        name,
        connected,
        lastError,
        tools: this.#catalogue.toolCount(name),
        pool: this.#callers.get(name)?.poolState,
        circuit: this.#callers.get(name)?.circuitState,
      })),
    }
  }
}

function checkBackends(backends: readonly BackendAddress[]): void {
  const names = new Set<string>()
  for (const { name, url } of backends) {
    const wrong = describeWrong(name, url, names)
    if (wrong) throw new GatewayError({ code: 'BAD_OPTION', problem: `backend ${name}=${url}`, remedy: wrong })
    names.add(name)
  }
}

function describeWrong(name: string, url: string, taken: ReadonlySet<string>): string | undefined {
  if (!isBackendName(name)) return 'name it with letters, digits, "-", "." and single "_", not ending with "_"'
  if (taken.has(name)) return 'give each backend a name of its own'
  return URL.canParse(url) ? undefined : 'give its URL, such as http://127.0.0.1:9001/mcp'
}
