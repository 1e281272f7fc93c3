import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http'
import { endToEndHeaders } from './end-to-end-headers.ts'
import { type Refusal, refuse } from './http-checks.ts'

const HOST = '127.0.0.1'

export interface PassOnOptions {
  /** Of the other process. */
  readonly port: number
  readonly agent: Agent
  /** What to answer when the other process does not. */
  readonly unreachable: () => Refusal
}

/** Sends a request on to another process, and the answer back as it comes. */
export function passOn(req: IncomingMessage, res: ServerResponse, { port, agent, unreachable }: PassOnOptions): void {
  const { method, url: path } = req
  const onward = request({ host: HOST, port, agent, method, path, headers: onwardHeaders(req, port) })
  onward.once('response', (answer) => passBack(answer, res))
  onward.on('error', () => {
    if (res.headersSent) {
      res.destroy()
      return
    }
    refuse(res, unreachable())
    // The rest of the body goes nowhere, but the connection's next request comes after it.
    req.unpipe(onward).resume()
  })
  // Whoever gives up its request, or its stream, gives it up there too.
  res.once('close', () => {
    if (!res.writableFinished) onward.destroy()
  })
  req.pipe(onward)
}

function passBack(answer: IncomingMessage, res: ServerResponse): void {
  res.writeHead(answer.statusCode ?? 502, endToEndHeaders(answer.headers))
  // Events have to arrive one by one, before there is a body to wait for.
  if (answer.headers['content-length'] === undefined) res.flushHeaders()
  answer.pipe(res)
  answer.once('error', () => res.destroy())
}

// How the body is framed is said in any case, and anew: without it Node would send the body of a GET or DELETE bare, where
// the other side takes it for its next request.
function onwardHeaders({ headers }: IncomingMessage, port: number): OutgoingHttpHeaders {
  const length = headers['content-length']
  return {
    ...endToEndHeaders(headers),
    host: `${HOST}:${port}`,
    ...(length !== undefined && { 'content-length': length }),
    ...(headers['transfer-encoding'] !== undefined && { 'transfer-encoding': 'chunked' }),
  }
}
