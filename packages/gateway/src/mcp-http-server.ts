import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import { checkHost, type Refusal, refusal, refuse, SHUTTING_DOWN } from './http-checks.ts'
import { DEFAULT_LIMITS, McpEndpoint, type McpEndpointOptions, type McpLimits } from './mcp-endpoint.ts'
import { OpenSet } from './open-set.ts'
import type { SessionPeers } from './session-peers.ts'

const HOST = '127.0.0.1'
const MCP_PATH = '/mcp'
const KEEP_ALIVE_MS = 75_000
const LAST_REPLIES_MS = 250
const UNREACHABLE = refusal(502, 'Bad Gateway: the process that has the session does not answer')

export interface McpHttpServerOptions extends Omit<McpEndpointOptions, keyof McpLimits | 'newSessionId'> {
  /** Other processes that share the port. */
  readonly peers?: SessionPeers | undefined
  /** 0 takes any free port. */
  readonly port: number
  readonly limits?: Partial<McpLimits>
  /** Further paths, such as `/health`. */
  readonly routes?: Readonly<Record<string, RequestListener>>
}

/** An MCP endpoint on 127.0.0.1, with other paths beside it. */
export class McpHttpServer {
  readonly endpoint: McpEndpoint
  readonly #options: McpHttpServerOptions
  readonly #http: Server
  /** For what other processes pass on. */
  readonly #private: Server | undefined
  /** Streams, and what others have been asked for, included. */
  readonly #replies = new OpenSet<ServerResponse>()
  #url = ''

  constructor(options: McpHttpServerOptions) {
    this.#options = options
    const { peers } = options
    this.endpoint = new McpEndpoint({ ...options, ...DEFAULT_LIMITS, ...options.limits, newSessionId: peers?.newId })
    // Longer than clients keep idle connections, so that the client is the one to close: a server that closes first
    // races with the next request.
    this.#http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (req, res) => this.#answer(req, res, peers))
    // Here the clients are processes that last as long, and keep idle connections for ever. What is passed on goes no further.
    this.#private = peers && createServer({ keepAliveTimeout: 0 }, (req, res) => this.#answer(req, res))
  }

  /** Where the endpoint is, once started. */
  get url(): string {
    return this.#url
  }

  async start(): Promise<void> {
    const { peers, port } = this.#options
    if (this.#private) {
      // Of its own in a cluster too, where ports are shared otherwise.
      await listen(this.#private, { port: 0, exclusive: true })
      await peers?.meet(portOf(this.#private))
    }
    await listen(this.#http, { port })
    this.#url = `http://${HOST}:${portOf(this.#http)}${MCP_PATH}`
    this.endpoint.start()
  }

  /**
   * Ends every session and connection: refuses new connections and requests, and waits for the open ones, at most `drainMs`. Other
   * processes may pass on to it until its end, since they are still told what became of requests, and may cancel them.
   */
  async close({ drainMs = 0 }: { readonly drainMs?: number } = {}): Promise<void> {
    const deadlineMs = performance.now() + drainMs
    stopListening(this.#http)
    await this.endpoint.drain(drainMs)
    // With the sessions their streams end, here and in the processes that pass them on.
    await this.endpoint.close()
    // Beyond the deadline in any case: another process ends by it what this one passes on.
    await this.#replies.empty(Math.max(0, deadlineMs - performance.now()) + LAST_REPLIES_MS)
    this.#options.peers?.close()
    await Promise.all([this.#http, ...(this.#private ? [this.#private] : [])].map(closeServer))
  }

  #answer(req: IncomingMessage, res: ServerResponse, peers?: SessionPeers): void {
    this.#replies.add(res)
    res.once('close', () => this.#replies.delete(res))
    void this.#route(req, res, peers)
  }

  async #route(req: IncomingMessage, res: ServerResponse, peers: SessionPeers | undefined): Promise<void> {
    const path = req.url?.split('?', 1)[0] ?? ''
    try {
      const refused = checkHost(req.headers)
      if (refused) refuse(res, refused)
      else if (path === MCP_PATH && peers?.passOn(req, res, this.#unreachable)) return
      else if (path === MCP_PATH) await this.endpoint.handle(req, res)
      else this.#other(path, req, res)
    } catch (error) {
      if (!res.headersSent) refuse(res, refusal(500, error instanceof Error ? error.message : String(error)))
    }
  }

  // All processes are told to end at once, and one may be done before another.
  readonly #unreachable = (): Refusal => (this.endpoint.draining ? SHUTTING_DOWN : UNREACHABLE)

  #other(path: string, req: IncomingMessage, res: ServerResponse): void {
    const routes = this.#options.routes ?? {}
    const listener = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (listener === undefined) refuse(res, refusal(404, `Not found: ${path}`))
    else listener(req, res)
  }
}

async function listen(server: Server, options: { readonly port: number; readonly exclusive?: boolean }): Promise<void> {
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen({ host: HOST, ...options }, listening.resolve)
  await listening.promise
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listening on no port')
  return address.port
}

// The `close` of an HTTP server also cuts connections that it takes for idle, among them those whose reply is complete
// but has not left yet.
function stopListening(server: Server): void {
  NetServer.prototype.close.call(server)
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
