import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { checkHost, refusal, refuse } from './http-checks.ts'
import { DEFAULT_LIMITS, McpEndpoint, type McpEndpointOptions, type McpLimits } from './mcp-endpoint.ts'
import type { SessionPeers } from './session-peers.ts'

const HOST = '127.0.0.1'
const MCP_PATH = '/mcp'
const KEEP_ALIVE_MS = 75_000
const LAST_REPLIES_MS = 250

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
  #url = ''

  constructor(options: McpHttpServerOptions) {
    this.#options = options
    const { peers } = options
    this.endpoint = new McpEndpoint({ ...options, ...DEFAULT_LIMITS, ...options.limits, newSessionId: peers?.newId })
    this.#private = peers && createServer((req, res) => void this.#route(req, res))
    // Longer than clients keep idle connections, so that the client is the one to close: a server that closes first
    // races with the next request.
    this.#http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (req, res) => void this.#route(req, res))
  }

  /** Where the endpoint is, once started. */
  get url(): string {
    return this.#url
  }

  /** Where other processes pass on what is of this one's sessions, once started. */
  get privatePort(): number | undefined {
    return this.#private && portOf(this.#private)
  }

  async start(): Promise<void> {
    await listen(this.#http, { port: this.#options.port })
    // Of its own in a cluster too, where ports are shared otherwise.
    if (this.#private) await listen(this.#private, { port: 0, exclusive: true })
    this.#url = `http://${HOST}:${portOf(this.#http)}${MCP_PATH}`
    this.endpoint.start()
  }

  /** Refuses new connections and requests, and waits for the open ones, at most this long. */
  async drain(deadlineMs: number): Promise<void> {
    this.#http.close()
    this.#private?.close()
    await this.endpoint.drain(deadlineMs)
  }

  /** Ends every session and connection. */
  async close(): Promise<void> {
    await this.endpoint.close()
    const servers = [this.#http, ...(this.#private ? [this.#private] : [])]
    await Promise.all(servers.map(closeServer))
  }

  async #route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url?.split('?', 1)[0] ?? ''
    try {
      const refused = checkHost(req.headers)
      if (refused) refuse(res, refused)
      else if (path === MCP_PATH && this.#options.peers?.passOn(req, res)) return
      else if (path === MCP_PATH) await this.endpoint.handle(req, res)
      else this.#other(path, req, res)
    } catch (error) {
      if (!res.headersSent) refuse(res, refusal(500, error instanceof Error ? error.message : String(error)))
    }
  }

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

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  // The last replies get a moment to leave, then whatever is still open is cut.
  const timer = setTimeout(() => server.closeAllConnections(), LAST_REPLIES_MS)
  server.closeIdleConnections()
  await closed
  clearTimeout(timer)
}
