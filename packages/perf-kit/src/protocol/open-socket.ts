import { isIP, type OnReadOpts, type Socket, connect as tcpConnect } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { nowNs } from '../clock/index.ts'
import type { ConnectTimes, OpeningOptions } from './connection.ts'
import type { HttpEndpoint } from './http-endpoint.ts'

export interface SocketWishes {
  /** what is to be spoken over TLS; a target that does not want to may refuse, or say nothing */
  readonly protocol: 'http/1.1' | 'h2'
  /** where to read to, without TLS; by default a piece of memory a read, told as `data` */
  readonly onread?: OnReadOpts
  /**
   * Requests may be sent.
   *
   * @param spoken - what the target has agreed to over TLS; `undefined` when it has said nothing, or without TLS
   */
  readonly onOpen: (times: ConnectTimes, spoken: string | undefined) => void
}

/** A socket on its way to the target. What goes wrong on it is told by its events, as of any socket. */
export function openSocket(
  { hostname, port, isSecure }: HttpEndpoint,
  { lookup, tls }: OpeningOptions,
  { protocol, onread, onOpen }: SocketWishes,
): Socket {
  const openedAtNs = nowNs()
  let lookedUpAtNs = openedAtNs
  let connectedAtNs = openedAtNs
  const address = { host: hostname, port, ...(lookup === undefined ? {} : { lookup }) }
  const open = (spoken?: string): void => {
    const tlsNs = isSecure ? nowNs() - connectedAtNs : 0
    onOpen({ dnsNs: lookedUpAtNs - openedAtNs, tcpNs: connectedAtNs - lookedUpAtNs, tlsNs, settingsNs: 0 }, spoken)
  }
  const connectTls = (): Socket => {
    const { ca, rejectUnauthorized = true } = tls ?? {}
    const trust = ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }
    const name = isIP(hostname) === 0 ? { servername: hostname } : {}
    const socket = tlsConnect({ ...address, ...name, ...trust, rejectUnauthorized, ALPNProtocols: [protocol] })
    socket.once('secureConnect', () => open(socket.alpnProtocol || undefined))
    return socket
  }
  const socket = isSecure ? connectTls() : tcpConnect({ ...address, ...(onread === undefined ? {} : { onread }) })
  socket.setNoDelay(true)
  socket.once('lookup', () => {
    lookedUpAtNs = nowNs()
  })
  socket.once('connect', () => {
    connectedAtNs = nowNs()
    if (!isSecure) open()
  })
  return socket
}
