import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Server as McpServer } from '@modelcontextprotocol/sdk/server/index.js'
import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js'
import { EventStream, type EventStreamOptions } from './event-stream.ts'
import { Exchange, type ExchangeOutcome } from './exchange.ts'
import {
  checkGet,
  checkHost,
  checkPost,
  checkProtocolVersion,
  type Refusal,
  refusal,
  refuse,
  UNKNOWN_SESSION,
} from './http-checks.ts'
import { INVALID_REQUEST, parseMessage } from './json-rpc.ts'
import { readBody } from './request-body.ts'
import { ServerTiming } from './server-timing.ts'
import { SessionLimitError, SessionRegistry } from './session-registry.ts'
import { SessionTransport } from './session-transport.ts'

const HOST = '127.0.0.1'
const MCP_PATH = '/mcp'

export interface McpSession {
  readonly transport: SessionTransport
  readonly server: McpServer
}

/** What happens inside, for whoever counts it. */
export interface McpHttpObserver {
  requestEnded(method: string, outcome: ExchangeOutcome, durationMs: number): void
  sessionReaped(): void
  slowConsumerDropped(): void
}

export interface McpHttpLimits {
  readonly maxSessions: number
  /** A session with no request, no open request and no open stream for this long is closed. */
  readonly sessionIdleMs: number
  readonly maxBodyBytes: number
  /** Per stream; a reader further behind is dropped. */
  readonly maxBufferedBytes: number
  readonly heartbeatMs: number
}

export const DEFAULT_LIMITS: McpHttpLimits = {
  maxSessions: 10_000,
  sessionIdleMs: 5 * 60_000,
  maxBodyBytes: 4 * 1024 * 1024,
  maxBufferedBytes: 1024 * 1024,
  heartbeatMs: 15_000,
}

export interface McpHttpServerOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** Makes the SDK server of a new session; it is connected to `transport` by the caller. */
  readonly createServer: (transport: SessionTransport) => McpServer
  readonly onSessionClosed?: (transport: SessionTransport) => void
  /** Further paths, such as `/health`. */
  readonly routes?: Readonly<Record<string, RequestListener>>
  readonly limits?: Partial<McpHttpLimits>
  readonly observer?: McpHttpObserver
}

/** MCP's Streamable HTTP on 127.0.0.1: sessions, their requests, their streams, and the end of them. */
export class McpHttpServer {
  readonly #options: McpHttpServerOptions
  readonly #limits: McpHttpLimits
  readonly #http: Server
  readonly #sessions: SessionRegistry<McpSession>
  readonly #timers: NodeJS.Timeout[] = []
  readonly #openExchanges = new Set<Exchange>()
  #draining = false
  #onDrained: (() => void) | undefined

  constructor(options: McpHttpServerOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#sessions = new SessionRegistry({ maxSessions: this.#limits.maxSessions, idleMs: this.#limits.sessionIdleMs })
    // Longer than clients keep idle connections, so that the client is the one to close: a server that closes first
    // races with the next request.
    this.#http = createServer({ keepAliveTimeout: 75_000 }, (req, res) => void this.#route(req, res))
  }

