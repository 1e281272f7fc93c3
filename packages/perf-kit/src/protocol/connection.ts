import type { LookupFunction } from 'node:net'
import type { BodySink } from './chunked-body.ts'
import type { EncodedRequest } from './http-request.ts'
import type { ResponseHead } from './response-head.ts'

/** How long it took to get a connection, each from the end of the one before; 0 for what there was not to do. */
export interface ConnectTimes {
  readonly dnsNs: number
  readonly tcpNs: number
  readonly tlsNs: number
  /** of HTTP/2: until the target has said how it speaks it */
  readonly settingsNs: number
}

/**
 * Why a connection ended while it was wanted: a code of the system (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`,
 * `CERT_HAS_EXPIRED` …), what the target did wrong on the wire, or `CLOSED`: in good order, but before an answer. Of HTTP/2
 * also what the target says when it gives up a request (`RST_STREAM …`) or the connection (`GOAWAY …`).
 */
export interface ConnectionFailure {
  readonly kind: 'network' | 'protocol'
  readonly code: string
  /** whether it was open before */
  readonly whileConnecting: boolean
  /** which connection it was, where others may share it: all of them are told, one right after the other */
  readonly shared?: object
}

/**
 * Told in this order: open once, answers, and a failure at most once, after which nothing comes any more. Times are when the
 * bytes in question were read, before anything was made of them: what comes in one piece comes at one time. (Of HTTP/2, when the first
 * of such a piece is told: only its library knows of reads.)
 */
export interface ConnectionHandler extends BodySink {
  /** @param times - `undefined` when it shares a connection that was opened for another */
  onOpen(times: ConnectTimes | undefined): void
  onHead(head: ResponseHead, atNs: number): void
  /** @param isReusable - false when it takes no further request */
  onEnd(isReusable: boolean, atNs: number): void
  onFailure(failure: ConnectionFailure): void
}

/** What takes one request at a time: a connection, or a part of one that others use too. */
export interface Connection {
  readonly isOpen: boolean
  /** Send one request; the one before must have ended. Nothing is sent, and `false` answered, when it is not open. */
  send(request: EncodedRequest): boolean
  /** End it at once; nothing is told any more. */
  close(): void
}

export interface TlsTrust {
  /** certificates in PEM that are trusted instead of Node's own list */
  readonly ca?: string | readonly string[]
  /** false: any certificate will do, expired and foreign ones too */
  readonly rejectUnauthorized?: boolean
}

/** How to get a connection. */
export interface OpeningOptions {
  /** for names; the system's by default */
  readonly lookup?: LookupFunction
  readonly tls?: TlsTrust
}
