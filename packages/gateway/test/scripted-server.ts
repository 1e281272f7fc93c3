import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js'
import { parseMessage } from '../src/json-rpc.ts'
import { readBody } from '../src/request-body.ts'
import { encodeSseEvent } from '../src/sse.ts'

export type Answer = (res: ServerResponse, request: JSONRPCRequest) => void

export interface ScriptedServer extends AsyncDisposable {
  /** Its MCP endpoint. */
  readonly url: string
  /** What it was sent: the method of each message, or of HTTP where there was none. */
  readonly heard: readonly string[]
  /** Replies to calls that have not ended. */
  readonly open: ReadonlySet<ServerResponse>
  /** How often it was told that a call is cancelled. */
  cancelCount(): number
}

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {}, resources: {} },
  serverInfo: { name: 'scripted', version: '0' },
}

/** An MCP server over real HTTP that initializes as usual, unless told otherwise, and answers every call as it is told. */
export async function startScripted(answer: Answer, intercept: Intercept = () => false): Promise<ScriptedServer> {
  const heard: string[] = []
  const open = new Set<ServerResponse>()
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    const parsed = parseMessage((await readBody(req, 10_000)) ?? '')
    const method = parsed.kind === 'request' || parsed.kind === 'notification' ? parsed.message.method : `${req.method}`
    heard.push(method)
    if (await intercept(res, method)) return
    if (parsed.kind !== 'request') {
      res.writeHead(req.method === 'POST' ? 202 : 405).end()
    } else if (method === 'initialize') {
      res.setHeader('mcp-session-id', 'scripted')
      answerJson(res, { id: parsed.message.id, result: INITIALIZED })
    } else {
      open.add(res)
      res.once('close', () => open.delete(res))
      answer(res, parsed.message)
    }
  }
  const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const dispose = async () => {
    server.closeAllConnections()
    server.close()
  }
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`,
    heard,
    open,
    cancelCount: () => heard.filter((method) => method === 'notifications/cancelled').length,
    [Symbol.asyncDispose]: dispose,
  }
}

/** @returns whether it took care of the reply itself; the usual one waits for it */
type Intercept = (res: ServerResponse, method: string) => boolean | Promise<boolean>

export function answerJson(res: ServerResponse, body: object): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...body }))
}

export function openEventStream(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.write(encodeSseEvent({ data: '', id: '1' }))
}

export function sendEvent(res: ServerResponse, body: object): void {
  res.write(encodeSseEvent({ data: JSON.stringify({ jsonrpc: '2.0', ...body }) }))
}
