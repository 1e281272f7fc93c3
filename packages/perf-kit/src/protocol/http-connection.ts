import { isIP, type LookupFunction, type Socket, connect as tcpConnect } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { nowNs } from '../clock/index.ts'
import type { BodySink } from './chunked-body.ts'
import type { HttpEndpoint } from './http-endpoint.ts'
import type { EncodedRequest } from './http-request.ts'
import type { ProtocolFault } from './protocol-fault.ts'
import type { ResponseHead } from './response-head.ts'
import { type ResponseLimits, ResponseParser } from './response-parser.ts'

/** How long it took to get a connection, each from the end of the one before; 0 for what there was not to do. */
export interface ConnectTimes {
  readonly dnsNs: number
  readonly tcpNs: number
  readonly tlsNs: number
}

/**
 * Why a connection ended while it was wanted: a code of the system (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`,
 * `CERT_HAS_EXPIRED` …), what the target did wrong on the wire, or `CLOSED`: in good order, but before an answer.
 */
export interface ConnectionFailure {
  readonly kind: 'network' | 'protocol'
  readonly code: string
  /** whether it was open before */
  readonly whileConnecting: boolean
}

/** Told in this order: open once, answers, and a failure at most once, after which nothing comes any more. */
export interface ConnectionHandler extends BodySink {
  onOpen(times: ConnectTimes): void
  onHead(head: ResponseHead): void
  /** @param isReusable - false when it takes no further request */
  onEnd(isReusable: boolean): void
  onFailure(failure: ConnectionFailure): void
}

export interface TlsTrust {
  /** certificates in PEM that are trusted instead of Node's own list */
  readonly ca?: string | readonly string[]
  /** false: any certificate will do, expired and foreign ones too */
  readonly rejectUnauthorized?: boolean
}

export interface ConnectionOptions {
  readonly limits?: Partial<ResponseLimits>
  /** for names; the system's by default */
  readonly lookup?: LookupFunction
  readonly tls?: TlsTrust
}

/**
 * What each read of each connection of this thread is written to, and over. A read is told in the same turn of the
 * event loop, so that one buffer serves all, and a thousand connections cost no more memory than one.
 */
const READ_BYTES = 65_536
let readBuffer: Buffer | undefined

/** One HTTP/1.1 connection, one request at a time, with no queue and no timer of its own. */
export class HttpConnection {
  readonly #handler: ConnectionHandler
  readonly #parser: ResponseParser
  readonly #socket: Socket
  readonly #openedAtNs = nowNs()
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  #isWaiting = false

  constructor(endpoint: HttpEndpoint, handler: ConnectionHandler, options: ConnectionOptions = {}) {
    this.#handler = handler
    this.#parser = new ResponseParser(this.#answers(), options.limits)
    this.#socket = this.#connect(endpoint, options)
    this.#socket.setNoDelay(true)
    this.#watchOpening(endpoint)
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail('network', error.code ?? error.name))
    this.#socket.on('close', () => this.#fail('network', 'CLOSED'))
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Send one request; the one before must have ended. Nothing is sent on a connection that is not open. */
  send(request: EncodedRequest): boolean {
    if (this.#state !== 'open' || this.#isWaiting) return false
    this.#isWaiting = true
    this.#parser.expect(request.expectsBody)
    if (request.text === undefined) this.#socket.write(request.bytes)
    else this.#socket.write(request.text, 'latin1')
    return true
  }

  /** End it at once; nothing is told any more. */
  close(): void {
    this.#state = 'closed'
    this.#parser.stop()
    this.#socket.destroy()
  }

  #connect(endpoint: HttpEndpoint, { lookup, tls }: ConnectionOptions): Socket {
    const { hostname, port, isSecure } = endpoint
    const address = { host: hostname, port, ...(lookup === undefined ? {} : { lookup }) }
    if (isSecure) {
      const { ca, rejectUnauthorized = true } = tls ?? {}
      const trust = ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }
      const name = isIP(hostname) === 0 ? { servername: hostname } : {}
      const socket = tlsConnect({ ...address, ...name, ...trust, rejectUnauthorized, ALPNProtocols: ['http/1.1'] })
      socket.on('data', (chunk) => this.#parser.feed(chunk, chunk.length))
      return socket
    }
    readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES)
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#parser.feed(bytes, length)
      return true
    }
    return tcpConnect({ ...address, onread: { buffer: readBuffer, callback } })
  }

  #watchOpening({ isSecure }: HttpEndpoint): void {
    const socket = this.#socket
    let lookedUpAtNs = this.#openedAtNs
    let connectedAtNs = this.#openedAtNs
    socket.once('lookup', () => {
      lookedUpAtNs = nowNs()
    })
    const open = (): void => {
      if (this.#state !== 'connecting') return
      this.#state = 'open'
      this.#handler.onOpen({
        dnsNs: lookedUpAtNs - this.#openedAtNs,
        tcpNs: connectedAtNs - lookedUpAtNs,
        tlsNs: isSecure ? nowNs() - connectedAtNs : 0,
      })
    }
    socket.once('connect', () => {
      connectedAtNs = nowNs()
      if (!isSecure) open()
    })
    if (isSecure) (socket as TLSSocket).once('secureConnect', open)
  }

  #answers() {
    return {
      onHead: (head: ResponseHead): void => this.#handler.onHead(head),
      onBody: (bytes: Uint8Array, from: number, to: number): void => this.#handler.onBody(bytes, from, to),
      onEnd: (isReusable: boolean): void => {
        this.#isWaiting = false
        if (!isReusable) this.close()
        this.#handler.onEnd(isReusable)
      },
      onFault: (fault: ProtocolFault): void => this.#fail('protocol', fault),
    }
  }

  /** The other side has nothing more to say: the end of the answer, or the middle of it, or none was awaited. */
  #ended(): void {
    if (this.#isWaiting && this.#parser.hasBegun) this.#parser.end()
    this.#fail('network', 'CLOSED')
  }

  #fail(kind: ConnectionFailure['kind'], code: string): void {
    if (this.#state === 'closed') return
    const whileConnecting = this.#state === 'connecting'
    this.close()
    this.#handler.onFailure({ kind, code, whileConnecting })
  }
}
