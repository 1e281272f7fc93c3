import { randomUUID } from 'node:crypto'
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Refusal } from './http-checks.ts'
import { passOn } from './pass-on.ts'

export interface SessionPeersOptions {
  /** This process's number. */
  readonly own: number
  /**
   * Tells the others where this process takes what they pass on.
   *
   * @returns where each of them does, by its number
   */
  readonly meet: (ownPort: number) => Promise<ReadonlyMap<number, number>>
}

/**
 * The processes that share a gateway's port. A session lives in the process that opened it, and its id begins with that one's
 * number; connections are dealt to processes in turn, so that a request may come to another, which passes it on.
 */
export class SessionPeers {
  readonly #options: SessionPeersOptions
  /** Keeps its idle connections, which the other side leaves to it: nobody closes one that is about to be used. */
  readonly #agent = new Agent({ keepAlive: true })
  #ports: ReadonlyMap<number, number> = new Map()

  constructor(options: SessionPeersOptions) {
    this.#options = options
  }

  /** @param ownPort - where this process takes what others pass on */
  async meet(ownPort: number): Promise<void> {
    this.#ports = await this.#options.meet(ownPort)
  }

  readonly newId = (): string => `${this.#options.own}.${randomUUID()}`

  /**
   * @param unreachable - what to answer when the other process does not
   * @returns whether the request is another process's, which answers it then
   */
  passOn(req: IncomingMessage, res: ServerResponse, unreachable: () => Refusal): boolean {
    const port = this.#portOfOther(req.headers['mcp-session-id'])
    if (port === undefined) return false
    passOn(req, res, { port, agent: this.#agent, unreachable })
    return true
  }

  /** Closes the connections to the others. */
  close(): void {
    this.#agent.destroy()
  }

  #portOfOther(sessionId: string | string[] | undefined): number | undefined {
    if (typeof sessionId !== 'string') return undefined
    const owner = Number(sessionId.split('.', 1)[0])
    return owner === this.#options.own ? undefined : this.#ports.get(owner)
  }
}
