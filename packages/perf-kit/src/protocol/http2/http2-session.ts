import type { ClientHttp2Session, ClientHttp2Stream, Settings } from 'node:http2'
import type { Socket } from 'node:net'
import { nowNs } from '../../clock/index.ts'
import type { ConnectionFailure, ConnectTimes, OpeningOptions } from '../connection.ts'
import type { HttpEndpoint } from '../http-endpoint.ts'
import type { EncodedRequest } from '../http-request.ts'
import { openSocket } from '../open-socket.ts'
import { errorName, NO_ERROR } from './error-names.ts'
import { loadHttp2 } from './lazy-http2.ts'
import { ReadClock } from './read-clock.ts'
import { NO_LIMIT, SESSION_OPTIONS, WINDOW_BYTES } from './session-settings.ts'

/** Who sends over a connection that others use too, one request at a time. */
export interface SessionMember {
  /** Whether it has been told that the connection is open. */
  readonly isOpen: boolean
  readonly isBusy: boolean
  /** Have its place on this connection. */
  join(session: Http2Session): void
  /** @param times - `undefined` when the connection was opened for another */
  onSessionOpen(times: ConnectTimes | undefined): void
  /** The connection is of no use any more: it has ended, or takes no new requests. */
  onSessionLost(kind: ConnectionFailure['kind'], code: string): void
}

export interface SessionOwner {
  /** Whether somebody may join has changed. */
  onRoom(session: Http2Session): void
  /** The target allows so many streams at a time. */
  onAllowed(streams: number): void
  /** There is no place for it here: another has to be found. */
  onSurplus(member: SessionMember): void
}

/** Who has lost a request sends the next soon, and need not connect again. */
const LINGER_MS = 500

/** What a TLS library says of a target that speaks other protocols only. */
const REFUSED_PROTOCOL = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'
/** Of Node, for whatever breaks the rules of HTTP/2. */
const BROKEN_RULE = 'ERR_HTTP2_ERROR'

/** One HTTP/2 connection, and those who share it. It ends when nobody has used it for a while. */
export class Http2Session {
  readonly #endpoint: HttpEndpoint
  readonly #owner: SessionOwner
  readonly #socket: Socket
  readonly #clock: ReadClock
  readonly #members = new Set<SessionMember>()
  #session: ClientHttp2Session | undefined
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  #most: number
  #isRetired = false
  #isGoingAway = false
  #linger: NodeJS.Timeout | undefined

