import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { SessionRegistry } from './session-registry.ts'
import { SessionTransport } from './session-transport.ts'

export interface McpSession {
  readonly transport: SessionTransport
  readonly server: Server
}

export interface McpSessionsOptions {
  readonly maxSessions: number
  readonly sessionIdleMs: number
  readonly heartbeatMs: number
  /** Makes the SDK server of a new session; it is connected to `transport` by the caller. */
  readonly createServer: (transport: SessionTransport) => Server
  readonly onSessionClosed: ((transport: SessionTransport) => void) | undefined
  readonly onReaped: () => void
  /** Unguessable ids; the registry's own when undefined. */
  readonly newSessionId?: (() => string) | undefined
}

/** The sessions of one server, from initialize to whatever ends them. */
export class McpSessions {
  readonly #options: McpSessionsOptions
  readonly #registry: SessionRegistry<McpSession>
  readonly #timers: NodeJS.Timeout[] = []

  constructor(options: McpSessionsOptions) {
    this.#options = options
    this.#registry = new SessionRegistry({
      maxSessions: options.maxSessions,
      idleMs: options.sessionIdleMs,
      ...(options.newSessionId && { newId: options.newSessionId }),
    })
  }

  get size(): number {
    return this.#registry.size
  }

  start(): void {
    const { sessionIdleMs, heartbeatMs } = this.#options
    // Four looks per idle time: a session outlives it by a quarter at most.
    this.#timers.push(setInterval(() => this.#reap(), Math.max(10, sessionIdleMs / 4)))
    this.#timers.push(setInterval(() => this.#heartbeat(), heartbeatMs))
    for (const timer of this.#timers) timer.unref()
  }

  /** @throws {SessionLimitError} */
  async open(): Promise<McpSession> {
    const session = this.#registry.create((id) => {
      const transport = new SessionTransport(id)
      return { transport, server: this.#options.createServer(transport) }
    })
    const { transport, server } = session
    // Every way a session ends comes through the transport's close: DELETE, the reaper, shutdown, a failed initialize.
    transport.onclose = () => {
      this.#registry.delete(transport.sessionId)
      this.#options.onSessionClosed?.(transport)
    }
    await server.connect(transport)
    return session
  }

  lookup(id: string): McpSession | undefined {
    return this.#registry.lookup(id)
  }

  /** Delivers one encoded event to every session. */
  broadcast(event: string): void {
    for (const { transport } of this.#registry.values()) transport.deliver(event)
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all(Array.from(this.#registry.values(), ({ server }) => server.close()))
  }

  #reap(): void {
    for (const { server } of this.#registry.reap(performance.now(), ({ transport }) => transport.busy)) {
      this.#options.onReaped()
      void server.close()
    }
  }

  #heartbeat(): void {
    for (const { transport } of this.#registry.values()) transport.heartbeat()
  }
}
