import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** A server that does what it is told, down to the byte; what nobody would get a well-behaved one to do. */
export interface ScriptedTarget extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** connections that have been opened */
  readonly connections: () => number
  /** requests whose head has come */
  readonly requests: () => number
}

export interface Exchange {
  readonly socket: Socket
  /** counts from 0, over all connections */
  readonly number: number
  /** the request, head and what came with it */
  readonly text: string
}

/** @param answer - called for each request, whose head must come in one piece */
export async function scriptedTarget(answer: (exchange: Exchange) => void): Promise<ScriptedTarget> {
  const sockets = new Set<Socket>()
  let connections = 0
  let requests = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => answer({ socket, number: requests++, text: chunk.toString('latin1') }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    connections: () => connections,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const target = await scriptedTarget(() => undefined)
  await target[Symbol.asyncDispose]()
  return target.port
}