  /** @param most - members */
  constructor(endpoint: HttpEndpoint, options: OpeningOptions, most: number, owner: SessionOwner) {
    this.#endpoint = endpoint
    this.#owner = owner
    this.#most = most
    this.#socket = openSocket(endpoint, options, {
      protocol: 'h2',
      onOpen: (times, spoken) => this.#speak(times, spoken),
    })
    this.#clock = new ReadClock(this.#socket)
    this.#socket.on('error', (error) => this.#break(error))
    // Later the session tells of its end, and why.
    this.#socket.on('close', () => {
      if (this.#session === undefined) this.#fail('network', 'CLOSED')
    })
  }

  /** Whether more requests may be sent. */
  get isUsable(): boolean {
    return this.#state === 'open' && this.#session?.closed === false && !this.#session.destroyed
  }

  get hasRoom(): boolean {
    return this.#state !== 'closed' && !this.#isRetired && this.#members.size < this.#most
  }

  /** Whether more share it than the target allows by now: who has been answered is to leave. */
  get isCrowded(): boolean {
    return this.#members.size > this.#most
  }

  /** Whether the target has said that it takes no new requests. */
  get isGoingAway(): boolean {
    return this.#isGoingAway
  }

  /** Counts what has come of answers. */
  get heard(): number {
    return this.#clock.heard
  }

  /** Something of an answer has come. @returns when it was read */
  noteHeard(): number {
    return this.#clock.note()
  }

  /** There must be room. It is told later that the connection is open, also when it has been for long. */
  join(member: SessionMember): void {
    clearTimeout(this.#linger)
    this.#members.add(member)
    if (!this.hasRoom) this.#owner.onRoom(this)
    if (this.#state !== 'open') return
    process.nextTick(() => {
      if (this.#members.has(member)) member.onSessionOpen(undefined)
    })
  }

  leave(member: SessionMember): void {
    if (!this.#members.delete(member)) return
    if (this.hasRoom) this.#owner.onRoom(this)
    if (this.#members.size > 0) return
    if (this.#isRetired) setImmediate(() => this.endUnused())
    else this.#linger = setTimeout(() => this.endUnused(), LINGER_MS)
  }

  /** End it, unless somebody uses it. */
  endUnused(): void {
    if (this.#members.size === 0) this.#close()
  }

  /** @returns `undefined` when it is not usable */
  request({ bytes, tail, bodyFrom, fields }: EncodedRequest): ClientHttp2Stream | undefined {
    if (!this.isUsable) return undefined
    const hasBody = bodyFrom < bytes.length
    const stream = this.#session?.request(fields, { endStream: !hasBody })
    if (tail !== undefined) {
      stream?.write(bytes.subarray(bodyFrom))
      stream?.end(tail)
    } else if (hasBody) stream?.end(bytes.subarray(bodyFrom))
    return stream
  }

  /** Nobody may join any more; who is there may finish. */
  retire(): void {
    this.#isRetired = true
    this.#owner.onRoom(this)
  }

  /**
   * An exchange has broken off.
   *
   * @returns whether that is because the connection has: then all members are told, now or when the connection itself says why
   */
  hasBroken(error: Error | undefined): boolean {
    if (this.#state === 'closed') return true
    if (this.#session?.destroyed !== true) return false
    if (error !== undefined) this.#break(error)
    return true
  }

  #speak(times: ConnectTimes, spoken: string | undefined): void {
    if (this.#state !== 'connecting') return
    if (this.#endpoint.isSecure && spoken !== 'h2') {
      this.#fail('protocol', 'ALPN')
      return
    }
    const { isSecure, host } = this.#endpoint
    const session = loadHttp2().connect(`${isSecure ? 'https' : 'http'}://${host}`, {
      createConnection: () => this.#socket,
      ...SESSION_OPTIONS,
    })
    this.#session = session
    const spokenAtNs = nowNs()
    session.setLocalWindowSize(WINDOW_BYTES)
    session.on('remoteSettings', (settings) => {
      if (this.#state === 'connecting') this.#open({ ...times, settingsNs: nowNs() - spokenAtNs }, settings)
      else this.#restrict(settings)
    })
    session.on('goaway', (code) => this.#endedByTarget(code))
    session.on('error', (error) => this.#break(error))
    session.on('close', () => this.#fail('network', 'CLOSED'))
  }

  /** A target that allows no stream may allow some later. */
  #open(times: ConnectTimes, { maxConcurrentStreams = NO_LIMIT }: Settings): void {
    if (maxConcurrentStreams === 0) return
    this.#state = 'open'
    this.#owner.onAllowed(maxConcurrentStreams)
    this.#most = Math.min(this.#most, maxConcurrentStreams)
    const members = [...this.#members]
    for (const member of members.splice(this.#most)) this.#handOver(member)
    if (!this.hasRoom) this.#owner.onRoom(this)
    for (const [index, member] of members.entries()) {
      if (this.#members.has(member)) member.onSessionOpen(index === 0 ? times : undefined)
    }
  }

  /**
   * The target may allow fewer at any time. What is asked beyond that would wait within our own library, and be taken for the target's
   * time: who has no request there leaves now, and the others when they have been answered.
   */
  #restrict({ maxConcurrentStreams = NO_LIMIT }: Settings): void {
    if (this.#state !== 'open' || maxConcurrentStreams >= this.#most) return
    // One that allows none for now is left for another, which may be told that some are.
    if (maxConcurrentStreams > 0) this.#owner.onAllowed(maxConcurrentStreams)
    this.#most = maxConcurrentStreams
    this.#owner.onRoom(this)
    for (const member of [...this.#members]) {
      if (!this.isCrowded) return
      if (!member.isOpen) this.#handOver(member)
      else if (!member.isBusy) member.onSessionLost('network', 'CLOSED')
    }
  }

  /** It takes no new requests: those under way are answered, up to the last that it names. */
  #endedByTarget(code: number): void {
    if (code !== NO_ERROR) {
      this.#fail('network', `GOAWAY ${errorName(code)}`)
      return
    }
    this.#isGoingAway = true
    this.retire()
    for (const member of [...this.#members]) {
      // One that announces its end before it was ever open would do so again at once: clients pause after a failure.
      if (!member.isOpen && this.#state === 'connecting') member.onSessionLost('network', 'GOAWAY')
      else if (!member.isOpen) this.#handOver(member)
      else if (!member.isBusy) member.onSessionLost('network', 'CLOSED')
    }
  }

  #handOver(member: SessionMember): void {
    this.leave(member)
    this.#owner.onSurplus(member)
  }

  #break(error: NodeJS.ErrnoException): void {
    const code = error.code ?? error.name
    if (code === REFUSED_PROTOCOL) this.#fail('protocol', 'ALPN')
    else if (code === BROKEN_RULE) this.#fail('protocol', this.#state === 'connecting' ? 'PREFACE' : 'FRAME')
    else this.#fail('network', code)
  }

  #fail(kind: ConnectionFailure['kind'], code: string): void {
    if (this.#state === 'closed') return
    this.#close()
    // Those first whose requests it costs: to the others it has happened between requests only when there are none.
    const members = [...this.#members].toSorted((left, right) => Number(hasToWait(right)) - Number(hasToWait(left)))
    this.#members.clear()
    for (const member of members) member.onSessionLost(kind, code)
  }

  #close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    clearTimeout(this.#linger)
    this.#owner.onRoom(this)
    this.#session?.destroy()
    this.#socket.destroy()
  }
}

function hasToWait({ isOpen, isBusy }: SessionMember): boolean {
  return isBusy || !isOpen
}
