import { randomUUID } from 'node:crypto'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { refusal, refuse } from './http-checks.ts'

const HOST = '127.0.0.1'

/**
 * The processes that share a gateway's port. A session lives in the process that opened it, and its id begins with that one's
 * number; connections are dealt to processes in turn, so that a request may come to another, which passes it on.
 */
export class SessionPeers {
  readonly #own: number
  #ports: ReadonlyMap<number, number> = new Map()

  /** @param own - this process's number */
  constructor(own: number) {
    this.#own = own
  }

  /** @param ports - where each process takes what others pass on to it, by its number */
  setPorts(ports: ReadonlyMap<number, number>): void {
    this.#ports = ports
  }

  readonly newId = (): string => `${this.#own}.${randomUUID()}`

  /** @returns whether the request is another process's, which answers it then */
  passOn(req: IncomingMessage, res: ServerResponse): boolean {
    const id = req.headers['mcp-session-id']
    const owner = typeof id === 'string' ? Number(id.split('.', 1)[0]) : this.#own
    const port = owner === this.#own ? undefined : this.#ports.get(owner)
    if (port === undefined) return false
    const onward = request({
      host: HOST,
      port,
      method: req.method,
      path: req.url,
      headers: { ...req.headers, host: `${HOST}:${port}` },
    })
    onward.once('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      // Events have to arrive one by one, before there is a body to wait for.
      res.flushHeaders()
      answer.pipe(res)
      answer.once('error', () => res.destroy())
    })
    onward.on('error', () => {
      if (res.headersSent) res.destroy()
      else refuse(res, refusal(502, 'Bad Gateway: the process that has the session does not answer'))
    })
    // Whoever gives up its request, or its stream, gives it up there too.
    res.once('close', () => {
      if (!res.writableFinished) onward.destroy()
    })
    req.pipe(onward)
    return true
  }
}
