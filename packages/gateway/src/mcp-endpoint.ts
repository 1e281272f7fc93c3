import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js'
import { EventStream, type EventStreamOptions } from './event-stream.ts'
import { Exchange, type ExchangeOutcome } from './exchange.ts'
import {
  checkGet,
  checkPost,
  checkProtocolVersion,
  type Refusal,
  refusal,
  refuse,
  SHUTTING_DOWN,
  UNKNOWN_SESSION,
} from './http-checks.ts'
import { INVALID_REQUEST, parseMessage } from './json-rpc.ts'
import { type McpSession, McpSessions, type McpSessionsOptions } from './mcp-sessions.ts'
import { OpenSet } from './open-set.ts'
import { readBody } from './request-body.ts'
import { ServerTiming } from './server-timing.ts'
import { SessionLimitError } from './session-registry.ts'

/** What happens inside, for whoever counts it. */
export interface McpObserver {
  requestEnded(method: string, outcome: ExchangeOutcome, durationMs: number): void
  sessionReaped(): void
  slowConsumerDropped(): void
}

export interface McpLimits {
  readonly maxSessions: number
  /** A session with no request, no open request and no open stream for this long is closed. */
  readonly sessionIdleMs: number
  readonly maxBodyBytes: number
  /** Per stream; a reader further behind is dropped. */
  readonly maxBufferedBytes: number
  readonly heartbeatMs: number
}

export const DEFAULT_LIMITS: McpLimits = {
  maxSessions: 10_000,
  sessionIdleMs: 5 * 60_000,
  maxBodyBytes: 4 * 1024 * 1024,
  maxBufferedBytes: 1024 * 1024,
  heartbeatMs: 15_000,
}

export interface McpEndpointOptions extends McpLimits {
  readonly createServer: McpSessionsOptions['createServer']
  readonly onSessionClosed?: McpSessionsOptions['onSessionClosed']
  readonly observer?: McpObserver | undefined
  readonly newSessionId?: McpSessionsOptions['newSessionId']
}

/** MCP's Streamable HTTP: what POST, GET and DELETE do to sessions, their requests and their streams. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions
  readonly #sessions: McpSessions
  readonly #openExchanges = new OpenSet<Exchange>()
  #draining = false

  constructor(options: McpEndpointOptions) {
    this.#options = options
    this.#sessions = new McpSessions({
      ...options,
      onSessionClosed: options.onSessionClosed,
      newSessionId: options.newSessionId,
      onReaped: () => options.observer?.sessionReaped(),
    })
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

  start(): void {
    this.#sessions.start()
  }

  /** Delivers one encoded event to every session. */
  broadcast(event: string): void {
    this.#sessions.broadcast(event)
  }

  /** Refuses new requests, and waits for the open ones, at most this long. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    await this.#openExchanges.empty(deadlineMs)
  }

  /** Ends every session, with its requests and its stream. */
  async close(): Promise<void> {
    this.#draining = true
    await this.#sessions.close()
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
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
    const { maxBodyBytes } = this.#options
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
    const refused = checkGet(req.headers)
    if (refused) refuse(res, refused)
    else if (typeof session !== 'object') refuse(res, withoutSession(session))
    else if (session.transport.hasStream) refuse(res, SECOND_STREAM)
    else session.transport.openStream(new EventStream(res, this.#streamOptions()))
  }

  async #delete(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const session = this.#sessionOf(req)
    const refused = checkProtocolVersion(req.headers)
    if (refused) return refuse(res, refused)
    if (typeof session !== 'object') return refuse(res, withoutSession(session))
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
      return await this.#sessions.open()
    } catch (error) {
      if (error instanceof SessionLimitError) return refusal(503, `Service Unavailable: ${error.message}`)
      throw error
    }
  }

  #streamOptions(): EventStreamOptions {
    return {
      maxBufferedBytes: this.#options.maxBufferedBytes,
      onSlowConsumer: () => this.#options.observer?.slowConsumerDropped(),
    }
  }
}

const NO_SESSION = refusal(400, 'Bad Request: Mcp-Session-Id header is required')
const SECOND_STREAM = refusal(409, 'Conflict: Only one SSE stream is allowed per session')

function withoutSession(session: 'none' | 'unknown'): Refusal {
  return session === 'none' ? NO_SESSION : UNKNOWN_SESSION
}
