import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2'
import { createServer as createPlainServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** A server of Node's own HTTP/2, which does with each stream what it is told. */
export interface Http2Target extends AsyncDisposable {
  readonly url: string
  /** connections that have been opened */
  readonly connections: () => number
  /** those that are open */
  readonly open: () => number
  /** requests whose head has come */
  readonly requests: () => number
  /** codes with which streams were reset, by either side */
  readonly resets: readonly number[]
  /** the most streams at a time on one connection */
  readonly mostStreams: () => number
  readonly sessions: ReadonlySet<ServerHttp2Session>
}

export interface Http2Asked {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  /** counts from 0, over all connections */
  readonly number: number
}

export interface Http2TargetOptions {
  /** over TLS, with this certificate */
  readonly certificate?: 'good' | 'expired'
  readonly settings?: Settings
  /** of cleartext: whether a connection is spoken on (they count from 0); one that is not is left to who says so */
  readonly speaksOn?: (socket: Socket, number: number) => boolean
}

export const pem = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, 'certificates', `${name}.pem`), 'utf8')

export async function http2Target(
  answer: (asked: Http2Asked) => void,
  { certificate, settings = {}, speaksOn }: Http2TargetOptions = {},
): Promise<Http2Target> {
  const server =
    certificate === undefined
      ? createServer({ settings })
      : createSecureServer({ settings, key: await pem('key'), cert: await pem(certificate) })
  const sessions = new Set<ServerHttp2Session>()
  const resets: number[] = []
  let requests = 0
  let mostStreams = 0
  server.on('session', (session) => {
    let streams = 0
    sessions.add(session)
    session.on('error', () => undefined)
    session.on('close', () => sessions.delete(session))
    session.on('stream', (stream, headers) => {
      streams++
      mostStreams = Math.max(mostStreams, streams)
      stream.on('error', () => undefined)
      stream.on('close', () => {
        streams--
        if (stream.rstCode !== 0) resets.push(stream.rstCode)
      })
      answer({ stream, headers, number: requests++ })
    })
  })
  const listening = await listen(speaksOn === undefined ? server : gate(server, speaksOn))
  const scheme = certificate === undefined ? 'http' : 'https'
  return {
    ...listening,
    url: `${scheme}://127.0.0.1:${listening.port}/`,
    requests: () => requests,
    mostStreams: () => mostStreams,
    resets,
    sessions,
  }
}

/** Passes some connections on to a server. */
function gate(server: Server, speaksOn: (socket: Socket, number: number) => boolean): Server {
  let number = 0
  return createPlainServer((socket) => {
    if (speaksOn(socket, number++)) server.emit('connection', socket)
  })
}

/** A server on a port of its own, whose connections are counted, and ended with it. */
export async function listen(server: Server) {
  const sockets = new Set<Socket>()
  let connections = 0
  let mostOpen = 0
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    mostOpen = Math.max(mostOpen, sockets.size)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => connections,
    open: () => sockets.size,
    mostOpen: () => mostOpen,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A whole answer. */
export function ok({ stream }: Http2Asked): void {
  stream.respond({ ':status': 200, 'content-length': 2 })
  stream.end('ok')
}