  async start(): Promise<void> {
    const listening = Promise.withResolvers<void>()
    this.#http.once('error', listening.reject)
    this.#http.listen(this.#options.port, HOST, listening.resolve)
    await listening.promise
    // Four looks per idle time: a session outlives it by a quarter at most.
    this.#timers.push(setInterval(() => this.#reap(), Math.max(10, this.#limits.sessionIdleMs / 4)))
    this.#timers.push(setInterval(() => this.#heartbeat(), this.#limits.heartbeatMs))
    for (const timer of this.#timers) timer.unref()
  }

  get origin(): string {
    const address: AddressInfo | string | null = this.#http.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    return `http://${HOST}:${address.port}`
  }

  get url(): string {
    return `${this.origin}${MCP_PATH}`
  }

  get draining(): boolean {
    return this.#draining
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  get openRequestCount(): number {
    return this.#openExchanges.size
  }

  /** Delivers one encoded event to every session. */
  broadcast(event: string): void {
    for (const { transport } of this.#sessions.values()) transport.deliver(event)
  }

  /** Refuses new connections and requests, and waits for the open ones, at most this long. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    this.#http.close()
    if (this.#openExchanges.size === 0) return
    const drained = Promise.withResolvers<void>()
    this.#onDrained = drained.resolve
    const timer = setTimeout(drained.resolve, deadlineMs)
    await drained.promise
    clearTimeout(timer)
  }

  /** Ends every session and connection. */
  async close(): Promise<void> {
    this.#draining = true
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all(Array.from(this.#sessions.values(), ({ server }) => server.close()))
    const closed = new Promise((resolve) => this.#http.close(resolve))
    // The last replies get a moment to leave, then whatever is still open is cut.
    const timer = setTimeout(() => this.#http.closeAllConnections(), 250)
    this.#http.closeIdleConnections()
    await closed
    clearTimeout(timer)
  }

  async #route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url?.split('?', 1)[0] ?? ''
    try {
      const refused = checkHost(req.headers)
      if (refused) refuse(res, refused)
      else if (path === MCP_PATH) await this.#mcp(req, res)
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

  async #mcp(req: IncomingMessage, res: ServerResponse): Promise<void> {
    switch (req.method) {
      case 'POST':
        return this.#post(req, res)
      case 'GET':
        return this.#get(req, res)
      case 'DELETE':
        return this.#delete(req, res)
      default:
        res.setHeader('allow', 'GET, POST, DELETE')
        refuse(res, refusal(405, 'Method not allowed'))
    }
  }

  async #post(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const startMs = performance.now()
    const session = this.#sessionOf(req)
    const refused = checkPost(req.headers) ?? (session === 'unknown' ? UNKNOWN_SESSION : undefined)
    if (refused) return refuse(res, refused)
    const { maxBodyBytes } = this.#limits
    const body = await readBody(req, maxBodyBytes)
    if (body === undefined) {
      return refuse(res, refusal(413, `Payload Too Large: Request body must not exceed ${maxBodyBytes} bytes`))
    }
    const timing = new ServerTiming()
    const parsed = timing.measure('parse', () => parseMessage(body))
    if (parsed.kind === 'invalid') return refuse(res, { status: 400, ...parsed.error }, parsed.id)

    if (parsed.kind !== 'request') {
      if (typeof session !== 'object') return refuse(res, NO_SESSION)
      session.transport.receive(parsed)
      res.writeHead(202, { 'content-length': 0 }).end()
      return
    }
    const request = parsed.message
    const target = request.method === 'initialize' ? await this.#initialize(session) : this.#admit(session, request)
    if ('status' in target) return refuse(res, target, request.id)
    this.#exchange(target, request, { res, timing, startMs })
  }

  #exchange(
    { transport, server }: McpSession,
    request: JSONRPCRequest,
    { res, timing, startMs }: { readonly res: ServerResponse; readonly timing: ServerTiming; readonly startMs: number },
  ): void {
    const initializes = request.method === 'initialize'
    const exchange = new Exchange(request, res, {
      ...this.#streamOptions(),
      timing,
      headers: initializes ? { 'mcp-session-id': transport.sessionId } : {},
      onEnd: (outcome) => {
        this.#openExchanges.delete(exchange)
        if (this.#openExchanges.size === 0) this.#onDrained?.()
        this.#options.observer?.requestEnded(request.method, outcome, performance.now() - startMs)
        if (initializes && outcome !== 'ok') void server.close()
      },
    })
    this.#openExchanges.add(exchange)
    // By identity: once answered, the id may be in use by the client's next request.
    res.once('close', () => {
      if (transport.exchangeOf(request.id) === exchange) transport.cancel(request.id, 'the client went away')
    })
    transport.receiveRequest(exchange)
  }

  #get(req: IncomingMessage, res: ServerResponse): void {
    const session = this.#sessionOf(req)
    const refused = checkGet(req.headers) ?? refuseWithoutSession(session)
    if (refused || typeof session !== 'object') return refuse(res, refused ?? NO_SESSION)
    if (session.transport.hasStream) {
      return refuse(res, refusal(409, 'Conflict: Only one SSE stream is allowed per session'))
    }
    session.transport.openStream(new EventStream(res, this.#streamOptions()))
  }

  async #delete(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const session = this.#sessionOf(req)
    const refused = checkProtocolVersion(req.headers) ?? refuseWithoutSession(session)
    if (refused || typeof session !== 'object') return refuse(res, refused ?? NO_SESSION)
    await session.server.close()
    res.writeHead(200, { 'content-length': 0 }).end()
  }

  #sessionOf(req: IncomingMessage): McpSession | 'none' | 'unknown' {
    const id = req.headers['mcp-session-id']
    if (id === undefined) return 'none'
    return (typeof id === 'string' ? this.#sessions.lookup(id) : undefined) ?? 'unknown'
  }

  #admit(session: McpSession | 'none' | 'unknown', { id }: JSONRPCRequest): McpSession | Refusal {
    if (typeof session !== 'object') return NO_SESSION
    // The session may have ended while the body came in.
    if (session.transport.closed) return UNKNOWN_SESSION
    if (this.#draining) return SHUTTING_DOWN
    if (session.transport.exchangeOf(id) === undefined) return session
    return refusal(400, `Invalid Request: id ${JSON.stringify(id)} is in use by an open request`, INVALID_REQUEST)
  }

  async #initialize(session: McpSession | 'none' | 'unknown'): Promise<McpSession | Refusal> {
    if (session !== 'none') return refusal(400, 'Invalid Request: Server already initialized', INVALID_REQUEST)
    if (this.#draining) return SHUTTING_DOWN
    try {
      return await this.#openSession()
    } catch (error) {
      if (error instanceof SessionLimitError) return refusal(503, `Service Unavailable: ${error.message}`)
      throw error
    }
  }

  async #openSession(): Promise<McpSession> {
    const session = this.#sessions.create((id) => {
      const transport = new SessionTransport(id)
      return { transport, server: this.#options.createServer(transport) }
    })
    const { transport, server } = session
    // Every way a session ends comes through the transport's close: DELETE, the reaper, shutdown, a failed initialize.
    transport.onclose = () => {
      this.#sessions.delete(transport.sessionId)
      this.#options.onSessionClosed?.(transport)
    }
    await server.connect(transport)
    return session
  }

  #reap(): void {
    for (const { server } of this.#sessions.reap(performance.now(), ({ transport }) => transport.busy)) {
      this.#options.observer?.sessionReaped()
      void server.close()
    }
  }

  #heartbeat(): void {
    for (const { transport } of this.#sessions.values()) transport.heartbeat()
  }

  #streamOptions(): EventStreamOptions {
    return {
      maxBufferedBytes: this.#limits.maxBufferedBytes,
      onSlowConsumer: () => this.#options.observer?.slowConsumerDropped(),
    }
  }
}

const NO_SESSION = refusal(400, 'Bad Request: Mcp-Session-Id header is required')
const SHUTTING_DOWN = refusal(503, 'Service Unavailable: shutting down')

function refuseWithoutSession(session: McpSession | 'none' | 'unknown'): Refusal | undefined {
  if (session === 'none') return NO_SESSION
  return session === 'unknown' ? UNKNOWN_SESSION : undefined
}
