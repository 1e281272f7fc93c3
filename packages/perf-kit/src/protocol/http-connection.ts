import type { Socket } from 'node:net'
import { nowNs } from '../clock/index.ts'
import type { Connection, ConnectionFailure, ConnectionHandler, ConnectTimes, OpeningOptions } from './connection.ts'
import type { HttpEndpoint } from './http-endpoint.ts'
import type { EncodedRequest } from './http-request.ts'
import { openSocket } from './open-socket.ts'
import type { ProtocolFault } from './protocol-fault.ts'
import type { ResponseHead } from './response-head.ts'
import { type ResponseLimits, ResponseParser } from './response-parser.ts'

export interface ConnectionOptions extends OpeningOptions {
  readonly limits?: Partial<ResponseLimits>
}

/**
 * What each read of each connection of this thread is written to, and over. A read is told in the same turn of the
 * event loop, so that one buffer serves all, and a thousand connections cost no more memory than one.
 */
const READ_BYTES = 65_536
let readBuffer: Buffer | undefined

/** One HTTP/1.1 connection, one request at a time, with no queue and no timer of its own. */
export class HttpConnection implements Connection {
  readonly #handler: ConnectionHandler
  readonly #parser: ResponseParser
  readonly #socket: Socket
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  #isWaiting = false
  /** when the bytes were read that the parser is at */
  #readAtNs = 0

  constructor(endpoint: HttpEndpoint, handler: ConnectionHandler, options: ConnectionOptions = {}) {
    this.#handler = handler
    this.#parser = new ResponseParser(this.#answers(), options.limits)
    this.#socket = this.#connect(endpoint, options)
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail('network', error.code ?? error.name))
    this.#socket.on('close', () => this.#fail('network', 'CLOSED'))
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  send(request: EncodedRequest): boolean {
    if (this.#state !== 'open' || this.#isWaiting) return false
    this.#isWaiting = true
    this.#parser.expect(request.expectsBody)
    if (request.text !== undefined) this.#socket.write(request.text, 'latin1')
    else if (request.tail === undefined) this.#socket.write(request.bytes)
    else this.#writeBoth(request.bytes, request.tail)
    return true
  }

  close(): void {
    this.#state = 'closed'
    this.#parser.stop()
    this.#socket.destroy()
  }

  #connect(endpoint: HttpEndpoint, options: OpeningOptions): Socket {
    const wishes = {
      protocol: 'http/1.1',
      onOpen: (times: ConnectTimes): void => {
        if (this.#state !== 'connecting') return
        this.#state = 'open'
        this.#handler.onOpen(times)
      },
    } as const
    if (endpoint.isSecure) {
      const socket = openSocket(endpoint, options, wishes)
      socket.on('data', (chunk) => this.#read(chunk, chunk.length))
      return socket
    }
    readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES)
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#read(bytes, length)
      return true
    }
    return openSocket(endpoint, options, { ...wishes, onread: { buffer: readBuffer, callback } })
  }

  /** In one call of the system. */
  #writeBoth(bytes: Uint8Array, tail: Uint8Array): void {
    this.#socket.cork()
    this.#socket.write(bytes)
    this.#socket.write(tail)
    this.#socket.uncork()
  }

  /** The clock is read once for all that comes in one piece: a reading costs as much as counting an answer. */
  #read(bytes: Uint8Array, length: number): void {
    this.#readAtNs = nowNs()
    this.#parser.feed(bytes, length)
  }

  #answers() {
    return {
      onHead: (head: ResponseHead): void => this.#handler.onHead(head, this.#readAtNs),
      onBody: (bytes: Uint8Array, from: number, to: number): void => this.#handler.onBody(bytes, from, to),
      onEnd: (isReusable: boolean): void => {
        this.#isWaiting = false
        if (!isReusable) this.close()
        this.#handler.onEnd(isReusable, this.#readAtNs)
      },
      onFault: (fault: ProtocolFault): void => this.#fail('protocol', fault),
    }
  }

  /** The other side has nothing more to say: the end of the answer, or the middle of it, or none was awaited. */
  #ended(): void {
    this.#readAtNs = nowNs()
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
