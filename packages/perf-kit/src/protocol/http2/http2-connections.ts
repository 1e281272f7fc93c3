import type { Connection, ConnectionHandler, OpeningOptions } from '../connection.ts'
import type { HttpEndpoint } from '../http-endpoint.ts'
import type { ResponseLimits } from '../response-parser.ts'
import { Http2Connection } from './http2-connection.ts'
import { Http2Session, type SessionMember, type SessionOwner } from './http2-session.ts'
import { loadHttp2 } from './lazy-http2.ts'

export interface Http2Options extends OpeningOptions {
  /** how many share a connection, at most */
  readonly streams: number
}

/** Gives each who wants to send a place on a connection, and opens another when all are full. */
export class Http2Connections implements SessionOwner {
  readonly #endpoint: HttpEndpoint
  readonly #options: Http2Options
  readonly #withRoom = new Set<Http2Session>()
  /** on one connection: what the target has said of the last it will say of the next */
  #most: number

  constructor(endpoint: HttpEndpoint, options: Http2Options) {
    this.#endpoint = endpoint
    this.#options = options
    this.#most = options.streams
    // That takes longer than a connection, and is not to be taken for the time of one.
    loadHttp2()
  }

  /** How many share a connection: fewer than was asked for where the target allows no more. */
  get streams(): number {
    return this.#most
  }

  connect(handler: ConnectionHandler, limits: Partial<ResponseLimits> = {}): Connection {
    const connection = new Http2Connection(handler, limits)
    this.#place(connection)
    return connection
  }

  onRoom(session: Http2Session): void {
    if (session.hasRoom) this.#withRoom.add(session)
    else this.#withRoom.delete(session)
  }

  onAllowed(streams: number): void {
    this.#most = Math.min(this.#most, streams)
  }

  onSurplus(member: SessionMember): void {
    this.#place(member)
  }

  #place(member: SessionMember): void {
    const [session = new Http2Session(this.#endpoint, this.#options, this.#most, this)] = this.#withRoom
    this.#withRoom.add(session)
    member.join(session)
  }
}
